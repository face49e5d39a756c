import { ACTIVITIES, ROLES } from '#custody';
import { CommandBody, LocationDto } from './custody-fields.dto.js';
import { Country, Id, Instant, Nested, SomeOf, Text } from './fields.js';

export class RegisterOrganisationDto extends CommandBody {
  @Id() organisationId!: string;
  @Text() name!: string;
  @Country() country!: string;
  @SomeOf(ROLES) roles!: string[];
}

export class OpenSiteDto extends CommandBody {
  @Id() siteId!: string;
  @Text() name!: string;
  @Country() country!: string;
  @SomeOf(ACTIVITIES) activities!: string[];
  @Nested(() => LocationDto, { optional: true }) location?: LocationDto;
}

export class GrantAccreditationDto extends CommandBody {
  @Id({ example: 'rmap' }) scheme!: string;
  @Instant() from!: string;
  @Instant({ optional: true }) until?: string;
}

export class WithdrawAccreditationDto extends CommandBody {
  @Instant() from!: string;
  @Text() reason!: string;
}
