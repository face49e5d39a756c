import { type Bench, type Benchmark, type Measured } from '../harness/benchmark.js';
import { peerProgram } from '../harness/peers.js';
import { startPostgres, type Postgres } from '../harness/postgres.js';
import { runProgram } from '../harness/program.js';
import { benchProgram } from '../harness/repository.js';
import { sideBySide, type Contender } from '../harness/side-by-side.js';
import { type Workload } from './workload.js';

const WAITING = 256;
/** Appends of a hundred events that wait: as many events as ten groups of the store hold. */
const BULK_WAITING = 100;
const BULK_EVENTS = 100;

const OURS = benchProgram('append/ours.program.js');
const FLOOR = benchProgram('append/floor.program.js');
const WORKLOAD = benchProgram('append/workload.js').href;

/** This many appends of one event each. */
function single(bench: Bench, appends: number): { workload: Workload; warmUp: Workload } {
  const workload = { seed: bench.seed, appends, eventsPerAppend: 1, waiting: WAITING };
  return { workload, warmUp: { ...workload, seed: bench.seed + 1, appends: Math.ceil(appends / 5) } };
}

function bulk(bench: Bench, appends: number): { workload: Workload; warmUp: Workload } {
  const workload = { seed: bench.seed, appends, eventsPerAppend: BULK_EVENTS, waiting: BULK_WAITING };
  return { workload, warmUp: { ...workload, seed: bench.seed + 1, appends: Math.ceil(appends / 5) } };
}

async function ours(bench: Bench, work: object): Promise<Measured> {
  return runProgram(OURS, { folder: await bench.folder(), ...work });
}

/** A PostgreSQL for the rounds of one benchmark, started when the first needs it. */
class EmmettPostgresql {
  #postgres: Postgres | undefined;

  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  async run(work: object): Promise<Measured> {
    const program = await peerProgram(this.#bench, 'emmett-postgresql', 'append.mjs');
    this.#postgres ??= await startPostgres(this.#bench);
    const { connectionString } = this.#postgres;
    return runProgram(program, { connectionString, workloadModule: WORKLOAD, ...work });
  }

  async stop(): Promise<void> {
    await this.#postgres?.stop();
  }
}

export const appendConcurrent: Benchmark = {
  name: 'append-concurrent',
  measures: 'One event an append, 256 waiting, expected revision checked, on disk when acknowledged.',
  async run(bench) {
    const emmett = new EmmettPostgresql(bench);
    const sqlite: Contender = {
      peerName: 'emmett-sqlite, one after the other',
      target: '≥ 10',
      sameAmount: false, // a few hundred a second
      async run() {
        const program = await peerProgram(bench, 'emmett-sqlite', 'append.mjs');
        // With several waiting it fails with SQLITE_BUSY.
        const { workload } = single(bench, bench.quick ? 300 : 1_500);
        const alone = { ...workload, waiting: 1 };
        const spec = { workload: alone, warmUp: { ...alone, seed: bench.seed + 1, appends: 50 } };
        return runProgram(program, { folder: await bench.folder(), workloadModule: WORKLOAD, ...spec });
      },
    };
    const postgresql: Contender = {
      peerName: 'emmett-postgresql, 256 waiting',
      target: '≥ 10',
      sameAmount: false, // some thousands a second
      run: () => emmett.run(single(bench, bench.quick ? 3_000 : 20_000)),
    };
    try {
      const work = single(bench, bench.quick ? 20_000 : 200_000);
      const comparison = { name: this.name, unit: 'events/s', ours: () => ours(bench, work) };
      return await sideBySide(bench, { ...comparison, peers: [sqlite, postgresql] });
    } finally {
      await emmett.stop();
    }
  },
};

export const appendFloor: Benchmark = {
  name: 'append-floor',
  measures: 'The same, against better-sqlite3 inserting the same rows in transactions of 1,000.',
  async run(bench) {
    const work = single(bench, bench.quick ? 20_000 : 200_000);
    const floor: Contender = {
      peerName: 'better-sqlite3, transactions of 1,000',
      target: '≥ 0.5',
      run: async () => runProgram(FLOOR, { folder: await bench.folder(), ...work }),
    };
    return sideBySide(bench, { name: this.name, unit: 'events/s', ours: () => ours(bench, work), peers: [floor] });
  },
};

export const appendBulk: Benchmark = {
  name: 'append-bulk',
  measures: 'Appends of 100 events, 100 waiting, against emmett-postgresql with the same.',
  async run(bench) {
    const emmett = new EmmettPostgresql(bench);
    const work = bulk(bench, bench.quick ? 200 : 2_000);
    const peer: Contender = {
      peerName: 'emmett-postgresql, batches of 100',
      target: '≥ 1.2',
      run: () => emmett.run(work),
    };
    try {
      return await sideBySide(bench, {
        name: this.name,
        unit: 'events/s',
        ours: () => ours(bench, work),
        peers: [peer],
      });
    } finally {
      await emmett.stop();
    }
  },
};
