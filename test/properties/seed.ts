import { jest } from '@jest/globals';
import fc from 'fast-check';
import { LONG } from './runs.js';

/**
 * Runs before every test file. There is one seed for all properties of the file, so that `FC_SEED` repeats a whole run;
 * a property that fails prints it. It is set here rather than in each property, so that none can be written without it.
 */
const { FC_RUNS, FC_SEED } = process.env;
fc.configureGlobal({ seed: FC_SEED === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(FC_SEED) });

// Long runs may take any time.
if (LONG || FC_RUNS !== undefined) jest.setTimeout(3_600_000);
