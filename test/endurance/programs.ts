import { type EnduranceProgram } from './harness/program.js';
import { kill } from './kill/kill.program.js';

/** In the order in which they run. */
export const PROGRAMS: readonly EnduranceProgram[] = [kill];
