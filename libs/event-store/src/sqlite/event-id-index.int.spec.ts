import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { expectRefusal, freshStream, newEvent, newEvents } from '../testing/contract-events.js';
import { withLedgerFolder } from '../testing/ledger-folder.js';
import { type LedgerFile, openLedgerFile } from './ledger-file.js';
import { SqliteEventStore } from './sqlite-event-store.js';

/** The merging of the first batch of ids is under way after so many events, and done after so many. */
const HALF_MERGED = 20_000;
const MERGED = 26_000;
const APPEND_EVENTS = 1_000;

describe('the index of event ids', () => {
  let made: ReturnType<typeof withLedgerFolder>;
  let file: LedgerFile;
  let store: SqliteEventStore;
  const stream = freshStream();
  const events = newEvents(MERGED);
  const open = () => {
    file = openLedgerFile(made.ledger);
    store = new SqliteEventStore(file, 'owner');
  };
  beforeEach(() => {
    made = withLedgerFolder();
    open();
  });
  afterEach(async () => {
    await store.close();
    made.remove();
  });

  async function appendUpTo(end: number): Promise<void> {
    for (let n = Number((await store.head()) ?? -1n) + 1; n < end; n += APPEND_EVENTS) {
      await store.append(stream, events.slice(n, n + APPEND_EVENTS), n === 0 ? 'no-stream' : BigInt(n - 1));
    }
  }

  async function expectAllKnown(end: number): Promise<void> {
    for (let n = 0; n < end; n += 137) {
      const result = await store.append(stream, [events[n]!], 'no-stream');
      expect(result).toEqual({ revision: BigInt(n), positions: [BigInt(n)], alreadyAppended: true });
      expect(await store.byId!(events[n]!.id)).toMatchObject({ id: events[n]!.id, position: BigInt(n) });
    }
    await expectRefusal(store.append(freshStream(), [events[end - 1]!], 'no-stream'), 'event-id-reused');
  }

  const onDisk = () => ({
    through: file.database.prepare('SELECT through FROM event_ids_merged').pluck().get() as number,
    ids: file.database.prepare('SELECT count(*) FROM event_ids').pluck().get() as number,
  });

  it('knows every id: in memory, half merged, merged, and after a restart', async () => {
    await appendUpTo(HALF_MERGED);
    expect(onDisk().through).toBe(-1);
    expect(onDisk().ids).toBeGreaterThan(0);
    await expectAllKnown(HALF_MERGED);
    await store.close();
    open();
    await expectAllKnown(HALF_MERGED);
    await appendUpTo(MERGED);
    await store.close();
    open();
    await appendUpTo(MERGED);
    await expectAllKnown(MERGED);
  });

  it('is complete up to the position it says', async () => {
    await appendUpTo(MERGED);
    const { through, ids } = onDisk();
    expect(through).toBeGreaterThan(0);
    expect(ids).toBe(through + 1);
    await expectAllKnown(MERGED);
  });

  it('takes up the disk again after a group that was undone', async () => {
    await store.append(stream, events.slice(0, APPEND_EVENTS), 'no-stream');
    file.database.pragma(`max_page_count = ${file.database.pragma('page_count', { simple: true }) as number}`);
    const refused = newEvent({ note: 'x'.repeat(500_000) });
    await expectRefusal(store.append(freshStream(), [refused], 'no-stream'), 'storage-full');
    expect(await store.byId!(refused.id)).toBeUndefined();
    expect(await store.byId!(events[7]!.id)).toMatchObject({ position: 7n });
    file.database.pragma('max_page_count = 1000000');
    expect(await store.append(freshStream(), [refused], 'no-stream')).toMatchObject({ alreadyAppended: false });
    expect(await store.append(stream, [events[5]!], 4n)).toMatchObject({ revision: 5n, alreadyAppended: true });
  });
});
