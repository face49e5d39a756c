import { CONCERN_SOURCES, ENVIRONMENT_CRITERIA, LABOUR_RIGHTS } from '#attestation';
import { CommandBody } from './custody-fields.dto.js';
import { Flag, Id, Instant, OneOf, Sha256, SomeOf, Text } from './fields.js';

export class IssueAttestationDto extends CommandBody {
  @Id() attestationId!: string;
  @Id({ example: 'rmap' }) scheme!: string;
  @Id() siteId!: string;
  @SomeOf([...LABOUR_RIGHTS, ...ENVIRONMENT_CRITERIA]) rights!: string[];
  @Instant() validFrom!: string;
  @Instant() validUntil!: string;
  @Id() issuerOrganisationId!: string;
  @Sha256() documentSha256!: string;
}

/** Suspension, reinstatement and revocation act from `from`, however late they are recorded. */
export class ChangeAttestationDto extends CommandBody {
  @Instant() from!: string;
  @Text({ withholdable: true }) reason!: string;
}

export class RaiseConcernDto extends CommandBody {
  @Id() concernId!: string;
  @Id() siteId!: string;
  @SomeOf(LABOUR_RIGHTS) rights!: string[];
  @OneOf(CONCERN_SOURCES) source!: string;
  @Sha256({ optional: true }) documentSha256?: string;
}

export class OpenInvestigationDto extends CommandBody {
  @Text({ withholdable: true }) by!: string;
}

export class RecordFindingDto extends CommandBody {
  @Flag() substantiated!: boolean;
  @SomeOf(LABOUR_RIGHTS) rights!: string[];
  @Instant() from!: string;
  @Instant({ optional: true }) until?: string;
}

export class AcceptRemediationDto extends CommandBody {
  @Sha256({ optional: true }) documentSha256?: string;
}

export class CloseConcernDto extends CommandBody {
  @Text({ withholdable: true }) outcome!: string;
}
