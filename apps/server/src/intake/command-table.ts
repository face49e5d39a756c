import { type Command } from '@nestjs/cqrs';
import { type Capability } from '#access';
import { type AttestationCommand, type ConcernCommand } from '#attestation';
import { type SiteCommand } from '#custody';
import { type CommandContext } from '../command/command-context.js';
import {
  OpenSite,
  RecordAtSite,
  RecordAttestation,
  RecordConcern,
  RecordOrganisation,
  type Recording,
} from '../command/commands.js';
import * as attestation from './dto/attestation-commands.dto.js';
import { type CommandBody } from './dto/custody-fields.dto.js';
import * as registry from './dto/registry-commands.dto.js';
import { CorrectRecordDto } from './dto/replacements.dto.js';
import * as site from './dto/site-commands.dto.js';

/** What the words before the last one in a command's path name. */
export type TargetKind = 'site' | 'organisation' | 'attestation' | 'concern';
export type Target = Readonly<Partial<Record<TargetKind | 'scheme' | 'key', string>>>;

export interface CommandRoute {
  /** Below `/v1`, with `:site` and the like for what the target names. */
  readonly path: string;
  readonly target: readonly (keyof Target)[];
  readonly tag: string;
  readonly summary: string;
  /** What its sender must be able to do, where its organisation is concerned (`actsFor` of `#access`). */
  readonly needs: Capability;
  readonly shape: new () => CommandBody;
  readonly toCommand: (target: Target, body: never, context: CommandContext) => Command<Recording>;
}

/** The name by which a line of a file or stream calls it: the last word of its path. */
export function commandOf({ path }: CommandRoute): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const atSite = (
  kind: SiteCommand['kind'],
  shape: CommandRoute['shape'],
  summary: string,
  needs: Capability = 'record-custody',
): CommandRoute => ({
  path: `sites/:site/${kind}`,
  target: ['site'],
  tag: 'Custody',
  summary,
  needs,
  shape,
  toCommand: (target, body, context) => new RecordAtSite(target.site!, { kind, body }, context),
});

const ofAttestation = (kind: AttestationCommand['kind'], summary: string): CommandRoute => ({
  path: `attestations/:attestation/${kind}`,
  target: ['attestation'],
  tag: 'Attestations',
  summary,
  needs: 'attest',
  shape: attestation.ChangeAttestationDto,
  toCommand: (target, body, context) => new RecordAttestation(target.attestation!, { kind, body }, context),
});

const ofConcern = (kind: ConcernCommand['kind'], shape: CommandRoute['shape'], summary: string): CommandRoute => ({
  path: `concerns/:concern/${kind}`,
  target: ['concern'],
  tag: 'Concerns',
  summary,
  needs: 'handle-concerns',
  shape,
  toCommand: (target, body, context) => new RecordConcern(target.concern!, { kind, body }, context),
});

/**
 * Every command of the ledger: the routes, their OpenAPI, the NDJSON stream and the import all read this table. A new
 * kind of custody hop is one line here and its DTO.
 */
