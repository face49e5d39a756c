import { type Benchmark, type Comparison } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { awaitReadModel, startLodebook, type Lodebook } from '../harness/server-process.js';
import { percentile, sideBySide } from '../harness/side-by-side.js';
import { lastOfChain } from '../../../apps/cli/src/bench/generate/long-chain.js';
import { generatedLedger } from './generated-ledger.js';
import { CHAIN, judgedLedger, largeEvents, SMALL_EVENTS } from './judged-ledger.js';

const PATIENCE_MS = 3_600_000;
const PERCENTILE = 99;

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
      const times = bench.quick ? 20 : 100;
      const work = `chain of ${CHAIN} batches`;
      return await sideBySide(bench, {
        name: this.name,
        unit: 'ms',
        ours: async () => ({ value: await ask(large!, times), work }),
        peers: [
          {
            peerName: 'recursive SQL of the chain and its events',
            target: '≤ 3',
            run: async () => {
              const spec = { folder: folders.large, batchId: lastOfChain(CHAIN), times, warmUpTimes: times };
              const program = benchProgram('ledger/chain-sql.program.js');
              const read = await runProgram<{ milliseconds: number[]; batches: number }>(program, spec);
              return { value: percentile(read.milliseconds, PERCENTILE), work: `chain of ${read.batches} batches` };
            },
          },
          {
            peerName: `the same in a ledger of ${SMALL_EVENTS.toLocaleString('en-US')} events`,
            target: '≤ 1.2',
            run: async () => ({ value: await ask(small!, times), work }),
          },
        ],
      });
    } finally {
      for (const server of servers) await server.stop();
    }
  },
};

/** A server whose read model and verdicts are complete: nothing else is at work when it is queried. */
async function settledServer(folder: string, events: number): Promise<Lodebook> {
  const settled = await runProgram<{ events: number }>(benchProgram('ledger/settle.program.js'), { folder });
  if (settled.events < events) throw new Error(`only ${settled.events} of ${events} events are in the read model`);
  const server = await startLodebook(folder);
  await awaitReadModel(server, BigInt(events - 1), PATIENCE_MS);
  return server;
}

/** @returns the 99th percentile, milliseconds */
async function ask({ url, key }: Lodebook, times: number): Promise<number> {
  const address = `${url}/v1/batches/${lastOfChain(CHAIN)}/claims?programme=us-japan-cma-2023`;
  const milliseconds: number[] = [];
  const warmUpTimes = Math.ceil(times / 5);
  for (let time = 0; time < warmUpTimes + times; time++) {
    const began = performance.now();
    const answer = await fetch(address, { headers: { authorization: `Bearer ${key}` } });
    const text = await answer.text();
    if (time >= warmUpTimes) milliseconds.push(performance.now() - began);
    if (!answer.ok) throw new Error(`${address} answers ${answer.status} ${text}`);
  }
  return percentile(milliseconds, PERCENTILE);
}
