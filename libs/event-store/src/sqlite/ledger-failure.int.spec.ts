import type Database from 'better-sqlite3';
import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  collect,
  expectRefusal,
  freshStream,
  idsOf,
  newEvent,
  newEvents,
  readStream,
} from '../testing/contract-events.js';
import { withLedgerFolder } from '../testing/ledger-folder.js';
import { type LedgerFile, openLedgerFile } from './ledger-file.js';
import { openSqliteEventStore, SqliteEventStore } from './sqlite-event-store.js';

/** Linux alone shows a process its descriptors. */
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('a ledger whose disk fails', () => {
  let made: ReturnType<typeof withLedgerFolder>;
  let file: LedgerFile;
  let store: SqliteEventStore;
  const told: string[] = [];
  beforeEach(() => {
    made = withLedgerFolder();
    file = openLedgerFile(made.ledger);
    told.length = 0;
    store = new SqliteEventStore(file, 'owner', {
      committed: (events, appends, seconds) => told.push(`${events} in ${appends}, ${seconds > 0}`),
      conflict: () => told.push('conflict'),
    });
  });
  afterEach(async () => {
    await store.close();
    made.remove();
  });

  describe('for want of space', () => {
    const allowPages = (more: number): void => {
      const pages = file.database.pragma('page_count', { simple: true }) as number;
      file.database.pragma(`max_page_count = ${pages + more}`);
    };
    const large = () => newEvent({ note: 'x'.repeat(200_000) });

    it('refuses what waits, keeps what was there, and takes appends when there is room again', async () => {
      const stream = freshStream();
      const events = newEvents(3);
      await store.append(stream, events, 'no-stream');
      allowPages(20);
      const refused = [large(), newEvent()];
      await Promise.all([
        expectRefusal(store.append(stream, [refused[0]!], 2n), 'storage-full'),
        expectRefusal(store.append(freshStream(), [refused[1]!], 'no-stream'), 'storage-full'),
      ]);
      expect(idsOf(await collect(store.readAll()))).toEqual(idsOf(events));
      await expect(store.ping()).resolves.toBeUndefined();

      const small = newEvent();
      expect(await store.append(stream, [small], 2n)).toMatchObject({ revision: 3n, positions: [3n] });
      allowPages(1_000);
      expect(await store.append(stream, refused, 3n)).toMatchObject({ revision: 5n, alreadyAppended: false });
      expect(idsOf(await readStream(store, stream))).toEqual(idsOf([...events, small, ...refused]));
    });

    it('writes nothing of an append that runs out of space halfway', async () => {
      const stream = freshStream();
      allowPages(120);
      await expectRefusal(store.append(stream, [newEvent(), large(), large(), large()], 'no-stream'), 'storage-full');
      expect(await store.head()).toBeUndefined();
      expect(await readStream(store, stream)).toEqual([]);
    });
  });

  describe('when it syncs', () => {
    /**
     * Gives the descriptor of the write-ahead log to another file, so that SQLite's next system calls on it fail as the
     * kernel makes them fail. Returns what gives it back.
     */
    function replaceLogBy(target: string, flags: string): () => void {
      const wal = `${file.path}-wal`;
      const descriptor = readdirSync('/proc/self/fd')
        .map(Number)
        .find((fd) => linkOf(fd) === wal);
      if (descriptor === undefined) throw new Error('the write-ahead log is not open');
      reopen(descriptor, target, flags);
      return () => reopen(descriptor, wal, 'r+');
    }

    /** /dev/null takes every write and refuses to be synced; a descriptor for reading refuses the write itself. */
    const failures: [string, string, string, string][] = [
      ['a sync fails', '/dev/null', 'r+', 'SQLITE_IOERR_FSYNC'],
      ['a write fails', '/dev/null', 'r', 'SQLITE_IOERR_WRITE'],
    ];
    for (const [what, target, flags, code] of failures) {
      onLinux(`takes no more appends after ${what}, reads on, and recovers when opened anew`, async () => {
        const stream = freshStream();
        const kept = newEvents(3);
        await store.append(stream, kept, 'no-stream');
        const restore = replaceLogBy(target, flags);
        const lost = [newEvent(), newEvent()];
        const attempts = [
          store.append(stream, [lost[0]!], 2n),
          store.append(freshStream(), [lost[1]!], 'no-stream'),
        ].map((attempt) =>
          attempt.then(
            () => 'acknowledged',
            (error: unknown) => error,
          ),
        );
        const [first, second] = await Promise.all(attempts);
        restore();
        expect(first).toMatchObject({ code: 'store-failed' });
        expect((first as Error).cause).toMatchObject({ code });
        expect(second).toMatchObject({ code: 'store-failed' });

        await expectRefusal(store.append(stream, [newEvent()], 2n), 'store-failed');
        await expectRefusal(store.ping(), 'store-failed');
        expect(idsOf(await readStream(store, stream))).toEqual(idsOf(kept));
        expect(told).toEqual(['3 in 1, true']);

        await store.close();
        store = openSqliteEventStore(made.ledger);
        expect(idsOf(await readStream(store, stream))).toEqual(idsOf(kept));
        expect(await store.append(stream, [lost[0]!], 2n)).toMatchObject({ revision: 3n, alreadyAppended: false });
      });
    }
  });

  it('is not stopped by another program that holds the file for a moment', async () => {
    const stream = freshStream();
    file.database.pragma('busy_timeout = 10');
    const other = new (file.database.constructor as typeof Database)(made.ledger);
    other.exec('BEGIN IMMEDIATE');
    await expectRefusal(store.append(stream, [newEvent()], 'no-stream'), 'store-unavailable');
    other.exec('ROLLBACK');
    other.close();
    expect(await store.append(stream, [newEvent()], 'no-stream')).toMatchObject({ revision: 0n });
  });

  it('tells the observer of groups and conflicts', async () => {
    const stream = freshStream();
    await Promise.allSettled([
      store.append(stream, newEvents(2), 'no-stream'),
      store.append(freshStream(), newEvents(3), 'no-stream'),
      store.append(stream, newEvents(1), 'no-stream'),
    ]);
    expect(told).toEqual(['conflict', '5 in 2, true']);
  });
});

function linkOf(descriptor: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined; // the descriptor that listed the others
  }
}

/** dup2 is not within Node's reach: a new descriptor takes the lowest free number, so fill the gaps below first. */
function reopen(descriptor: number, target: string, flags: string): void {
  closeSync(descriptor);
  const below: number[] = [];
  for (;;) {
    const taken = openSync(target, flags);
    if (taken === descriptor) break;
    below.push(taken);
    if (taken > descriptor) throw new Error(`descriptor ${descriptor} was taken meanwhile`);
  }
  below.forEach((fd) => closeSync(fd));
}
