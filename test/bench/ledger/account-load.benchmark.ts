import { type Benchmark } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { compared } from '../harness/side-by-side.js';
import { generatedLedger } from './generated-ledger.js';

const SMALL_SITE = 1_000;
const WARM_UP_SITE = 500;
/** Commands to each site in a round. One alone waits for the disk as luck has it. */
const IN_ROUND = 9;

export const accountLoad: Benchmark = {
  name: 'account-load',
  measures: 'A command on a site with 1,000,000 past events and nothing in memory, against one on a site with 1,000.',
  async run(bench) {
    const large = bench.quick ? 50_000 : 1_000_000;
    const busySites = [large, SMALL_SITE, WARM_UP_SITE];
    const folder = await generatedLedger(bench, { events: Math.ceil(large * 1.4), seed: bench.seed, busySites });
    const spec = {
      folder,
      sites: [large, SMALL_SITE],
      warmUpSite: WARM_UP_SITE,
      rounds: bench.rounds,
      inRound: IN_ROUND,
    };
    const program = benchProgram('ledger/account-load.program.js');
    const { milliseconds } = await runProgram<{ milliseconds: number[][] }>(program, spec);
    const peerName = `the same on ${SMALL_SITE.toLocaleString('en-US')} events`;
    return [compared({ name: this.name, unit: 'ms', peerName, target: '≤ 2' }, milliseconds[0]!, milliseconds[1]!)];
  },
};