export const COMMAND_ROUTES: readonly CommandRoute[] = [
  {
    path: 'organisations',
    target: [],
    tag: 'Organisations',
    summary: 'Register an organisation',
    needs: 'register-organisations',
    shape: registry.RegisterOrganisationDto,
    toCommand: (_, body: registry.RegisterOrganisationDto, context) =>
      new RecordOrganisation(body.organisationId, { kind: 'organisations', body: body as never }, context),
  },
  {
    path: 'organisations/:organisation/sites',
    target: ['organisation'],
    tag: 'Organisations',
    summary: 'Open a site of an organisation',
    needs: 'open-sites',
    shape: registry.OpenSiteDto,
    toCommand: ({ organisation }, body: registry.OpenSiteDto, context) =>
      new OpenSite({ ...(body as object), organisationId: organisation! } as never, context),
  },
  {
    path: 'organisations/:organisation/accreditations',
    target: ['organisation'],
    tag: 'Organisations',
    summary: 'Accredit an organisation to attest under a scheme',
    needs: 'accredit-organisations',
    shape: registry.GrantAccreditationDto,
    toCommand: ({ organisation }, body, context) =>
      new RecordOrganisation(organisation!, { kind: 'accreditations', body }, context),
  },
  {
    path: 'organisations/:organisation/accreditations/:scheme/withdrawal',
    target: ['organisation', 'scheme'],
    tag: 'Organisations',
    summary: 'Withdraw an accreditation',
    needs: 'accredit-organisations',
    shape: registry.WithdrawAccreditationDto,
    toCommand: ({ organisation, scheme }, body: registry.WithdrawAccreditationDto, context) =>
      new RecordOrganisation(organisation!, { kind: 'withdrawal', body: { ...body, scheme: scheme! } }, context),
  },
  {
    path: 'organisations/:organisation/signing-keys',
    target: ['organisation'],
    tag: 'Organisations',
    summary: 'Register a key that the organisation signs its commands with',
    needs: 'register-signing-keys',
    shape: registry.RegisterSigningKeyDto,
    toCommand: ({ organisation }, body, context) =>
      new RecordOrganisation(organisation!, { kind: 'signing-keys', body }, context),
  },
  {
    path: 'organisations/:organisation/signing-keys/:key/revocations',
    target: ['organisation', 'key'],
    tag: 'Organisations',
    summary: 'Revoke a signing key from a moment on, however far back',
    needs: 'register-signing-keys',
    shape: registry.RevokeSigningKeyDto,
    toCommand: ({ organisation, key }, body: registry.RevokeSigningKeyDto, context) =>
      new RecordOrganisation(organisation!, { kind: 'revocations', body: { ...body, keyId: key! } }, context),
  },
  {
    path: 'organisations/:organisation/signing-policy',
    target: ['organisation'],
    tag: 'Organisations',
    summary: 'Choose whether commands of the organisation must be signed',
    needs: 'choose-for-organisation',
    shape: registry.ChooseSigningPolicyDto,
    toCommand: ({ organisation }, body, context) =>
      new RecordOrganisation(organisation!, { kind: 'signing-policy', body }, context),
  },
  {
    path: 'organisations/:organisation/visibility',
    target: ['organisation'],
    tag: 'Organisations',
    summary: 'Choose whether the organisation is read by name in chains, or under a pseudonym',
    needs: 'choose-for-organisation',
    shape: registry.ChooseVisibilityDto,
    toCommand: ({ organisation }, body, context) =>
      new RecordOrganisation(organisation!, { kind: 'visibility', body }, context),
  },
  atSite('batches', site.RegisterBatchDto, 'Register a batch that enters the ledger at this site'),
  atSite('transformations', site.TransformBatchesDto, 'Turn all or part of batches into new ones'),
  atSite('splits', site.SplitBatchDto, 'Split parts off a batch'),
  atSite('dispatches', site.DispatchBatchesDto, 'Send batches to another site'),
  atSite('receipts', site.ReceiveBatchesDto, 'Receive a shipment'),
  atSite('refusals', site.RefuseShipmentDto, 'Refuse a shipment'),
  atSite('returns', site.ReturnShipmentDto, 'Take a refused shipment back'),
  atSite('labels', site.LabelBatchDto, 'Put a label on a batch'),
  atSite('label-removals', site.RemoveLabelDto, 'Remove a label'),
  atSite('assays', site.AssayBatchDto, 'Record an assay of a batch'),
  atSite('declarations', site.DeclareRecycledContentDto, 'Declare the recycled share of a mineral in a batch'),
  atSite('consumptions', site.ConsumeBatchDto, 'Use a batch, all or part, in a product'),
  atSite('disposals', site.DisposeBatchDto, 'Dispose of a batch, all or part'),
  atSite('holds', site.HoldBatchDto, 'Hold a batch by authority', 'hold-batches'),
  atSite('releases', site.ReleaseBatchDto, 'Release a held batch', 'hold-batches'),
  atSite('corrections', CorrectRecordDto, 'Correct an earlier record of this site', 'correct-records'),
  {
    path: 'attestations',
    target: [],
    tag: 'Attestations',
    summary: 'Attest that a site respects rights or criteria over an interval',
    needs: 'attest',
    shape: attestation.IssueAttestationDto,
    toCommand: (_, body: attestation.IssueAttestationDto, context) =>
      new RecordAttestation(body.attestationId, { kind: 'attestations', body: body as never }, context),
  },
  ofAttestation('suspensions', 'Suspend an attestation from a moment on'),
  ofAttestation('reinstatements', 'Reinstate a suspended attestation'),
  ofAttestation('revocations', 'Revoke an attestation from a moment on, however far back'),
  {
    path: 'concerns',
    target: [],
    tag: 'Concerns',
    summary: 'Raise a concern about labour rights at a site',
    needs: 'raise-concerns',
    shape: attestation.RaiseConcernDto,
    toCommand: (_, body: attestation.RaiseConcernDto, context) =>
      new RecordConcern(body.concernId, { kind: 'concerns', body: body as never }, context),
  },
  ofConcern('investigations', attestation.OpenInvestigationDto, 'Open an investigation'),
  ofConcern('findings', attestation.RecordFindingDto, 'Record the finding of an investigation'),
  ofConcern('remediations', attestation.AcceptRemediationDto, 'Accept a remediation'),
  ofConcern('closure', attestation.CloseConcernDto, 'Close a concern'),
];
