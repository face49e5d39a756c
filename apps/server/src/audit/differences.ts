import { Injectable } from '@nestjs/common';
import {
  buildGraph,
  buildStanding,
  evaluate,
  programmeReference,
  type ClaimsVerdict,
  type Programme,
  type Verdict,
} from '#claims';
import { type Sight } from '#access';
import { BatchQueries, ProvenanceQueries, type LoggedEvent } from '#read-model';
import { AsOf, type KnownMoment } from '../claims/as-of.js';
import { ProgrammeLibrary } from '../claims/programme-library.js';
import { isInstant } from '../intake/instant.js';
import { Problem } from '../problem/problem.js';

/** Batches looked at for one answer: bounds its time whatever the ledger holds. */
const MOST_BATCHES = 200;

export interface DifferencesQuestion {
  /** Log indexes or recorded times. */
  readonly from: string;
  readonly to: string;
  readonly programme: string | undefined;
  readonly cursor: string | undefined;
}

/** A moment compared: what was known, judged as of the same time in the world. */
export interface ComparedMoment {
  readonly logIndex: number;
  readonly validAt: string;
}

export interface VerdictDifference {
  readonly batchId: string;
  readonly programme: string;
  /** Null: there was no such batch. */
  readonly from: Verdict | null;
  readonly to: Verdict | null;
  readonly claims: readonly ClaimDifference[];
  /** Recorded in between, each of which moved a claim. */
  readonly events: readonly { readonly eventId: string; readonly logIndex: number; readonly type: string }[];
  /** The passing of time alone moved a claim: a rule came into force, an attestation ran out. */
  readonly timePassed: boolean;
}

interface ClaimDifference {
  readonly claim: string;
  readonly mineral?: string;
  readonly right?: string;
  readonly from: Verdict | null;
  readonly to: Verdict | null;
}

export interface Differences {
  readonly from: ComparedMoment;
  readonly to: ComparedMoment;
  readonly items: readonly VerdictDifference[];
  /** Of the batches not looked at yet; a page may have no items and yet a next. */
  readonly next: string | null;
}

/** Compares verdicts between two moments: a batch's chain at a time, as every query does. */
@Injectable()
export class VerdictDifferences {
  constructor(
    private readonly asOf: AsOf,
    private readonly batches: BatchQueries,
    private readonly provenances: ProvenanceQueries,
    private readonly library: ProgrammeLibrary,
  ) {}

  /** @throws Problem `invalid-request`, `not-found` */
  async between(sight: Sight, { from, to, programme, cursor }: DifferencesQuestion): Promise<Differences> {
    if (sight.sees !== 'everything') throw new Problem('forbidden', 'Only who sees the whole log can compare it.');
    const earlier = await this.#moment(from);
    const later = await this.#moment(to);
    if (earlier.logIndex > later.logIndex) {
      throw new Problem('invalid-request', 'from must not lie after to.', [
        { path: 'query from', code: 'not-allowed', message: 'must not lie after to' },
      ]);
    }
    const programmes = this.#programmes(programme, later);
    const page = await this.batches.batches(
      sight,
      {},
      { limit: MOST_BATCHES, ...(cursor !== undefined && { cursor }) },
    );
    const items: VerdictDifference[] = [];
    for (const { batchId } of page.items) {
      const { events } = await this.provenances.chainEvents(sight, batchId, { knownAt: later.logIndex });
      for (const each of programmes) {
        const difference = compare(events, batchId, each, earlier, later);
        if (difference) items.push(difference);
      }
    }
    const { logIndex, validAt } = earlier;
    return {
      from: { logIndex, validAt },
      to: { logIndex: later.logIndex, validAt: later.validAt },
      items,
      next: page.next,
    };
  }

  async #moment(text: string): Promise<ComparedMoment & KnownMoment> {
    const known = await this.asOf.knownMoment(text);
    return { ...known, validAt: isInstant(text) ? text : known.recordedAt };
  }

  #programmes(reference: string | undefined, { recordedAt }: KnownMoment): Programme[] {
    if (reference === undefined) return this.library.newest(recordedAt);
    const programme = this.library.choose(reference, recordedAt);
    if (!programme) throw new Problem('not-found', `There was no programme ${reference} then.`);
    return [programme];
  }
}

/** @param events of the batch's chain, up to the later moment */
function compare(
  events: readonly LoggedEvent[],
  batchId: string,
  programme: Programme,
  earlier: ComparedMoment,
  later: ComparedMoment,
): VerdictDifference | undefined {
  const judged = (knownAt: number, validAt: string): ClaimsVerdict | undefined => {
    const known = events.filter(({ logIndex }) => logIndex <= knownAt);
    return evaluate(buildGraph(known, { validAt }), buildStanding(known), programme, { batchId, validAt });
  };
  const before = judged(earlier.logIndex, earlier.validAt);
  const after = judged(later.logIndex, later.validAt);
  const claims = claimDifferences(before, after);
  if (claims.length === 0 && before?.verdict === after?.verdict) return undefined;
  // What would be said now if nothing had been recorded since: what differs from before is the work of time alone.
  let known = judged(earlier.logIndex, later.validAt);
  const timePassed = claimDifferences(before, known).length > 0;
  const movers: VerdictDifference['events'][number][] = [];
  for (const { logIndex, id: eventId, type } of events) {
    if (logIndex <= earlier.logIndex) continue;
    const then = judged(logIndex, later.validAt);
    if (claimDifferences(known, then).length > 0) movers.push({ eventId, logIndex, type });
    known = then;
  }
  return {
    batchId,
    programme: programmeReference(programme),
    from: before?.verdict ?? null,
    to: after?.verdict ?? null,
    claims,
    events: movers,
    timePassed,
  };
}

function claimDifferences(before: ClaimsVerdict | undefined, after: ClaimsVerdict | undefined): ClaimDifference[] {
  const keyOf = ({ claim, mineral, right }: Omit<ClaimDifference, 'from' | 'to'>): string =>
    JSON.stringify([claim, mineral, right]);
  const were = new Map((before?.claims ?? []).map((line) => [keyOf(line), line]));
  const are = new Map((after?.claims ?? []).map((line) => [keyOf(line), line]));
  const differences: ClaimDifference[] = [];
  for (const [key, { claim, mineral, right }] of new Map([...were, ...are])) {
    const from = were.get(key)?.verdict ?? null;
    const to = are.get(key)?.verdict ?? null;
    if (from === to) continue;
    differences.push({
      claim,
      ...(mineral !== undefined && { mineral }),
      ...(right !== undefined && { right }),
      from,
      to,
    });
  }
  return differences;
}
