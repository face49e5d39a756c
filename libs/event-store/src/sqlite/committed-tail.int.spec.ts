import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type StoredEvent } from '../stored-event.js';
import { collect, newEvents } from '../testing/contract-events.js';
import { withLedgerFolder } from '../testing/ledger-folder.js';
import { openSqliteEventStore, openSqliteEventStoreReadOnly, type SqliteEventStore } from './sqlite-event-store.js';

/** More than the owner keeps at hand. */
const MANY = 5_000;
const AT_ONCE = 250;

describe('what the owner of a ledger has just written', () => {
  let made: ReturnType<typeof withLedgerFolder>;
  let store: SqliteEventStore;
  beforeEach(() => {
    made = withLedgerFolder();
    store = openSqliteEventStore(made.ledger);
  });
  afterEach(async () => {
    await store.close();
    made.remove();
  });

  /** Into streams of two categories, by turns. */
  async function append(count: number): Promise<void> {
    const first = (await store.head()) ?? -1n;
    for (let done = 0; done < count; done += AT_ONCE) {
      const category = (done / AT_ONCE) % 2 === 0 ? 'site' : 'batch';
      await store.append(`${category}-${first}-${done}`, newEvents(Math.min(AT_ONCE, count - done)), 'no-stream');
    }
  }

  /** As another reader finds it in the file. */
  async function stored(after?: bigint, categories?: string[]): Promise<StoredEvent[]> {
    const reader = openSqliteEventStoreReadOnly(made.ledger);
    const options = { ...(after !== undefined && { after }), ...(categories && { categories }) };
    const events = await collect(reader.readAll(options));
    await reader.close();
    return events;
  }

  async function followed(count: number, after?: bigint, categories?: string[]): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    const stop = new AbortController();
    const options = { signal: stop.signal, ...(after !== undefined && { after }), ...(categories && { categories }) };
    for await (const batch of store.subscribe(options)) {
      events.push(...batch);
      if (events.length >= count) stop.abort();
    }
    return events;
  }

  it('is given to those who follow it as it is in the file', async () => {
    await append(2);
    await append(600);
    const events = await followed(600, 1n);
    expect(events).toEqual(await stored(1n));
    // A copy of an event is whole too.
    expect(events.map((event) => ({ ...event }))).toEqual(await stored(1n));
    const ofBatches = await stored(1n, ['batch']);
    expect(await followed(ofBatches.length, 1n, ['batch'])).toEqual(ofBatches);
  });

  it('is read from the file by those who are far behind, without a gap', async () => {
    await append(10);
    const slow = store.subscribe({ after: 4n, signal: AbortSignal.timeout(60_000) })[Symbol.asyncIterator]();
    const taken = [...((await slow.next()).value as readonly StoredEvent[])];
    await append(MANY);
    while (taken.length < MANY + 5) taken.push(...((await slow.next()).value as readonly StoredEvent[]));
    await slow.return?.();
    expect(taken.map(({ position }) => position)).toEqual(Array.from({ length: MANY + 5 }, (_, n) => BigInt(n + 5)));
    expect(taken.map(({ id }) => id)).toEqual((await stored(4n)).map(({ id }) => id));
  });

  it('is nobody’s to change for others', async () => {
    await append(3);
    const [one] = await followed(1, 1n);
    one!.data['changed'] = true;
    expect(await followed(1, 1n)).toEqual(await stored(1n));
  });
});
