import fc from 'fast-check';
import { type GraphEvent } from '../graph.types.js';
import { randomLedger } from './random-ledger.js';
import { runs } from '../../../../../test/properties/runs.js';

interface Drawn {
  readonly seed: number;
  readonly length: number;
}

/**
 * Runs a property over random ledgers of up to so many steps.
 * @param found ledgers on which it once failed, tried first
 */
export function overRandomLedgers(
  cases: number,
  steps: number,
  property: (events: GraphEvent[], seed: number) => void,
  found: readonly Drawn[] = [],
): void {
  const ledgers = fc.record({ seed: fc.integer(), length: fc.integer({ min: 1, max: steps }) });
  fc.assert(
    fc.property(ledgers, ({ seed, length }) => property(randomLedger(seed, length), seed)),
    { ...runs(cases), examples: found.map((ledger): [Drawn] => [ledger]) },
  );
}
