import { setImmediate as nextTurn } from 'node:timers/promises';
import { programmeReference, type ClaimsVerdict, type Programme } from '#claims';
import { type Visibility } from '#access';
import { type BatchQueries, type ProvenanceQueries, type LoggedEvent } from '#read-model';
import { type ProgrammeLibrary } from '#programmes';
import { isInstant } from '#vocabulary';
import { GrowingChain } from '#audit';
import { type AsOf, type KnownMoment } from '../claims/as-of.js';
import { Problem } from '../problem/problem.js';
import { claimDifferences } from './claim-differences.js';
import { type ComparedMoment, type Differences, type VerdictDifference } from '../answers/difference-answers.js';

/** Batches looked at for one answer: bounds its time whatever the ledger holds. */
const MOST_BATCHES = 200;

export interface DifferencesQuestion {
  /** Log indexes or recorded times; `to` undefined: the last event. */
  readonly from: string;
  readonly to: string | undefined;
  readonly programme: string | undefined;
  readonly cursor: string | undefined;
}

/** Compares verdicts at two moments, one batch's chain at a time, as every query does. */
export class VerdictDifferences {
  readonly #asOf: AsOf;
  readonly #batches: BatchQueries;
  readonly #provenances: ProvenanceQueries;
  readonly #library: ProgrammeLibrary;

  constructor(asOf: AsOf, batches: BatchQueries, provenances: ProvenanceQueries, library: ProgrammeLibrary) {
    this.#asOf = asOf;
    this.#batches = batches;
    this.#provenances = provenances;
    this.#library = library;
  }

  /**
   * @param signal checked between batches
   * @throws Problem `invalid-request`, `not-found`; the reason of the signal once that is aborted
   */
  async between(
    visibility: Visibility,
    { from, to, programme, cursor }: DifferencesQuestion,
    signal?: AbortSignal,
  ): Promise<Differences> {
    if (visibility.sees !== 'everything')
      throw new Problem('forbidden', 'Only a caller that sees the whole log can compare it.');
    const earlier = await this.#moment('from', from);
    const later = await this.#moment('to', to);
    if (earlier.logIndex > later.logIndex) {
      throw new Problem('invalid-request', 'from must not lie after to.', [
        { path: 'query from', code: 'not-allowed', message: 'must not lie after to' },
      ]);
    }
    const programmes = this.#programmes(programme, later);
    const page = await this.#batches.batches(
      visibility,
      {},
      { limit: MOST_BATCHES, ...(cursor !== undefined && { cursor }) },
    );
    const items: VerdictDifference[] = [];
    for (const { batchId } of page.items) {
      const { events } = await this.#provenances.chainEvents(visibility, batchId, { knownAt: later.logIndex });
      items.push(...compare(events, batchId, programmes, earlier, later));
      await nextTurn(); // the caller may have disconnected
      signal?.throwIfAborted();
    }
    const { logIndex, validAt } = earlier;
    return {
      from: { logIndex, validAt },
      to: { logIndex: later.logIndex, validAt: later.validAt },
      items,
      next: page.next,
    };
  }

  async #moment(name: 'from' | 'to', text: string | undefined): Promise<ComparedMoment & KnownMoment> {
    const known = await this.#asOf.knownMoment(text, name);
    return { ...known, validAt: text !== undefined && isInstant(text) ? text : known.recordedAt };
  }

  #programmes(reference: string | undefined, { recordedAt }: KnownMoment): Programme[] {
    if (reference === undefined) return this.#library.newest(recordedAt);
    const programme = this.#library.choose(reference, recordedAt);
    if (!programme) throw new Problem('not-found', `There was no programme ${reference} then.`);
    return [programme];
  }
}

/** What changed between two moments, under one programme. */
interface Movement {
  readonly programme: Programme;
  readonly before: ClaimsVerdict | undefined;
  readonly after: ClaimsVerdict | undefined;
  readonly events: VerdictDifference['events'][number][];
  /** As of the later moment in the world, by what is known so far. */
  known: ClaimsVerdict | undefined;
  readonly timePassed: boolean;
}

/** @param events of the batch's chain, up to the later moment */
function compare(
  events: readonly LoggedEvent[],
  batchId: string,
  programmes: readonly Programme[],
  earlier: ComparedMoment,
  later: ComparedMoment,
): VerdictDifference[] {
  const chainOf = (logIndex: number, validAt: string): GrowingChain => {
    const chain = new GrowingChain(batchId, validAt);
    for (const event of events) if (event.logIndex <= logIndex) chain.take(event);
    return chain;
  };
  const then = chainOf(earlier.logIndex, earlier.validAt);
  const now = chainOf(later.logIndex, later.validAt);
  // The verdict now if nothing had been recorded since: whatever differs from before was changed by time alone.
  let growing: GrowingChain | undefined;
  const movements = programmes.flatMap((programme): Movement[] => {
    const before = then.verdict(programme);
    const after = now.verdict(programme);
    if (claimDifferences(before, after).length === 0 && before?.verdict === after?.verdict) return [];
    growing ??= chainOf(earlier.logIndex, later.validAt);
    const known = growing.verdict(programme);
    return [{ programme, before, after, events: [], known, timePassed: claimDifferences(before, known).length > 0 }];
  });
  if (growing === undefined) return [];
  for (const event of events) {
    if (event.logIndex <= earlier.logIndex || !growing.take(event)) continue;
    const { logIndex, id: eventId, type } = event;
    for (const movement of movements) {
      const known = growing.verdict(movement.programme);
      if (claimDifferences(movement.known, known).length > 0) movement.events.push({ eventId, logIndex, type });
      movement.known = known;
    }
  }
  return movements.map(({ programme, before, after, events: moving, timePassed }) => ({
    batchId,
    programme: programmeReference(programme),
    from: before?.verdict ?? null,
    to: after?.verdict ?? null,
    claims: claimDifferences(before, after),
    events: moving,
    timePassed,
  }));
}
