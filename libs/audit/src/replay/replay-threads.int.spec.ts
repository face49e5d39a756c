import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { type GraphEvent } from '#claims';
import { categoryOf, openSqliteEventStore } from '#event-store';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { canonicalBytes, leafHash, rootOf } from '#transparency';
import { randomLedger } from '../../../claims/src/graph/testing/random-ledger.js';
import { withLedgerFolder } from '../../../event-store/src/testing/ledger-folder.js';
import { LONG } from '../../../../test/properties/runs.js';
import { type ReplayingCase, type ReplayingResult } from '../testing/replaying-process.js';
import { replay } from './replay.js';
import { type ReplaySource } from './replay-source.js';

const PROGRAM = join(process.cwd(), 'dist/libs/audit/src/testing/replaying-process.js');
const SEEDS = LONG ? 20 : 2;
const NOW = '2037-01-01T00:00:00.000Z';
const PROGRAMME = 'us-japan-cma-2023';

/** A random ledger, with reservations between, some of them with text beyond ASCII. */
function eventsOf(seed: number, steps: number): GraphEvent[] {
  const all = randomLedger(seed, steps).flatMap((event, index): GraphEvent[] => {
    const stream = `batch-${seed % 2 === 0 ? 'b' : 'b̈'}${index}`;
    const reservation = {
      ...event,
      id: `r${index}`,
      stream,
      type: 'IdReserved',
      data: { kind: 'batch' },
      revision: 0n,
    };
    return index % 3 === 0 ? [reservation, event] : [event];
  });
  return all.map((event, logIndex) => ({ ...event, logIndex }));
}

const recordOf = ({ id, stream, revision, type, data, metadata }: GraphEvent) => {
  return { data, id, metadata, revision: String(revision), stream, type };
};
const bytesOf = (event: GraphEvent): Uint8Array => canonicalBytes(recordOf(event));

describe('a replay by two threads', () => {
  let made: ReturnType<typeof withLedgerFolder>;
  beforeEach(() => {
    made = withLedgerFolder();
  });
  afterEach(() => made.remove());

  async function write(events: readonly GraphEvent[]): Promise<void> {
    rmSync(made.ledger, { force: true });
    await openSqliteEventStore(made.ledger).close();
    const database = new Database(made.ledger);
    const insert = database.prepare(
      'INSERT INTO events (position, stream, revision, category, record) VALUES (?, ?, ?, ?, ?)',
    );
    database.transaction(() => {
      for (const event of events)
        insert.run(event.logIndex, event.stream, Number(event.revision), categoryOf(event.stream), bytesOf(event));
    })();
    database.close();
    const lines = events.map((event) => JSON.stringify({ logIndex: String(event.logIndex), record: recordOf(event) }));
    writeFileSync(join(made.folder, 'log.ndjson'), lines.map((line) => `${line}\n`).join(''));
  }

  function change(position: number, record: string): void {
    const database = new Database(made.ledger);
    database.prepare('UPDATE events SET record = ? WHERE position = ?').run(Buffer.from(record), position);
    database.close();
  }

  /** Each by one thread and by two. The process ends by itself only when no thread is left. */
  async function run(cases: readonly Omit<ReplayingCase, 'now'>[]): Promise<[ReplayingResult, ReplayingResult][]> {
    if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: threads run from the build (npm run build)`);
    const order = JSON.stringify(cases.map((one) => ({ ledger: made.ledger, now: NOW, ...one })));
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, order], {
      maxBuffer: 1e9,
      timeout: 240_000,
    });
    return JSON.parse(stdout) as [ReplayingResult, ReplayingResult][];
  }

  const signedAt = (events: readonly GraphEvent[], ...sizes: number[]) => {
    const leaves = events.map((event) => leafHash(bytesOf(event)));
    return sizes.map((size) => ({ size, root: Buffer.from(rootOf(leaves.slice(0, size))).toString('hex') }));
  };

  it(
    'has the report of one thread, and of a log read event by event: of a store, of a file, up to an index or a moment',
    async () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const events = eventsOf(seed, 300);
        await write(events);
        const half = String(events.length >> 1);
        const moment = events[events.length >> 1]!.metadata.recordedAt;
        const signed = signedAt(events, 1, 200, events.length);
        const untils = [undefined, half, moment] as const;
        const cases = untils.flatMap((until) => {
          const asked = { programme: PROGRAMME, signed, ...(until !== undefined && { until }) };
          return [asked, { ...asked, ledger: undefined as never, file: join(made.folder, 'log.ndjson') }];
        });
        const results = await run(cases);
        const plain: ReplaySource = {
          origin: undefined,
          async *records() {
            for (const event of events) yield { record: bytesOf(event), event, share: 1 };
          },
          checkpoints: async function* () {
            for (const { size, root } of signed) yield { size: BigInt(size), root: Buffer.from(root, 'hex') };
          },
        };
        const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
        for (const [index, [one, two]] of results.entries()) {
          expect(two).toEqual(one);
          const until = untils[index >> 1];
          const expected = await replay(plain, { until, programme: PROGRAMME, library, now: NOW });
          expect(one).toEqual({ ...JSON.parse(JSON.stringify(expected)), told: true });
        }
      }
    },
    SEEDS * 60_000,
  );

  it('names the same wrong event, and what cannot be read as its store does', async () => {
    const events = eventsOf(5, 900);
    await write(events);
    const signed = signedAt(events, 200, 600, 1_000);
    const changed = Buffer.from(bytesOf(events[450]!)).toString();
    change(450, changed.replace('"occurredAt":"2', '"occurredAt":"1'));
    const altered = (await run([{ signed }, { signed, until: '10' }])).flat();
    for (const result of altered) expect(result).toMatchObject({ name: 'AlteredLogError', logIndex: 200 });
    change(450, changed);
    change(700, '{"data"');
    const [unreadable] = await run([{ signed: signed.slice(0, 2) }]);
    expect(unreadable![0]).toMatchObject({ name: 'EventStoreError' });
    expect(unreadable![0]['message']).toContain('position 700');
    expect(unreadable![1]).toEqual(unreadable![0]);
    // An altered event before it is named first.
    change(450, changed.replace('"occurredAt":"2', '"occurredAt":"1'));
    for (const result of (await run([{ signed: signed.slice(0, 2) }])).flat())
      expect(result).toMatchObject({ name: 'AlteredLogError', logIndex: 200 });
  }, 120_000);

  it('ends with an error, and no thread is left, when it is aborted or its second thread dies', async () => {
    await write(eventsOf(8, 900));
    const [reading, judging, dead] = await run([{ abortedAt: 'reading' }, { abortedAt: 'judging' }, { dies: true }]);
    for (const result of [...reading!, ...judging!])
      expect(result).toMatchObject({ name: 'ReplayError', message: 'The replay was ended.' });
    expect(dead![0]).toHaveProperty('digest');
    expect(dead![1]).toMatchObject({ name: 'Error', message: 'The second thread of the replay ended.' });
  }, 120_000);
});
