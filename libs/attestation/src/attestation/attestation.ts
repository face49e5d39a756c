import {
  accept,
  acceptAs,
  factOf,
  isAccredited,
  refusal,
  refuse,
  refuseBefore,
  refuseOccurredAt,
  underCommonControl,
  type DeclaredControl,
  type Decision,
  type LedgerEvent,
  type Moment,
  type Organisation,
  type Refusal,
} from '#custody';
import { beginningOf, endOf, monthsAfter, recordedOf, type CommandOf, type Fields, type Sent } from '#vocabulary';
import { type AttestationEvent } from '../events.js';
import {
  issueAttestation,
  reinstateAttestation,
  revokeAttestation,
  suspendAttestation,
  type AttestationFact,
} from '../facts.js';
import { type AttestationScheme } from '../schemes/scheme.js';
import { isOfSameSide, statusAt, type AttestationChange, type ChangeKind, type ValidityStatus } from './validity.js';

/** The body of the command `attestations`. */
export type IssueAttestation = Sent<typeof issueAttestation>;

export type AttestationCommand = CommandOf<AttestationFact>;

type ChangeCommandKind = Exclude<AttestationCommand['kind'], 'attestations'>;
interface Change {
  readonly fact: Exclude<AttestationFact, typeof issueAttestation>;
  readonly verb: string;
  readonly applies: readonly ValidityStatus[];
}

/** What the command handler looks up for `attestations`; the other commands need none of it. */
export interface AttestationFacts {
  /** The organisation whose site it is; undefined: there is no such site. */
  readonly siteOrganisationId: string | undefined;
  /** The issuer; an unregistered one has no accreditation. */
  readonly issuer: Pick<Organisation, 'accreditations'>;
  /** What the issuer, the organisation of the site and whoever controls them have declared of their control. */
  readonly controlOf: ReadonlyMap<string, readonly DeclaredControl[]>;
  /** Undefined: the ledger knows no such scheme. */
  readonly scheme: AttestationScheme | undefined;
  /** Of a suspension or reinstatement: the authority that makes it, if an authority does. */
  readonly authority?: string | undefined;
}

export interface AttestationState {
  readonly issued?: {
    readonly attestationId: string;
    readonly siteId: string;
    readonly scheme: string;
    readonly issuerOrganisationId: string;
    /** Instants, whatever was recorded. */
    readonly validFrom: string;
    readonly validUntil: string;
    readonly occurredAt: string;
  };
  /** In log order. */
  readonly changes: readonly AttestationChange[];
}

export function initialAttestation(): AttestationState {
  return { changes: [] };
}

/**
 * @returns the event to record, or the refusal: `id-taken` (issued before), `not-found` (no such site or scheme; not
 *   issued), `not-accredited` (when issued or when recorded), `not-independent`, `not-covered-by-scheme`,
 *   `validity-too-long`, `begins-too-early`, `occurred-out-of-order`, `invalid-request` with its path: an empty or inverted
 *   interval, a `from` outside the attestation's validity, or one at which there is nothing to suspend, reinstate or revoke
 */
export function decideAttestation(
  command: AttestationCommand,
  state: AttestationState,
  facts: AttestationFacts,
  moment: Moment,
): Decision<AttestationEvent> {
  const early = refuseOccurredAt(moment);
  if (early) return refuse(early);
  if (command.kind === 'attestations') return issue(command.body, state, facts, moment);
  const { issued, changes } = state;
  if (issued === undefined) return refuse(refusal('not-found', 'There is no such attestation.'));
  const reason =
    refuseBefore(moment, issued.occurredAt, 'the attestation was issued') ??
    refuseChange(command, issued, changes, facts.authority);
  if (reason) return refuse(reason);
  const { type, fields } = CHANGES[command.kind].fact;
  const { authority } = facts;
  const added = command.kind === 'revocations' || authority === undefined ? {} : { authority };
  return accept({ type, data: recordedOf<Fields>({ fields }, command.body, added) } as AttestationEvent);
}

/** Folds an event of the stream `attestation-{id}`. */
export function evolveAttestation(state: AttestationState, event: LedgerEvent<AttestationEvent>): AttestationState {
  const fact = factOf(event);
  if (fact.type === 'AttestationIssued') {
    const { attestationId, siteId, scheme, issuerOrganisationId } = fact.data;
    const { occurredAt } = event.metadata;
    const validity = { validFrom: beginningOf(fact.data.validFrom), validUntil: endOf(fact.data.validUntil) };
    return { ...state, issued: { attestationId, siteId, scheme, issuerOrganisationId, ...validity, occurredAt } };
  }
  const change = changeOf(fact);
  return { ...state, changes: [...state.changes, change] };
}

/** The change that an event makes. */
export function changeOf({ type, data }: Exclude<AttestationEvent, { type: 'AttestationIssued' }>): AttestationChange {
  const authority = 'authority' in data ? data.authority : undefined;
  return { kind: changeKindOf(type), from: data.from, ...(authority === undefined ? {} : { authority }) };
}

/** What an event does to the attestation's validity. */
export function changeKindOf(type: Exclude<AttestationEvent['type'], 'AttestationIssued'>): ChangeKind {
  switch (type) {
    case 'AttestationSuspended':
      return 'suspended';
    case 'AttestationReinstated':
      return 'reinstated';
    case 'AttestationRevoked':
      return 'revoked';
  }
}

