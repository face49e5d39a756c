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
} from '#custody';
import { recordedOf } from '#vocabulary';
import type {
  ConcernClosed,
  ConcernEvent,
  FindingRecorded,
  InvestigationOpened,
  LabourConcernRaised,
  RemediationAccepted,
} from '../events.js';
import { acceptRemediation, closeConcern, openInvestigation, raiseConcern, recordFinding } from '../facts.js';

/** The kind is the last word of the path in the API. */
export type ConcernCommand =
  | { readonly kind: 'concerns'; readonly body: LabourConcernRaised }
  | { readonly kind: 'investigations'; readonly body: InvestigationOpened }
  | { readonly kind: 'findings'; readonly body: FindingRecorded }
  | { readonly kind: 'remediations'; readonly body: RemediationAccepted }
  | { readonly kind: 'closure'; readonly body: ConcernClosed };

/** What the command handler looks up for `concerns`; the other commands need none of it. */
export interface ConcernFacts {
  readonly siteExists: boolean;
}

export interface ConcernState {
  readonly raised?: { readonly concernId: string; readonly siteId: string };
  readonly investigating: boolean;
  /** Something substantiated was found that no remediation answered so far. */
  readonly unremedied: boolean;
  readonly closed: boolean;
  /** occurredAt of the last step: no step lies before the one it answers. */
  readonly lastOccurredAt: string;
}

export function initialConcern(): ConcernState {
  return { investigating: false, unremedied: false, closed: false, lastOccurredAt: '' };
}

/**
 * The order of a concern: raised; an investigation is opened, one at a time; a finding ends it, and may be recorded
 * without one, for some are made elsewhere; a remediation is accepted for what was found; the closure ends everything, an
 * open investigation too.
 * @returns the event to record, or the refusal: `id-taken` (raised before), `not-found` (no such site; not raised),
 *   `occurred-out-of-order` (in the future, before the step before it, or a step that nothing led to),
 *   `invalid-request` with its path (an empty or inverted interval)
 */
export function decideConcern(
  command: ConcernCommand,
  state: ConcernState,
  facts: ConcernFacts,
  moment: Moment,
): Decision<ConcernEvent> {
  const early = refuseOccurredAt(moment);
  if (early) return refuse(early);
  if (command.kind === 'concerns') return raise(command.body, state, facts);
  if (state.raised === undefined) return refuse(refusal('not-found', 'There is no such concern.'));
  if (state.closed) return outOfOrder('The concern is closed.');
  const before = refuseBefore(moment, state.lastOccurredAt, 'the last step of the concern');
  if (before) return refuse(before);
  switch (command.kind) {
    case 'investigations':
      if (state.investigating) return outOfOrder('An investigation is open.');
      return accept({ type: 'InvestigationOpened', data: recordedOf(openInvestigation, command.body, {}) });
    case 'findings':
      return find(command.body);
    case 'remediations':
      if (!state.unremedied) return outOfOrder('There is no substantiated finding to remedy.');
      return accept({ type: 'RemediationAccepted', data: recordedOf(acceptRemediation, command.body, {}) });
    case 'closure':
      return accept({ type: 'ConcernClosed', data: recordedOf(closeConcern, command.body, {}) });
  }
}

/** Folds an event of the stream `concern-{id}`. */
export function evolveConcern(state: ConcernState, event: LedgerEvent<ConcernEvent>): ConcernState {
  return { ...state, ...changed(state, factOf(event)), lastOccurredAt: event.metadata.occurredAt };
}

function changed(state: ConcernState, event: ConcernEvent): Partial<ConcernState> {
  switch (event.type) {
    case 'LabourConcernRaised':
      return { raised: { concernId: event.data.concernId, siteId: event.data.siteId } };
    case 'InvestigationOpened':
      return { investigating: true };
    case 'FindingRecorded':
      return { investigating: false, unremedied: state.unremedied || event.data.substantiated };
    case 'RemediationAccepted':
      return { unremedied: false };
    case 'ConcernClosed':
      return { investigating: false, closed: true };
  }
}

function raise(body: LabourConcernRaised, state: ConcernState, facts: ConcernFacts): Decision<ConcernEvent> {
  const { concernId, siteId } = body;
  if (state.raised !== undefined)
    return refuse(refusal('id-taken', `The concern id ${concernId} is already used.`, 'concernId'));
  if (!facts.siteExists) return refuse(refusal('not-found', `There is no site ${siteId}.`, 'siteId'));
  return accept({ type: 'LabourConcernRaised', data: recordedOf(raiseConcern, body, {}) });
}

function find(body: FindingRecorded): Decision<ConcernEvent> {
  const { from, until } = body;
  if (until !== undefined && until <= from)
    return refuse(refusal('invalid-request', `The finding ends at ${until}, not after it begins.`, 'until'));
  return accept({ type: 'FindingRecorded', data: recordedOf(recordFinding, body, {}) });
}

function outOfOrder(detail: string): Decision<never> {
  return refuse(refusal('occurred-out-of-order', detail));
}
