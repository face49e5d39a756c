import { type Benchmark } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { compared } from '../harness/side-by-side.js';
import { generatedLedger } from './generated-ledger.js';
import { judgedLedger, largeEvents } from './judged-ledger.js';

export const proof: Benchmark = {
  name: 'proof',
  measures: 'An inclusion proof at 1,000,000 leaves, against 20 reads of nodes.',
  async run(bench) {
    const folder = await generatedLedger(bench, judgedLedger(bench, largeEvents(bench)));
    const spec = { folder, proofs: bench.quick ? 500 : 5_000, rounds: bench.rounds, seed: bench.seed };
    const { proofMilliseconds, readMilliseconds, leaves } = await runProgram<{
      proofMilliseconds: number[];
      readMilliseconds: number[];
      leaves: number;
    }>(benchProgram('ledger/proof.program.js'), spec);
    bench.note(`proof: ${leaves} leaves`);
    const line = { name: this.name, unit: 'ms', peerName: '20 node reads', target: 'ours ≤ 1 ms' };
    return [compared(line, proofMilliseconds, readMilliseconds)];
  },
};
