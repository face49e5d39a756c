import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type StoredEvent } from '../stored-event.js';
import {
  appendOneByOne,
  freshCategory,
  freshStream,
  idsOf,
  newEvent,
  newEvents,
  type StoreOf,
} from './contract-events.js';
import { liveBytes } from './live-memory.js';

/** How long a consumer that takes nothing is left alone. */
const STALL_MS = 150;
/** How long buffers that nobody refers to any more may take to be released. */
const RELEASE_MS = 3_000;
/** What a subscription may hold in memory for such a consumer. */
const READ_AHEAD_BYTES = 12_000_000;

/** @param readAheadEvents events that may wait in memory for a consumer that takes its time. */
export function subscriptionContract(store: StoreOf, readAheadEvents: number): void {
  /** Follows categories until so many events came, then aborts; answers the batches. */
  async function follow(count: number, categories: string[], options: { after?: bigint; batchSize?: number } = {}) {
    const stop = new AbortController();
    const batches: (readonly StoredEvent[])[] = [];
    let seen = 0;
    for await (const batch of store().subscribe({ ...options, categories, signal: stop.signal })) {
      batches.push(batch);
      seen += batch.length;
      if (seen >= count) stop.abort();
    }
    return batches;
  }

  describe('subscribe', () => {
    it('catches up and goes on live, in order, nothing twice', async () => {
      const category = freshCategory();
      const stream = freshStream(category);
      const events = newEvents(40);
      await store().append(stream, events.slice(0, 20), 'no-stream');
      const following = follow(40, [category]);
      for (let n = 20; n < 40; n++) {
        await store().append(stream, [events[n]!], BigInt(n - 1));
        if (n % 5 === 0) await delay(5);
      }
      expect(idsOf((await following).flat())).toEqual(idsOf(events));
    });

    it('sees nothing of other categories', async () => {
      const [wanted, other] = [freshCategory(), freshCategory()];
      const following = follow(3, [wanted]);
      const events = newEvents(3);
      for (const event of events) {
        await store().append(freshStream(other), [newEvent()], 'no-stream');
        await store().append(freshStream(wanted), [event], 'no-stream');
      }
      expect(idsOf((await following).flat())).toEqual(idsOf(events));
    });

    it('sees every category when none is named', async () => {
      const { positions } = await store().append(freshStream(), [newEvent()], 'no-stream');
      const stop = new AbortController();
      const events = newEvents(2);
      for (const event of events) await store().append(freshStream(), [event], 'no-stream');
      const seen: string[] = [];
      for await (const batch of store().subscribe({ after: positions[0]!, signal: stop.signal })) {
        seen.push(...idsOf(batch));
        if (idsOf(events).every((id) => seen.includes(id))) stop.abort();
      }
      expect(seen.filter((id) => idsOf(events).includes(id))).toEqual(idsOf(events));
    });

    it('resumes after a position', async () => {
      const category = freshCategory();
      const events = newEvents(6);
      const positions = await appendOneByOne(store(), freshStream(category), events);
      const seen = (await follow(2, [category], { after: positions[3]! })).flat();
      expect(idsOf(seen)).toEqual(idsOf(events.slice(4)));
    });

    it('hands over batches of at most the size asked for, and none is empty', async () => {
      const category = freshCategory();
      await store().append(freshStream(category), newEvents(25), 'no-stream');
      const sizes = (await follow(25, [category], { batchSize: 10 })).map(({ length }) => length);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(25);
      for (const size of sizes) expect(size >= 1 && size <= 10).toBe(true);
    });

    it('ends when the signal aborts while it waits', async () => {
      const category = freshCategory();
      await store().append(freshStream(category), [newEvent()], 'no-stream');
      const stop = new AbortController();
      const batches = store()
        .subscribe({ categories: [category], signal: stop.signal })
        [Symbol.asyncIterator]();
      expect((await batches.next()).done).toBe(false);
      const waiting = batches.next();
      setTimeout(() => stop.abort(), 20);
      expect(await waiting).toEqual({ done: true, value: undefined });
    });

    it('yields nothing when the signal was aborted before', async () => {
      const category = freshCategory();
      await store().append(freshStream(category), [newEvent()], 'no-stream');
      const batches = store().subscribe({ categories: [category], signal: AbortSignal.abort() });
      for await (const batch of batches) expect(batch).toEqual('nothing after the abort');
    });

    it('serves several subscribers independently', async () => {
      const category = freshCategory();
      const events = newEvents(15);
      const following = [follow(15, [category]), follow(15, [category], { batchSize: 1 }), follow(15, [category])];
      await appendOneByOne(store(), freshStream(category), events);
      for (const batches of await Promise.all(following)) expect(idsOf(batches.flat())).toEqual(idsOf(events));
    });

    it('holds neither the appends nor the memory while a consumer takes its time', async () => {
      const category = freshCategory();
      const stream = freshStream(category);
      const [count, live] = [Math.ceil(readAheadEvents * 2.5), readAheadEvents];
      const note = 'x'.repeat(READ_AHEAD_BYTES / readAheadEvents);
      const events = Array.from({ length: count + live }, (_, n) => newEvent({ n, note }));
      for (let n = 0; n < count; n++) await store().append(stream, [events[n]!], n === 0 ? 'no-stream' : BigInt(n - 1));
      const stop = new AbortController();
      const batches = store()
        .subscribe({ categories: [category], batchSize: 1, signal: stop.signal })
        [Symbol.asyncIterator]();
      liveBytes();
      await delay(STALL_MS); // what the appends left is released behind the collection
      const before = liveBytes();
      const seen = idsOf((await batches.next()).value as readonly StoredEvent[]);
      await delay(STALL_MS);
      const until = performance.now() + RELEASE_MS;
      while (liveBytes() - before >= READ_AHEAD_BYTES && performance.now() < until) await delay(STALL_MS);
      expect(liveBytes() - before).toBeLessThan(READ_AHEAD_BYTES);
      for (let n = count; n < count + live; n++) await store().append(stream, [events[n]!], BigInt(n - 1));
      while (seen.length < count + live) seen.push(...idsOf((await batches.next()).value as readonly StoredEvent[]));
      stop.abort();
      expect((await batches.next()).done).toBe(true);
      expect(seen).toEqual(idsOf(events));
    });
  });
}
