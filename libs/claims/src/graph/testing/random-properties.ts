import fc, { type Parameters } from 'fast-check';
import type { GraphEvent } from '../graph.types.js';
import { randomLedger } from './random-ledger.js';

/** Runs and seed of a property: `FC_RUNS`, `FC_SEED` in the environment, else `numRuns` and chance; a failure prints both. */
export function propertyParameters<T>(numRuns: number): Parameters<T> {
  const { FC_RUNS: runs, FC_SEED: seed } = process.env;
  return {
    numRuns: runs === undefined ? numRuns : Number(runs),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  };
}

/** Runs a property over random ledgers of up to so many steps. */
export function overRandomLedgers(
  runs: number,
  steps: number,
  property: (events: GraphEvent[], seed: number) => void,
): void {
  const ledgers = fc.record({ seed: fc.integer(), length: fc.integer({ min: 1, max: steps }) });
  fc.assert(
    fc.property(ledgers, ({ seed, length }) => property(randomLedger(seed, length), seed)),
    propertyParameters(runs),
  );
}
