import { ACTIVITIES, PUBLIC_KEY_PATTERN, ROLES, VISIBILITIES } from '#custody';
import { CommandBody, LocationDto } from './custody-fields.dto.js';
import { Country, Flag, Id, Instant, Nested, OneOf, Pattern, SomeOf, Text } from './fields.js';

export class RegisterOrganisationDto extends CommandBody {
  @Id() organisationId!: string;
  @Text({ withholdable: true }) name!: string;
  @Country() country!: string;
  @SomeOf(ROLES) roles!: string[];
}

export class OpenSiteDto extends CommandBody {
  @Id() siteId!: string;
  @Text({ withholdable: true }) name!: string;
  @Country() country!: string;
  @SomeOf(ACTIVITIES) activities!: string[];
  @Nested(() => LocationDto, { optional: true, withholdable: true }) location?: LocationDto;
}

export class GrantAccreditationDto extends CommandBody {
  @Id({ example: 'rmap' }) scheme!: string;
  @Instant() from!: string;
  @Instant({ optional: true }) until?: string;
}

export class WithdrawAccreditationDto extends CommandBody {
  @Instant() from!: string;
  @Text({ withholdable: true }) reason!: string;
}

export class RegisterSigningKeyDto extends CommandBody {
  @Id({ description: 'The `kid` of its signatures; never used again' }) keyId!: string;
  @Pattern(PUBLIC_KEY_PATTERN, 'must be the 32 bytes of an Ed25519 public key in base64url without padding', {
    example: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  })
  publicKey!: string;
}

export class RevokeSigningKeyDto extends CommandBody {
  @Instant({ description: 'What was recorded from then on stands on a revoked key; may lie in the past' })
  from!: string;
  @Text({ withholdable: true }) reason!: string;
}

export class ChooseSigningPolicyDto extends CommandBody {
  @Flag({ description: 'Whether commands of the organisation are refused without its signature' }) required!: boolean;
}

export class ChooseVisibilityDto extends CommandBody {
  @OneOf(VISIBILITIES, {
    description: 'Whether its name is read by all who see a chain that it is in, or by those only whom it deals with',
  })
  visibility!: string;
}
