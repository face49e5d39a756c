import { type LedgerPlan } from '../../../apps/cli/src/bench/generate/generate-ledger.js';
import { type Bench } from '../harness/benchmark.js';

/** Batches of the long chain, and of the sites whose attestation is revoked. */
export const CHAIN = 1_000;
export const FANS = [10, 100, 1_000] as const;

export const SMALL_EVENTS = 10_000;

export function largeEvents(bench: Bench): number {
  return bench.quick ? 30_000 : 1_000_000;
}

/** Plans the same chain and the same sites in a ledger of any size. */
export function judgedLedger(bench: Bench, events: number): LedgerPlan {
  return { events, seed: bench.seed, chain: CHAIN, fans: FANS };
}
