import { setImmediate as nextTurn } from 'node:timers/promises';
import { programmeReference, VERDICTS, type ClaimsVerdict, type Programme, type Verdict } from '#claims';
import { type FoldedLog } from './folded-log.js';
import { type JudgingHelper } from './judging-helper.js';
import { mergedDigest, shareOf } from './merged-digest.js';
import { report, type ReplayRequest } from './replay-request.js';
import { BATCHES_A_CHUNK, FIRST, HELPER, SharedWork } from './shared-work.js';
import { VerdictDigest } from './verdict-digest.js';

/** Judging never waits for anything: it yields to others this often, milliseconds. */
const TURN_MS = 10;

/** What a ledger was judged to be. */
export interface Judged {
  readonly batches: number;
  /** Programme → verdict → batches. */
  readonly verdicts: VerdictCounts;
  /** SHA-256 over the canonical verdicts. */
  readonly digest: string;
}
export type VerdictCounts = Readonly<Record<string, Partial<Record<Verdict, number>>>>;

/** Counts verdicts as they come, and keeps what is hashed of them. */
export class JudgedVerdicts {
  readonly digest = new VerdictDigest();
  readonly #counts: Record<string, Partial<Record<Verdict, number>>> = {};

  constructor(programmes: readonly Programme[]) {
    for (const programme of programmes) this.#counts[programmeReference(programme)] = {};
  }

  take(verdict: ClaimsVerdict): void {
    this.digest.take(verdict);
    this.#count(verdict.programme, verdict.verdict, 1);
  }

  /** In the order of the verdicts, whichever came first. */
  counts(): VerdictCounts {
    const inOrder = Object.entries(this.#counts).map(([programme, counts]) => {
      const met = VERDICTS.filter((verdict) => counts[verdict] !== undefined);
      return [programme, Object.fromEntries(met.map((verdict) => [verdict, counts[verdict]]))];
    });
    return Object.fromEntries(inOrder) as VerdictCounts;
  }

  /** Adds what another thread has counted. */
  add(counts: VerdictCounts): void {
    for (const [programme, ofVerdicts] of Object.entries(counts)) {
      for (const [verdict, batches] of Object.entries(ofVerdicts)) this.#count(programme, verdict as Verdict, batches);
    }
  }

  #count(programme: string, verdict: Verdict, batches: number): void {
    const counts = (this.#counts[programme] ??= {});
    counts[verdict] = (counts[verdict] ?? 0) + batches;
  }
}

/**
 * Judges every batch of a folded log, in turns with a helper where there is one; what that does not come to the end of is
 * judged here.
 * @throws ReplayError `aborted`
 */
export async function judge(
  { fold, log, programmes }: FoldedLog,
  request: ReplayRequest,
  helper: JudgingHelper | undefined,
): Promise<Judged> {
  const judged = new JudgedVerdicts(programmes);
  const work = helper?.work ?? new SharedWork();
  const chunks = Math.ceil((fold?.batches ?? 0) / BATCHES_A_CHUNK);
  let turn = performance.now();
  const giveTurn = async (): Promise<void> => {
    if (performance.now() - turn < TURN_MS) return;
    report(request, 'judging', chunks === 0 ? 1 : work.takenOf(chunks) / chunks);
    await nextTurn();
    turn = performance.now();
  };
  const judgeChunks = async (isWanted: (chunk: number) => boolean): Promise<void> => {
    if (fold === undefined || log.validAt === undefined) return;
    for (const verdict of fold.verdicts(programmes, log.validAt, isWanted)) {
      judged.take(verdict);
      request.verdict?.(verdict);
      if (performance.now() - turn >= TURN_MS) await giveTurn();
    }
  };
  try {
    await judgeChunks((chunk) => work.take(chunk, FIRST));
    // Of a chunk that it has taken nobody else knows; where it has taken none there is nothing to wait for.
    const helped = work.hasOf(HELPER, chunks) ? await helper?.outcome() : undefined;
    if (helped === undefined) await judgeChunks((chunk) => work.isOf(chunk, HELPER));
    else judged.add(helped.counts);
    const own = shareOf(judged.digest);
    const digest = await mergedDigest(helped === undefined ? [own] : [own, helped], giveTurn);
    return { verdicts: judged.counts(), digest, batches: judged.digest.batches + (helped?.batches ?? 0) };
  } finally {
    judged.digest.close();
  }
}
