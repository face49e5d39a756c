import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type StoredEvent } from '../stored-event.js';
import { collect, expectRefusal, newEvent, newEvents } from '../testing/contract-events.js';
import { withLedgerFolder } from '../testing/ledger-folder.js';
import { openSqliteEventStore, type SqliteEventStore } from './sqlite-event-store.js';

describe('a ledger whose file is exchanged while it is open', () => {
  let made: ReturnType<typeof withLedgerFolder>;
  let other: ReturnType<typeof withLedgerFolder>;
  let store: SqliteEventStore;
  let last: StoredEvent;

  /** Another log, whole in its file. */
  async function otherLog(): Promise<string> {
    const elsewhere = openSqliteEventStore(other.ledger);
    await elsewhere.append('site-other', newEvents(20), 'no-stream');
    await elsewhere.close();
    return other.ledger;
  }

  beforeEach(async () => {
    [made, other] = [withLedgerFolder(), withLedgerFolder()];
    store = openSqliteEventStore(made.ledger);
    await store.append('site-1', newEvents(3), 'no-stream');
    last = (await store.last())!;
    await otherLog();
  });
  afterEach(async () => {
    await store.close();
    made.remove();
    other.remove();
  });

  const holdsLast = (): Promise<boolean> => store.holds({ ...last, eventId: last.id });

  async function refusesAll(): Promise<void> {
    await expectRefusal(store.append('site-1', [newEvent()], 2n), 'history-changed');
    await expectRefusal(store.append('site-2', [newEvent()], 'no-stream'), 'history-changed');
    await expectRefusal(collect(store.readStream('site-1')), 'history-changed');
    await expectRefusal(store.ping(), 'history-changed');
    expect(await holdsLast()).toBe(false);
  }

  it('takes no append, and reads nothing, when another file has its name', async () => {
    const moved = `${made.ledger}-moved`;
    renameSync(made.ledger, moved);
    copyFileSync(other.ledger, made.ledger);
    const [before, movedBefore] = [readFileSync(made.ledger), readFileSync(moved)];
    await refusesAll();
    expect(readFileSync(made.ledger).equals(before)).toBe(true);
    expect(readFileSync(moved).equals(movedBefore)).toBe(true);
  });

  it('takes no append when its file was deleted', async () => {
    rmSync(made.ledger);
    await refusesAll();
    expect(existsSync(made.ledger)).toBe(false);
  });

  it('takes no append when its file was written over', async () => {
    await store.close(); // all of it is in the file, nothing in the write-ahead log
    store = openSqliteEventStore(made.ledger);
    execFileSync('cp', [other.ledger, made.ledger]);
    await refusesAll();
  });

  it('takes no append when its file was written over with what it was before', async () => {
    await store.close();
    copyFileSync(made.ledger, `${made.ledger}-earlier`);
    store = openSqliteEventStore(made.ledger);
    await store.append('site-1', newEvents(3), 2n);
    await store.close();
    store = openSqliteEventStore(made.ledger);
    execFileSync('cp', [`${made.ledger}-earlier`, made.ledger]);
    await expectRefusal(store.append('site-1', [newEvent()], 5n), 'history-changed');
    expect(await holdsLast()).toBe(false);
  });

  it('wakes who follows it with the refusal', async () => {
    const signal = AbortSignal.timeout(10_000);
    const following = collect(store.subscribe({ signal, after: last.position }));
    renameSync(other.ledger, made.ledger);
    await expectRefusal(store.append('site-1', [newEvent()], 2n), 'history-changed');
    await expectRefusal(following, 'history-changed');
  });

  it('leaves the write-ahead log of the file that took its place as it is', async () => {
    const busy = openSqliteEventStore(join(other.ledger, '..', 'busy.db'));
    await busy.append('site-busy', newEvents(5), 'no-stream');
    for (const suffix of ['', '-wal'])
      copyFileSync(join(other.ledger, '..', `busy.db${suffix}`), `${made.ledger}-restored${suffix}`);
    await busy.close();
    for (const suffix of ['', '-wal']) renameSync(`${made.ledger}-restored${suffix}`, made.ledger + suffix);
    await refusesAll();
    await store.close();
    expect(statSync(`${made.ledger}-wal`).size).toBeGreaterThan(0);
    store = openSqliteEventStore(made.ledger);
    expect(await collect(store.readStream('site-busy'))).toHaveLength(5);
  });

  it('takes appends on after its file was touched, and nothing of it changed', async () => {
    execFileSync('touch', [made.ledger]);
    expect(await store.append('site-1', [newEvent()], 2n)).toMatchObject({ revision: 3n });
    expect(await holdsLast()).toBe(true);
  });
});
