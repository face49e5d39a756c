import { jest } from '@jest/globals';

const { FC_RUNS, FC_SEED, LODEBOOK_LONG } = process.env;
const isLong = LODEBOOK_LONG === '1';
/** Cases of each property over hostile input in a long run. */
const LONG_FUZZ_RUNS = 100_000;

if (isLong || FC_RUNS !== undefined) jest.setTimeout(3_600_000);

interface Runs {
  readonly numRuns: number;
  readonly seed?: number;
}

/** Options of a property: `FC_SEED` repeats a run, `FC_RUNS` sets its length, `LODEBOOK_LONG=1` makes it ten times as long. */
export function runs(usual: number): Runs {
  return optionsOf(isLong ? usual * 10 : usual);
}

/** Options of a property over hostile input: 100,000 cases over all of them together; with `LODEBOOK_LONG=1` of each. */
export function fuzzRuns(usual: number): Runs {
  return optionsOf(isLong ? LONG_FUZZ_RUNS : usual);
}

function optionsOf(usual: number): Runs {
  const numRuns = FC_RUNS === undefined ? usual : Number(FC_RUNS);
  return FC_SEED === undefined ? { numRuns } : { numRuns, seed: Number(FC_SEED) };
}
