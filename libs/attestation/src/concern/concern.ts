import {
  acceptAs,
  factOf,
  refusal,
  refuse,
  refuseBefore,
  refuseOccurredAt,
  type Decision,
  type LedgerEvent,
  type Moment,
} from '#custody';
import { type CommandOf } from '#vocabulary';
import { type ConcernEvent, type FindingAnnulled, type FindingRecorded, type LabourConcernRaised } from '../events.js';
import {
  acceptRemediation,
  annulFinding,
  closeConcern,
  openInvestigation,
  raiseConcern,
  recordFinding,
  type ConcernFact,
} from '../facts.js';

export type ConcernCommand = CommandOf<ConcernFact>;

/** What the command handler looks up for `concerns`; the other commands need none of it. */
export interface ConcernFacts {
  readonly siteExists: boolean;
}

interface Finding {
  readonly eventId: string;
  readonly substantiated: boolean;
  /** No remediation has answered it so far. */
  readonly unremedied: boolean;
  /** The investigations that it ended. */
  readonly ended: readonly string[];
}

export interface ConcernState {
  readonly raised?: { readonly concernId: string; readonly siteId: string };
  /** Events by which investigations were opened that no finding has ended. */
  readonly investigations: readonly string[];
  /** In log order, without those that were annulled. */
  readonly findings: readonly Finding[];
  readonly closed: boolean;
  /** occurredAt of the last step: no step lies before the one it answers. */
  readonly lastOccurredAt: string;
}

export function initialConcern(): ConcernState {
  return { investigations: [], findings: [], closed: false, lastOccurredAt: '' };
}

/**
 * The order of a concern: raised; an investigation is opened, one at a time; a finding ends it, and may be recorded
 * without one, for some are made elsewhere; a remediation is accepted for what was found; the closure ends everything, an
 * open investigation too. A finding can be annulled, also after the closure: then what it ended has not ended by it.
 * @returns the event to record, or the refusal: `id-taken` (raised before), `not-found` (no such site; not raised),
 *   `occurred-out-of-order` (in the future, before the step before it, or a step that nothing led to),
 *   `invalid-request` with its path (an empty or inverted interval); an annulment of what is no finding that stands is
 *   `not-found`
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
  if (state.closed && command.kind !== 'annulments') return outOfOrder('The concern is closed.');
  const before = refuseBefore(moment, state.lastOccurredAt, 'the last step of the concern');
  if (before) return refuse(before);
  switch (command.kind) {
    case 'investigations':
      if (state.investigations.length > 0) return outOfOrder('An investigation is open.');
      return acceptAs(openInvestigation, command.body, {});
    case 'findings':
      return find(command.body);
    case 'annulments':
      return annul(command.body, state);
    case 'remediations':
      if (!state.findings.some(({ unremedied }) => unremedied))
        return outOfOrder('There is no substantiated finding to remedy.');
      return acceptAs(acceptRemediation, command.body, {});
    case 'closure':
      return acceptAs(closeConcern, command.body, {});
  }
}

/** Folds an event of the stream `concern-{id}`. */
export function evolveConcern(state: ConcernState, event: LedgerEvent<ConcernEvent>): ConcernState {
  return { ...state, ...changed(state, factOf(event), event.id), lastOccurredAt: event.metadata.occurredAt };
}

function changed(state: ConcernState, event: ConcernEvent, eventId: string): Partial<ConcernState> {
  switch (event.type) {
    case 'LabourConcernRaised':
      return { raised: { concernId: event.data.concernId, siteId: event.data.siteId } };
    case 'InvestigationOpened':
      return { investigations: [...state.investigations, eventId] };
    case 'FindingRecorded':
      return found(state, event.data, eventId);
    case 'FindingAnnulled':
      return annulled(state, event.data.eventId);
    case 'RemediationAccepted':
      return { findings: state.findings.map((finding) => ({ ...finding, unremedied: false })) };
    case 'ConcernClosed':
      return { investigations: [], closed: true };
  }
}

function found(
  { findings, investigations }: ConcernState,
  data: FindingRecorded,
  eventId: string,
): Partial<ConcernState> {
  const { substantiated } = data;
  const finding = { eventId, substantiated, unremedied: substantiated, ended: investigations };
  return { findings: [...findings, finding], investigations: [] };
}

/** What the finding ended goes on to the finding that follows it, or is open again. */
function annulled({ findings, investigations, closed }: ConcernState, annulledId: string): Partial<ConcernState> {
  const at = findings.findIndex(({ eventId }) => eventId === annulledId);
  if (at < 0) return {};
  const { ended } = findings[at]!;
  const [next, ...later] = findings.slice(at + 1);
  const before = findings.slice(0, at);
  if (next !== undefined) return { findings: [...before, { ...next, ended: [...ended, ...next.ended] }, ...later] };
  return { findings: before, investigations: closed ? [] : [...ended, ...investigations] };
}

function annul(body: FindingAnnulled, { findings }: ConcernState): Decision<ConcernEvent> {
  if (!findings.some(({ eventId }) => eventId === body.eventId)) {
    return refuse(refusal('not-found', `No finding ${body.eventId} of this concern stands.`, 'eventId'));
  }
  return acceptAs(annulFinding, body, {});
}

function raise(body: LabourConcernRaised, state: ConcernState, facts: ConcernFacts): Decision<ConcernEvent> {
  const { concernId, siteId } = body;
  if (state.raised !== undefined)
    return refuse(refusal('id-taken', `The concern id ${concernId} is already used.`, 'concernId'));
  if (!facts.siteExists) return refuse(refusal('not-found', `There is no site ${siteId}.`, 'siteId'));
  return acceptAs(raiseConcern, body, {});
}

function find(body: FindingRecorded): Decision<ConcernEvent> {
  const { from, until } = body;
  if (until !== undefined && until <= from)
    return refuse(refusal('invalid-request', `The finding ends at ${until}, not after it begins.`, 'until'));
  return acceptAs(recordFinding, body, {});
}

function outOfOrder(detail: string): Decision<never> {
  return refuse(refusal('occurred-out-of-order', detail));
}