/**
 * What each command records, and the status at which it can act. A revocation dated too late is amended by another from an
 * earlier moment, when the attestation still counts.
 */
const CHANGES: Readonly<Record<ChangeCommandKind, Change>> = {
  suspensions: { fact: suspendAttestation, verb: 'suspend', applies: ['valid'] },
  reinstatements: { fact: reinstateAttestation, verb: 'reinstate', applies: ['suspended'] },
  revocations: { fact: revokeAttestation, verb: 'revoke', applies: ['valid', 'suspended'] },
};

function issue(
  body: IssueAttestation,
  state: AttestationState,
  facts: AttestationFacts,
  moment: Moment,
): Decision<AttestationEvent> {
  const { attestationId, siteId } = body;
  const { scheme, siteOrganisationId } = facts;
  if (state.issued !== undefined)
    return refuse(refusal('id-taken', `The attestation id ${attestationId} is already used.`, 'attestationId'));
  if (siteOrganisationId === undefined) return refuse(refusal('not-found', `There is no site ${siteId}.`, 'siteId'));
  const validity = { from: beginningOf(body.validFrom), until: endOf(body.validUntil) };
  if (validity.until <= validity.from)
    return refuse(refusal('invalid-request', `It ends at ${body.validUntil}, not after it begins.`, 'validUntil'));
  if (scheme === undefined) return refuse(refusal('not-found', `There is no scheme ${body.scheme}.`, 'scheme'));
  const reason =
    refuseAttestor(body, siteOrganisationId, scheme, facts, moment) ?? refuseByScheme(body, scheme, validity, moment);
  if (reason) return refuse(reason);
  return acceptAs(issueAttestation, body, { assurance: scheme.assurance });
}

/**
 * The issuer must be accredited both when the attestation is issued and when it is recorded, and at both moments free of
 * control in common with the site: only a self-declaration is a judgement of oneself.
 */
function refuseAttestor(
  { issuerOrganisationId, scheme: schemeId }: IssueAttestation,
  siteOrganisationId: string,
  scheme: AttestationScheme,
  { issuer, controlOf }: AttestationFacts,
  { occurredAt, now }: Moment,
): Refusal | undefined {
  const lacks = [occurredAt, now].find((at) => !isAccredited(issuer, schemeId, at));
  if (lacks !== undefined)
    return refusal(
      'not-accredited',
      `${issuerOrganisationId} is not accredited for ${schemeId} at ${lacks}.`,
      'scheme',
    );
  if (scheme.assurance === 'self') return undefined;
  if (siteOrganisationId === issuerOrganisationId)
    return refusal('not-independent', `The site is ${issuerOrganisationId}'s own.`, 'siteId');
  const declared = (organisationId: string): readonly DeclaredControl[] => controlOf.get(organisationId) ?? [];
  if ([occurredAt, now].some((at) => underCommonControl(siteOrganisationId, issuerOrganisationId, declared, at)))
    return refusal('not-independent', `${issuerOrganisationId} and the site are under common control.`, 'siteId');
  return undefined;
}

function refuseByScheme(
  { rights }: IssueAttestation,
  { id, covers, longestValidityMonths, longestBackdatingMonths }: AttestationScheme,
  { from, until }: { from: string; until: string },
  { occurredAt }: Moment,
): Refusal | undefined {
  const outside = rights.findIndex((right) => !covers.includes(right));
  if (outside >= 0)
    return refusal('not-covered-by-scheme', `${id} does not cover ${rights[outside]!}.`, `rights[${outside}]`);
  if (until > monthsAfter(from, longestValidityMonths))
    return refusal(
      'validity-too-long',
      `Under ${id} it is valid for ${longestValidityMonths} months at most.`,
      'validUntil',
    );
  if (from < monthsAfter(occurredAt, -longestBackdatingMonths))
    return refusal(
      'begins-too-early',
      `Under ${id} it begins ${longestBackdatingMonths} months before its issue at the earliest.`,
      'validFrom',
    );
  return undefined;
}

function refuseChange(
  { kind, body: { from } }: Exclude<AttestationCommand, { kind: 'attestations' }>,
  { validFrom, validUntil }: NonNullable<AttestationState['issued']>,
  all: readonly AttestationChange[],
  authority: string | undefined,
): Refusal | undefined {
  // Each side lifts only its own suspension; a revocation ends the attestation for both.
  const own = { kind: 'suspended', from, ...(authority === undefined ? {} : { authority }) } as const;
  const changes =
    kind === 'revocations' ? all : all.filter((each) => each.kind === 'revoked' || isOfSameSide(each, own));
  const status = statusAt(validFrom, validUntil, changes, from);
  if (status === undefined)
    return refusal('invalid-request', `${from} is not within its validity, ${validFrom} to ${validUntil}.`, 'from');
  const { verb, applies } = CHANGES[kind];
  if (!applies.includes(status))
    return refusal('invalid-request', `At ${from} it is ${status}: there is nothing to ${verb}.`, 'from');
  if (kind === 'reinstatements' && changes.some((change) => change.kind === 'suspended' && change.from === from))
    return refusal('invalid-request', `It was suspended from ${from} on: the suspension would be empty.`, 'from');
  return undefined;
}
