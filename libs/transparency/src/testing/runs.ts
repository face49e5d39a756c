/** Options of every property: `FC_SEED` repeats a run, `FC_RUNS` or `LODEBOOK_LONG=1` lengthens it. */
export function runs(usual: number): { numRuns: number; seed?: number } {
  const { FC_RUNS, FC_SEED, LODEBOOK_LONG } = process.env;
  const numRuns = FC_RUNS !== undefined ? Number(FC_RUNS) : LODEBOOK_LONG === '1' ? Math.max(usual, 100_000) : usual;
  return FC_SEED === undefined ? { numRuns } : { numRuns, seed: Number(FC_SEED) };
}
