import { type Benchmark, type Comparison } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { awaitComparison, awaitReadModel, startLodebook, type Lodebook } from '../harness/server-process.js';
import { percentile, sideBySide } from '../harness/side-by-side.js';
import { lastOfChain } from '../../../apps/cli/src/bench/generate/long-chain.js';
import { generatedLedger } from './generated-ledger.js';
import { CHAIN, judgedLedger, largeEvents, SMALL_EVENTS } from './judged-ledger.js';

const PATIENCE_MS = 3_600_000;
const PERCENTILE = 99;
/** Questions before the clock starts: until then most of the time goes into compiling. */
const WARM_UP_QUESTIONS = 500;
/** Questions to one ledger before it is the other's turn. */
const IN_A_ROW = 50;
/** The statement takes a second: it is not run as often as questions are asked. */
const STATEMENTS = { times: 100, warmUpTimes: 5 };

export const verdictQuery: Benchmark = {
  name: 'verdict-query',
  measures:
    'p99 of GET …/claims over a chain of 1,000 batches and hops in 1,000,000 events, against the SQL of its chain.',
  async run(bench): Promise<Comparison[]> {
    const folders = { large: '', small: '' };
    const servers: Lodebook[] = [];
    try {
      for (const [size, events] of [
        ['large', largeEvents(bench)],
        ['small', SMALL_EVENTS],
      ] as const) {
        folders[size] = await generatedLedger(bench, judgedLedger(bench, events));
        servers.push(await settledServer(folders[size], events));
      }
      const [large, small] = servers;
      const times = bench.quick ? 50 : 1_000;
      const work = `chain of ${CHAIN} batches`;
      let asked = { large: NaN, small: NaN };
      await askInTurn(large!, small!, bench.quick ? IN_A_ROW : WARM_UP_QUESTIONS);
      return await sideBySide(bench, {
        name: this.name,
        unit: 'ms',
        ours: async () => {
          asked = await askInTurn(large!, small!, times);
          return { value: asked.large, work };
        },
        peers: [
          {
            peerName: 'recursive SQL of the chain and its events',
            target: '≤ 3',
            run: async () => {
              const amount = bench.quick ? { times: 20, warmUpTimes: 1 } : STATEMENTS;
              const spec = { folder: folders.large, batchId: lastOfChain(CHAIN), ...amount };
              const program = benchProgram('ledger/chain-sql.program.js');
              const read = await runProgram<{ milliseconds: number[]; batches: number }>(program, spec);
              return { value: percentile(read.milliseconds, PERCENTILE), work: `chain of ${read.batches} batches` };
            },
          },
          {
            peerName: `the same in a ledger of ${SMALL_EVENTS.toLocaleString('en-US')} events`,
            target: '≤ 1.2',
            // Asked in turn with the large one, see above.
            run: () => Promise.resolve({ value: asked.small, work }),
          },
        ],
      });
    } finally {
      for (const server of servers) await server.stop();
    }
  },
};

/** A server whose read model and verdicts are complete, and that has read its log: nothing else is at work when it is queried. */
async function settledServer(folder: string, events: number): Promise<Lodebook> {
  const settled = await runProgram<{ events: number }>(benchProgram('ledger/settle.program.js'), { folder });
  if (settled.events < events) throw new Error(`only ${settled.events} of ${events} events are in the read model`);
  const server = await startLodebook(folder);
  await awaitReadModel(server, BigInt(events - 1), PATIENCE_MS);
  await awaitComparison(folder, PATIENCE_MS);
  return server;
}

/**
 * Asks both ledgers, some questions at a time, so that other activity on the machine affects them alike.
 * @returns the 99th percentile of each, milliseconds
 */
async function askInTurn(large: Lodebook, small: Lodebook, times: number): Promise<{ large: number; small: number }> {
  const [ofLarge, ofSmall]: [number[], number[]] = [[], []];
  for (let time = 0; time < times; time += IN_A_ROW) {
    const questions = Math.min(IN_A_ROW, times - time);
    for (let each = 0; each < questions; each++) ofLarge.push(await ask(large));
    for (let each = 0; each < questions; each++) ofSmall.push(await ask(small));
  }
  return { large: percentile(ofLarge, PERCENTILE), small: percentile(ofSmall, PERCENTILE) };
}

/** @returns milliseconds until the whole answer is there */
async function ask({ url, key }: Lodebook): Promise<number> {
  const address = `${url}/v1/batches/${lastOfChain(CHAIN)}/claims?programme=us-japan-cma-2023`;
  const began = performance.now();
  const answer = await fetch(address, { headers: { authorization: `Bearer ${key}` } });
  const text = await answer.text();
  const elapsed = performance.now() - began;
  if (!answer.ok) throw new Error(`${address} answers ${answer.status} ${text}`);
  return elapsed;
}
