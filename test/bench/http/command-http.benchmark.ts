import Database from 'better-sqlite3';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, type Benchmark, type Measured } from '../harness/benchmark.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { KEY, startLodebook, startServer, type ServerProcess } from '../harness/server-process.js';
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
  const { perSecond, recorded } = await load(bench, await startLodebook(folder));
  return measured(perSecond, recorded, (await eventsIn(folder)) - before);
}

async function bare(bench: Bench): Promise<Measured> {
  const folder = await bench.folder();
  const path = join(folder, 'bare.db');
  const { perSecond, recorded } = await load(bench, await startServer([BARE, path], join(folder, 'server.log')));
  const database = new Database(path, { readonly: true });
  const inserted = database.prepare<[], number>('SELECT count(*) FROM events').pluck().get()!;
  database.close();
  return measured(perSecond, recorded, inserted);
}

async function load(bench: Bench, server: ServerProcess): Promise<{ perSecond: number; recorded: number }> {
  const time = bench.quick ? { warmUpSeconds: 1, seconds: 2 } : { warmUpSeconds: 3, seconds: 8 };
  try {
    const spec = { url: server.url, key: KEY, connections: CONNECTIONS, ...time };
    return await runProgram(benchProgram('http/load.program.js'), spec);
  } finally {
    await server.stop();
  }
}

/** A time was given, not an amount; the work is that every answer stands for one event on disk. */
function measured(perSecond: number, answered: number, onDisk: number): Measured {
  // A request that was under way when the time was over is recorded, and its answer counted by nobody.
  const unanswered = onDisk - answered;
  if (unanswered < 0 || unanswered > 2 * CONNECTIONS)
    throw new Error(`${answered} requests were answered, and ${onDisk} events are on disk`);
  return { value: perSecond, work: 'one event on disk for each answer' };
}
