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
import { type CommandOf, type Sent } from '#vocabulary';
import { SOURCES_WITHOUT_KEY } from '../terms.js';
import { type ConcernEvent, type FindingAnnulled, type FindingRecorded, type ConcernRaised } from '../events.js';
import {
  acceptRemediation,
  annulFinding,
  closeConcern,
  openInvestigation,
  raiseConcern,
  recordFinding,
  type ConcernFact,
} from '../facts.js';
import {
  decideOnDocket,
  evolveDocket,
  isDocketCommand,
  isOpenTo,
  isWord,
  unknown,
  type DocketFacts,
  type DocketState,
} from './docket.js';

export type ConcernCommand = CommandOf<ConcernFact>;

/** What the command handler looks up. */
export interface ConcernFacts extends DocketFacts {
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
  readonly docket: DocketState;
  /** Events by which investigations were opened that no finding has ended. */
  readonly investigations: readonly string[];
  /** In log order, without those that were annulled. */
  readonly findings: readonly Finding[];
  readonly closed: boolean;
  /** occurredAt of the last step: no step may occur before the one it answers. */
  readonly lastOccurredAt: string;
}

export function initialConcern(): ConcernState {
  const docket = { admission: 'private', comments: new Map(), answers: 0 } as const;
  return { investigations: [], findings: [], docket, closed: false, lastOccurredAt: '' };
}

/**
 * The order of a concern: raised; an investigation is opened, one at a time; a finding ends it, and may be recorded without
 * one, since some investigations are made elsewhere; a remediation is accepted for what was found; the closure ends
 * everything, an
 * open investigation too. A finding can be annulled, even after the closure: the investigations it ended then pass to the next finding, or are open again.
 * A concern that came without a key takes no step before a regulator has admitted it.
 * @returns the event to record, or the refusal: `id-taken` (raised before), `not-found` (no such site; not raised),
 *   `occurred-out-of-order` (in the future, before the step before it, a step that nothing led to, or not admitted), what
 *   {@link decideOnDocket} refuses,
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
  const { raised, docket, closed, lastOccurredAt } = state;
  if (raised === undefined || (isWord(command.kind) && !isOpenTo(command.kind, docket, facts))) return unknown();
  if (docket.admission === 'declined') return outOfOrder('The concern was declined.');
  if (closed && command.kind !== 'annulments') return outOfOrder('The concern is closed.');
  const before = refuseBefore(moment, lastOccurredAt, 'the last step of the concern');
  if (before) return refuse(before);
  if (command.kind === 'admission' && !facts.siteExists)
    return refuse(refusal('not-found', `There is no site ${raised.siteId}.`));
  if (isDocketCommand(command)) return decideOnDocket(command, docket, facts);
  if (docket.admission === 'awaiting') return outOfOrder('The concern awaits its admission.');
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
  const fact = factOf(event);
  const isStep = fact.type !== 'ConcernCommented' && fact.type !== 'ConcernAnswered';
  const lastOccurredAt = isStep ? event.metadata.occurredAt : state.lastOccurredAt;
  return { ...state, ...changed(state, fact, event.id), lastOccurredAt };
}

function changed(state: ConcernState, event: ConcernEvent, eventId: string): Partial<ConcernState> {
  switch (event.type) {
    case 'ConcernRaised':
      return raised(state, event.data);
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
    default:
      return { docket: evolveDocket(state.docket, event, eventId) };
  }
}

function raised(
  { docket }: ConcernState,
  { concernId, siteId, awaitsAdmission }: ConcernRaised,
): Partial<ConcernState> {
  const admission = awaitsAdmission === true ? 'awaiting' : 'private';
  return { raised: { concernId, siteId }, docket: { ...docket, admission } };
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

/** The investigations that the finding ended pass to the finding after it, or are open again. */
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

function raise(
  body: Sent<typeof raiseConcern>,
  state: ConcernState,
  { siteExists, byAnyone }: ConcernFacts,
): Decision<ConcernEvent> {
  const { concernId, siteId, source } = body;
  if (state.raised !== undefined)
    return refuse(refusal('id-taken', `The concern id ${concernId} is already used.`, 'concernId'));
  // Nobody without a key is told whether the site exists: a regulator will see.
  if (!siteExists && !byAnyone) return refuse(refusal('not-found', `There is no site ${siteId}.`, 'siteId'));
  if (byAnyone && !SOURCES_WITHOUT_KEY.includes(source)) {
    const detail = `Without a key the source is ${SOURCES_WITHOUT_KEY.join(' or ')}.`;
    return refuse(refusal('invalid-request', detail, 'source'));
  }
  const added = byAnyone ? { awaitsAdmission: true } : {};
  return acceptAs(raiseConcern, body, added);
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
