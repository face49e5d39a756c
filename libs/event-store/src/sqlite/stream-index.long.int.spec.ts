import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { type NewEvent, type StoredEvent } from '../stored-event.js';
import { collect, expectRefusal, freshStream, idsOf, newEvent, newEvents } from '../testing/contract-events.js';
import { withLedgerFolder } from '../testing/ledger-folder.js';
import { type LedgerFile, openLedgerFile } from './ledger-file.js';
import { LedgerScan } from './ledger-scan.js';
import { openSqliteEventStoreReadOnly, SqliteEventStore } from './sqlite-event-store.js';

/** The merging of the first batch is under way after so many events, done after so many, and of the next after so many. */
const [HALF_MERGED, MERGED, HALF_MERGED_AGAIN] = [20_000, 26_000, 36_000];
/** Prime, so that appends meet streams and batches at ever other places. */
const APPEND_EVENTS = 499;
const STREAMS = 7;

describe('the index of streams', () => {
  let made: ReturnType<typeof withLedgerFolder>;
  let file: LedgerFile;
  let store: SqliteEventStore;
  const events = newEvents(HALF_MERGED_AGAIN + APPEND_EVENTS);
  /** What was appended, by stream. */
  const expected = new Map<string, NewEvent[]>();
  const open = (): void => {
    file = openLedgerFile(made.ledger);
    store = new SqliteEventStore(file, 'owner');
  };
  beforeEach(() => {
    expected.clear();
    made = withLedgerFolder();
    open();
  });
  afterEach(async () => {
    await store.close();
    made.remove();
  });

  async function appendUpTo(end: number): Promise<void> {
    const appends: Promise<unknown>[] = [];
    let count = [...expected.values()].flat().length;
    while (count < end) {
      const stream = `site-${(count * 31) % STREAMS}`;
      const written = expected.get(stream) ?? [];
      const more = events.slice(count, count + APPEND_EVENTS);
      appends.push(store.append(stream, more, written.length === 0 ? 'no-stream' : BigInt(written.length - 1)));
      expected.set(stream, [...written, ...more]);
      count += more.length;
    }
    await Promise.all(appends);
  }

  /** One stream from end to end, both ways, and parts of every stream. */
  async function expectStreamsOf(reading: SqliteEventStore): Promise<void> {
    const whole = expected.get('site-0')!;
    expect(idsOf(await collect(reading.readStream('site-0')))).toEqual(idsOf(whole));
    const backwards = await collect(reading.readStream('site-0', { direction: 'backwards' }));
    expect(idsOf(backwards)).toEqual(idsOf(whole.toReversed()));
    for (const [stream, written] of expected) {
      const partOf = async (direction: 'forwards' | 'backwards', from: number): Promise<string[]> =>
        idsOf(await collect(reading.readStream(stream, { direction, from: BigInt(from), limit: 3 })));
      for (let from = 0; from < written.length; from += 211) {
        expect(await partOf('forwards', from)).toEqual(idsOf(written.slice(from, from + 3)));
        expect(await partOf('backwards', from)).toEqual(
          idsOf(written.slice(Math.max(0, from - 2), from + 1).toReversed()),
        );
      }
    }
    expect(await collect(reading.readStream('site-'))).toEqual([]);
    expect(await reading.existing([...expected.keys(), 'site-', 'site-none'])).toEqual(new Set(expected.keys()));
  }

  const onDisk = () => ({
    through: file.database.prepare('SELECT through FROM stream_events_merged').pluck().get() as number,
    entries: file.database.prepare('SELECT count(*) FROM stream_events').pluck().get() as number,
  });

  const findings = (path = made.ledger): string[] => {
    const scan = new LedgerScan(path);
    try {
      return scan.damage();
    } finally {
      scan.close();
    }
  };

  it('gives every stream to its owner, to a reader beside it, after a restart and in a backup, however much is merged', async () => {
    const beside = openSqliteEventStoreReadOnly(made.ledger);
    const stages: [number, (disk: ReturnType<typeof onDisk>) => boolean][] = [
      [3_000, ({ through, entries }) => through === -1 && entries === 0],
      [HALF_MERGED, ({ through, entries }) => through === -1 && entries > 0],
      [MERGED, ({ through, entries }) => through > 0 && entries === through + 1],
      [HALF_MERGED_AGAIN, ({ through, entries }) => through > 0 && entries > through + 1],
    ];
    for (const [end, isStage] of stages) {
      await appendUpTo(end);
      expect(isStage(onDisk())).toBe(true);
      await expectStreamsOf(store);
      await expectStreamsOf(beside);
      expect(findings()).toEqual([]);
    }
    const backup = join(made.folder, 'backup.db');
    file.database.prepare('VACUUM INTO ?').run(backup);
    const copy = openSqliteEventStoreReadOnly(backup);
    await expectStreamsOf(copy);
    await copy.close();
    await beside.close();
    await store.close();
    open();
    await expectStreamsOf(store);
    await appendUpTo(HALF_MERGED_AGAIN + APPEND_EVENTS);
    await expectStreamsOf(store);
  }, 60_000);

  it('knows where a merged stream ends', async () => {
    await appendUpTo(MERGED);
    await store.close();
    open();
    for (const [stream, written] of expected) {
      const last = BigInt(written.length - 1);
      await expectRefusal(store.append(stream, [newEvent()], last - 1n), 'revision-conflict', last);
      await expectRefusal(store.append(stream, [newEvent()], 'no-stream'), 'revision-conflict', last);
      expect(await store.append(stream, [newEvent()], last)).toMatchObject({ revision: last + 1n });
    }
  });

  it('takes up the disk again after a group that was undone, for readers too', async () => {
    await appendUpTo(3_000);
    file.database.pragma(`max_page_count = ${file.database.pragma('page_count', { simple: true }) as number}`);
    const [stream, last] = ['site-0', BigInt(expected.get('site-0')!.length - 1)];
    const [small, large] = [newEvent(), newEvent({ note: 'x'.repeat(500_000) })];
    const fresh = freshStream();
    await Promise.all([
      expectRefusal(store.append(stream, [small], last), 'storage-full'),
      expectRefusal(store.append(fresh, [large], 'no-stream'), 'storage-full'),
    ]);
    expect(await collect(store.readStream(fresh))).toEqual([]);
    await expectStreamsOf(store);
    file.database.pragma('max_page_count = 1000000');
    expect(await store.append(fresh, [large], 'no-stream')).toMatchObject({ revision: 0n, alreadyAppended: false });
    expect(await store.append(stream, [small], last)).toMatchObject({ revision: last + 1n, alreadyAppended: false });
  });

  describe('that does not agree with the log', () => {
    /** Ten events, five of them merged, changed behind the owner's back. */
    async function changed(statement: string): Promise<void> {
      await store.append('site-1', events.slice(0, 10), 'no-stream');
      await store.close();
      const database = new Database(made.ledger);
      database.exec(`
        INSERT INTO stream_events SELECT stream, revision, position FROM events WHERE position < 5;
        UPDATE stream_events_merged SET through = 4`);
      database.exec(statement);
      database.close();
    }
    it.each([
      [
        'an entry is gone',
        'DELETE FROM stream_events WHERE revision = 2',
        /^1 events that the index of streams lacks$/,
      ],
      [
        'an entry names another event',
        'UPDATE stream_events SET position = 7 WHERE revision = 2',
        /^1 entries of the index of streams that no event of the log agrees with/,
      ],
      [
        'an entry names no event',
        "INSERT INTO stream_events VALUES ('site-2', 0, 77)",
        /^1 entries of the index of streams that no event of the log agrees with$/,
      ],
      [
        'the end of the log has a revision twice',
        'UPDATE events SET revision = 7 WHERE position = 8',
        /^1 revisions of a stream that the end of the log has twice$/,
      ],
      [
        'the end of the log has a revision that is merged',
        'UPDATE events SET revision = 2 WHERE position = 8',
        /^1 revisions at the end of the log that the index of streams has for other events$/,
      ],
    ])('is found by an examination: %s', async (_, statement, finding) => {
      await changed(statement);
      expect(findings().join('; ')).toMatch(finding);
    });

    it('is told by a reader who gets to an entry of another event', async () => {
      await changed("UPDATE events SET stream = 'site-2', revision = 0 WHERE position = 2");
      const reading = openSqliteEventStoreReadOnly(made.ledger);
      const read: Promise<StoredEvent[]> = collect(reading.readStream('site-1'));
      await expectRefusal(read, 'store-corrupt');
      await expect(read).rejects.toThrow(/index of streams has an event of site-1 at position 2/);
      await reading.close();
    });
  });
});
