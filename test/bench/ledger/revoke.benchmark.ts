import { type Benchmark } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { compared } from '../harness/side-by-side.js';
import { generatedLedger } from './generated-ledger.js';
import { FANS, judgedLedger, largeEvents, SMALL_EVENTS } from './judged-ledger.js';

export const revoke: Benchmark = {
  name: 'revoke',
  measures:
    'Time to new verdicts after a back-dated revocation: a batch of 1,000 against one of fewer, and of a small ledger.',
  async run(bench) {
    const measured: number[][][] = [];
    for (const events of [largeEvents(bench), SMALL_EVENTS]) {
      const folder = await generatedLedger(bench, judgedLedger(bench, events));
      const spec = { folder, fans: FANS, rounds: bench.rounds };
      const program = benchProgram('ledger/revoke.program.js');
      const { milliseconds } = await runProgram<{ milliseconds: number[][] }>(program, spec);
      measured.push(milliseconds.map((times, index) => times.map((time) => time / FANS[index]!)));
      bench.note(`revoke: ${events} events done`);
    }
    const [large, small] = measured;
    const most = large!.at(-1)!;
    const line = { name: this.name, unit: 'ms/batch' };
    const byCount = FANS.slice(0, -1).map((batches, index) =>
      compared(
        { ...line, peerName: `${batches} batches instead of ${FANS.at(-1)}`, target: '≤ 1.2' },
        most,
        large![index]!,
      ),
    );
    const peerName = `the same in a ledger of ${SMALL_EVENTS.toLocaleString('en-US')} events`;
    return [...byCount, compared({ ...line, peerName, target: '≤ 1.2' }, most, small!.at(-1)!)];
  },
};
