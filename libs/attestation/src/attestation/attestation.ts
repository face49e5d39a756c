import {
  accept,
  factOf,
  refusal,
  refuse,
  refuseBefore,
  refuseOccurredAt,
  type Decision,
  type LedgerEvent,
  type Moment,
  type Refusal,
} from '#custody';
import { recordedOf } from '#vocabulary';
import type { AttestationEvent, AttestationIssued, AttestationStateChanged } from '../events.js';
import {
  issueAttestation,
  reinstateAttestation,
  revokeAttestation,
  suspendAttestation,
  type AttestationFact,
} from '../facts.js';
import { statusAt, type AttestationChange, type ChangeKind, type ValidityStatus } from './validity.js';

/** The kind is the last word of the path in the API. */
export type AttestationCommand =
  | { readonly kind: 'attestations'; readonly body: AttestationIssued }
  | { readonly kind: 'suspensions' | 'reinstatements' | 'revocations'; readonly body: AttestationStateChanged };

type ChangeCommandKind = Exclude<AttestationCommand['kind'], 'attestations'>;
interface Change {
  readonly fact: Exclude<AttestationFact, typeof issueAttestation>;
  readonly verb: string;
  readonly applies: readonly ValidityStatus[];
}

/** What the command handler looks up for `attestations`; the other commands need none of it. */
export interface AttestationFacts {
  readonly siteExists: boolean;
  /** The issuer is accredited for the scheme at occurredAt. */
  readonly accredited: boolean;
}

export interface AttestationState {
  readonly issued?: {
    readonly attestationId: string;
    readonly siteId: string;
    readonly scheme: string;
    readonly issuerOrganisationId: string;
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
 * @returns the event to record, or the refusal: `id-taken` (issued before), `not-found` (no such site; not issued),
 *   `not-accredited`, `occurred-out-of-order`, `invalid-request` with its path: an empty or inverted interval, a `from`
 *   outside the attestation's validity, or one at which there is nothing to suspend, reinstate or revoke
 */
export function decideAttestation(
  command: AttestationCommand,
  state: AttestationState,
  facts: AttestationFacts,
  moment: Moment,
): Decision<AttestationEvent> {
  const early = refuseOccurredAt(moment);
  if (early) return refuse(early);
  if (command.kind === 'attestations') return issue(command.body, state, facts);
  const { issued, changes } = state;
  if (issued === undefined) return refuse(refusal('not-found', 'There is no such attestation.'));
  const reason =
    refuseBefore(moment, issued.occurredAt, 'the attestation was issued') ?? refuseChange(command, issued, changes);
  if (reason) return refuse(reason);
  const { type, fields } = CHANGES[command.kind].fact;
  return accept({ type, data: recordedOf({ fields }, command.body, {}) });
}

/** Folds an event of the stream `attestation-{id}`. */
export function evolveAttestation(state: AttestationState, event: LedgerEvent<AttestationEvent>): AttestationState {
  const fact = factOf(event);
  if (fact.type === 'AttestationIssued') {
    const { attestationId, siteId, scheme, issuerOrganisationId, validFrom, validUntil } = fact.data;
    const { occurredAt } = event.metadata;
    const issued = { attestationId, siteId, scheme, issuerOrganisationId, validFrom, validUntil, occurredAt };
    return { ...state, issued };
  }
  const change = { kind: changeKindOf(fact.type), from: fact.data.from };
  return { ...state, changes: [...state.changes, change] };
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
 * What each command records, and at which status it can act. A revocation that was dated too late is amended by another
 * from an earlier moment, at which the attestation still counts.
 */
const CHANGES: Readonly<Record<ChangeCommandKind, Change>> = {
  suspensions: { fact: suspendAttestation, verb: 'suspend', applies: ['valid'] },
  reinstatements: { fact: reinstateAttestation, verb: 'reinstate', applies: ['suspended'] },
  revocations: { fact: revokeAttestation, verb: 'revoke', applies: ['valid', 'suspended'] },
};

function issue(body: AttestationIssued, state: AttestationState, facts: AttestationFacts): Decision<AttestationEvent> {
  const { attestationId, scheme, siteId, validFrom, validUntil, issuerOrganisationId } = body;
  if (state.issued !== undefined)
    return refuse(refusal('id-taken', `The attestation id ${attestationId} is already used.`, 'attestationId'));
  if (!facts.siteExists) return refuse(refusal('not-found', `There is no site ${siteId}.`, 'siteId'));
  if (validUntil <= validFrom)
    return refuse(refusal('invalid-request', `It ends at ${validUntil}, not after it begins.`, 'validUntil'));
  if (!facts.accredited)
    return refuse(refusal('not-accredited', `${issuerOrganisationId} is not accredited for ${scheme}.`, 'scheme'));
  return accept({ type: 'AttestationIssued', data: recordedOf(issueAttestation, body, {}) });
}

function refuseChange(
  { kind, body: { from } }: Exclude<AttestationCommand, { kind: 'attestations' }>,
  { validFrom, validUntil }: NonNullable<AttestationState['issued']>,
  changes: readonly AttestationChange[],
): Refusal | undefined {
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
