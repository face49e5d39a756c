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
    const folders: string[] = [];
    for (const events of [largeEvents(bench), SMALL_EVENTS])
      folders.push(await generatedLedger(bench, judgedLedger(bench, events)));
    const spec = { folders, fans: FANS, rounds: bench.rounds, ...(bench.quick ? SHORT : WHOLE) };
    const program = benchProgram('ledger/revoke.program.js');
    const { milliseconds } = await runProgram<{ milliseconds: number[][][] }>(program, spec);
    const [large, small] = milliseconds.map((ofLedger) =>
      ofLedger.map((times, fan) => times.map((time) => time / FANS[fan]!)),
    );
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

/** A single revocation is a matter of luck: a round has several of each kind, and its value is their median. */
const WHOLE = { inRound: 9, warmUps: 5 };
const SHORT = { inRound: 1, warmUps: 1 };
