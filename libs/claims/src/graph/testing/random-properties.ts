import fc from 'fast-check';
import { type GraphEvent } from '../graph.types.js';
import { randomLedger } from './random-ledger.js';
import { runs } from '../../../../../test/properties/runs.js';

/** Runs a property over random ledgers of up to so many steps. */
export function overRandomLedgers(
  cases: number,
  steps: number,
  property: (events: GraphEvent[], seed: number) => void,
): void {
  const ledgers = fc.record({ seed: fc.integer(), length: fc.integer({ min: 1, max: steps }) });
  fc.assert(
    fc.property(ledgers, ({ seed, length }) => property(randomLedger(seed, length), seed)),
    runs(cases),
  );
}
