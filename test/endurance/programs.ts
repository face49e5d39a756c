import { backup } from './backup/backup.program.js';
import { cluster } from './cluster/cluster.program.js';
import { corruption } from './corruption/corruption.program.js';
import { diskFaults } from './disk/disk-faults.program.js';
import { type EnduranceProgram } from './harness/program.js';
import { fuzz } from './fuzz/fuzz.program.js';
import { hostile } from './hostile/hostile.program.js';
import { kill } from './kill/kill.program.js';
import { model } from './model/model.program.js';
import { powerLoss } from './power/power-loss.program.js';
import { proxy } from './proxy/proxy.program.js';
import { soak } from './soak/soak.program.js';
import { timing } from './timing/timing.program.js';

/** In the order in which they run. */
export const PROGRAMS: readonly EnduranceProgram[] = [
  kill,
  powerLoss,
  diskFaults,
  corruption,
  backup,
  model,
  proxy,
  cluster,
  soak,
  fuzz,
  hostile,
  timing,
];
