import Database from 'better-sqlite3';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, type Benchmark, type Measured } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { startLodebook, startServer, type ServerProcess } from '../harness/server-process.js';
import { sideBySide } from '../harness/side-by-side.js';
import { eventsIn, makeLabellingSites } from './labelling-sites.js';

const CONNECTIONS = 64;
const BARE = fileURLToPath(benchProgram('http/bare-nest.program.js'));

export const commandHttp: Benchmark = {
  name: 'command-http',
  measures: 'POST …/labels, 64 connections, auth, validation, decision, on disk, against a bare Nest with one insert.',
  run: (bench) =>
    sideBySide(bench, {
      name: 'command-http',
      unit: 'requests/s',
      ours: () => ours(bench),
      peers: [{ peerName: 'bare Nest + Fastify + cqrs + insert', target: '≥ 0.6', run: () => bare(bench) }],
    }),
};

async function ours(bench: Bench): Promise<Measured> {
  const folder = await bench.folder();
  await makeLabellingSites(folder, bench.seed);
  const before = await eventsIn(folder);
  const perSecond = await load(bench, await startLodebook(folder));
  return measured(perSecond, (await eventsIn(folder)) - before);
}

async function bare(bench: Bench): Promise<Measured> {
  const folder = await bench.folder();
  const path = join(folder, 'bare.db');
  const perSecond = await load(bench, await startServer([BARE, path], join(folder, 'server.log')));
  const database = new Database(path, { readonly: true });
  const inserted = database.prepare<[], number>('SELECT count(*) FROM events').pluck().get()!;
  database.close();
  return measured(perSecond, inserted);
}

/** @returns requests answered per second */
async function load(bench: Bench, server: ServerProcess & { readonly key?: string }): Promise<number> {
  const amount = bench.quick ? { warmUpRequests: 3_200, requests: 9_600 } : { warmUpRequests: 9_600, requests: 38_400 };
  try {
    const spec = { url: server.url, key: server.key ?? 'none', connections: CONNECTIONS, ...amount };
    return (await runProgram<{ perSecond: number }>(benchProgram('http/load.program.js'), spec)).perSecond;
  } finally {
    await server.stop();
  }
}

/** One event for each answer: the amounts are the same, so the texts are. */
function measured(perSecond: number, onDisk: number): Measured {
  return { value: perSecond, work: `${onDisk} events on disk` };
}
