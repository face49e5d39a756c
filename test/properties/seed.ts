import { jest } from '@jest/globals';
import fc from 'fast-check';
import { LONG } from './runs.js';

/**
 * Run before every test file. One seed for all properties of the file, so that `FC_SEED` repeats a run whole; a property
 * that fails prints it. Here and not in each property, so that none can be written that takes no seed.
 */
const { FC_RUNS, FC_SEED } = process.env;
fc.configureGlobal({ seed: FC_SEED === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(FC_SEED) });

// So many cases take as long as they take.
if (LONG || FC_RUNS !== undefined) jest.setTimeout(3_600_000);
