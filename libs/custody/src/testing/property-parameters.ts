import { type Parameters } from 'fast-check';

/** One seed for all properties of a process, so that naming it reproduces a whole run. */
const SEED = Number(process.env.FC_SEED ?? Math.trunc(Math.random() * 0x7fffffff));

/** How many cases a property tries, and from which seed: `FC_RUNS` and `FC_SEED` in the environment, else as given. */
export function propertyParameters<T>(numRuns: number): Parameters<T> & { numRuns: number; seed: number } {
  return { numRuns: Number(process.env.FC_RUNS ?? numRuns), seed: SEED };
}
