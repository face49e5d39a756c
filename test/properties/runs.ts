const { FC_RUNS, LODEBOOK_LONG } = process.env;

/** Whether tests do far more than in CI: `LODEBOOK_LONG=1`. */
export const LONG = LODEBOOK_LONG === '1';

/**
 * How many cases a property tries: `FC_RUNS` if it is set, else `usual`, or `long` of them in the long form. The seed is
 * set for all properties at once, by `seed.ts`.
 */
export function runs(usual: number, long = usual * 10): { numRuns: number } {
  if (FC_RUNS !== undefined) return { numRuns: Number(FC_RUNS) };
  return { numRuns: LONG ? long : usual };
}

/** As `runs`, for a property over hostile input: 100,000 cases each in the long form. */
export function fuzzRuns(usual: number): { numRuns: number } {
  return runs(usual, 100_000);
}
