import { describe, expect, it } from '@jest/globals';
import { type NewEvent } from '../stored-event.js';
import {
  appendOneByOne,
  collect,
  freshCategory,
  freshStream,
  idsOf,
  newEvent,
  newEvents,
  revisionsOf,
  type StoreOf,
} from './contract-events.js';

export function readingContract(store: StoreOf): void {
  describe('byId', () => {
    it('finds each event by its id, where the engine has an index of ids', async () => {
      const { byId } = store();
      expect(byId !== undefined).toBe(store().engine !== 'eventstoredb');
      if (byId === undefined) return;
      const events = newEvents(3);
      const stream = freshStream();
      await store().append(stream, events, 'no-stream');
      for (const [index, { id, data }] of events.entries()) {
        expect(await byId(id)).toMatchObject({ id, stream, revision: BigInt(index), data });
      }
      expect(await byId(newEvent().id)).toBeUndefined();
    });
  });

  describe('readStream', () => {
    it('yields nothing of a stream that does not exist', async () => {
      expect(await collect(store().readStream(freshStream()))).toEqual([]);
      expect(await collect(store().readStream(freshStream(), { direction: 'backwards' }))).toEqual([]);
    });

    it('yields what was appended', async () => {
      const stream = freshStream();
      const event: NewEvent = {
        ...newEvent({ batchId: 'b-1', contentGrams: { nickel: 12, cobalt: 3 }, labels: [], held: false, origin: null }),
        metadata: { commandId: 'c-1', actor: { principal: 'p-1' } },
      };
      const { positions } = await store().append(stream, [event], 'no-stream');
      const [stored] = await collect(store().readStream(stream));
      expect(stored).toMatchObject({ ...event, stream, revision: 0n, position: positions[0] });
      expect(stored?.data).toEqual(event.data);
      expect(stored?.metadata).toEqual(event.metadata);
    });

    it('is known to have something to read, or not, for many streams at once', async () => {
      const streams = Array.from({ length: 40 }, () => freshStream());
      const kept = streams.filter((_, index) => index % 3 === 0);
      await Promise.all(kept.map((stream) => store().append(stream, newEvents(2), 'no-stream')));
      const odd = `${freshStream()}-"quoted" \\ ü`;
      await store().append(odd, newEvents(1), 'no-stream');
      expect(await store().existing([...streams, odd, `${odd}-`])).toEqual(new Set([...kept, odd]));
      expect(await store().existing([])).toEqual(new Set());
    });

    it('pages in both directions', async () => {
      const stream = freshStream();
      const events = newEvents(7);
      await store().append(stream, events, 'no-stream');
      const page = async (direction: 'forwards' | 'backwards', from: bigint | undefined, limit: number) =>
        revisionsOf(
          await collect(store().readStream(stream, { direction, limit, ...(from !== undefined && { from }) })),
        );
      expect(await page('forwards', undefined, 3)).toEqual([0n, 1n, 2n]);
      expect(await page('forwards', 3n, 3)).toEqual([3n, 4n, 5n]);
      expect(await page('forwards', 6n, 3)).toEqual([6n]);
      expect(await page('forwards', 7n, 3)).toEqual([]);
      expect(await page('backwards', undefined, 3)).toEqual([6n, 5n, 4n]);
      expect(await page('backwards', 3n, 3)).toEqual([3n, 2n, 1n]);
      expect(await page('backwards', 0n, 3)).toEqual([0n]);
      expect(await page('backwards', 99n, 2)).toEqual([6n, 5n]);
      expect(await page('forwards', undefined, 0)).toEqual([]);
    });

    it('reads a long stream to its end', async () => {
      const stream = freshStream();
      const events = newEvents(1_234);
      await store().append(stream, events, 'no-stream');
      expect(idsOf(await collect(store().readStream(stream)))).toEqual(idsOf(events));
      const backwards = await collect(store().readStream(stream, { direction: 'backwards' }));
      expect(idsOf(backwards)).toEqual(idsOf(events).reverse());
    });

    it('keeps apart streams whose names begin alike or differ only in case', async () => {
      const stream = freshStream();
      const names = [stream, `${stream}-1`, `${stream}-`, stream.toUpperCase()];
      for (const name of names) await store().append(name, [newEvent({ name })], 'no-stream');
      for (const name of names) {
        expect((await collect(store().readStream(name))).map(({ data }) => data)).toEqual([{ name }]);
      }
    });

    it('can be left before its end', async () => {
      const stream = freshStream();
      await store().append(stream, newEvents(900), 'no-stream');
      for await (const event of store().readStream(stream)) if (event.revision === 2n) break;
      expect(await store().append(stream, [newEvent()], 899n)).toMatchObject({ revision: 900n });
    });
  });

  describe('readAll', () => {
    it('yields the global order of the categories asked for', async () => {
      const [one, two, three] = [freshCategory(), freshCategory(), freshCategory()];
      const order: string[] = [];
      for (const category of [one, two, one, three, two, one, three]) {
        const event = newEvent({ category });
        await store().append(freshStream(category), [event], 'no-stream');
        if (category !== three) order.push(event.id);
      }
      expect(idsOf(await collect(store().readAll({ categories: [one, two] })))).toEqual(order);
      const last = await collect(store().readAll({ categories: [three] }));
      expect(last.map(({ data }) => data)).toEqual([{ category: three }, { category: three }]);
      expect(await collect(store().readAll({ categories: [freshCategory()] }))).toEqual([]);
    });

    it('goes on after a position, up to a limit', async () => {
      const category = freshCategory();
      const events = newEvents(5);
      const positions = await appendOneByOne(store(), freshStream(category), events);
      const read = async (after: bigint | undefined, limit: number) =>
        idsOf(await collect(store().readAll({ categories: [category], limit, ...(after !== undefined && { after }) })));
      expect(await read(undefined, 2)).toEqual(idsOf(events.slice(0, 2)));
      expect(await read(positions[1], 2)).toEqual(idsOf(events.slice(2, 4)));
      expect(await read(positions[3], 2)).toEqual(idsOf(events.slice(4)));
      expect(await read(positions[4], 2)).toEqual([]);
      expect(await read(undefined, 0)).toEqual([]);
    });

    it('yields every category, in strictly increasing positions, when none is named', async () => {
      const before = await store().head();
      const events = newEvents(3);
      for (const event of events) await store().append(freshStream(), [event], 'no-stream');
      const read = await collect(store().readAll(before === undefined ? {} : { after: before }));
      const seen = read.filter(({ id }) => idsOf(events).includes(id));
      expect(idsOf(seen)).toEqual(idsOf(events));
      for (let i = 1; i < read.length; i++) expect(read[i]!.position > read[i - 1]!.position).toBe(true);
    });

    it('reads long and sparse categories to their end', async () => {
      const [rare, busy] = [freshCategory(), freshCategory()];
      const [first, last] = [newEvent(), newEvent()];
      await store().append(freshStream(rare), [first], 'no-stream');
      const filling = newEvents(1_300);
      await store().append(freshStream(busy), filling, 'no-stream');
      await store().append(freshStream(rare), [last], 'no-stream');
      expect(idsOf(await collect(store().readAll({ categories: [rare] })))).toEqual(idsOf([first, last]));
      const both = await collect(store().readAll({ categories: [rare, freshCategory()] }));
      expect(idsOf(both)).toEqual(idsOf([first, last]));
      const all = await collect(store().readAll({ categories: [busy, rare] }));
      expect(idsOf(all)).toEqual(idsOf([first, ...filling, last]));
    });

    it('ends with the events that were there when the reading began', async () => {
      const category = freshCategory();
      const events = newEvents(4);
      await store().append(freshStream(category), events, 'no-stream');
      const seen: string[] = [];
      for await (const event of store().readAll({ categories: [category] })) {
        seen.push(event.id);
        await store().append(freshStream(category), [newEvent()], 'no-stream');
      }
      expect(seen).toEqual(idsOf(events));
    });
  });

  describe('head', () => {
    it('is the position of the last event', async () => {
      const { positions } = await store().append(freshStream(), newEvents(2), 'no-stream');
      expect(await store().head()).toBe(positions[1]);
    });
  });

  describe('last', () => {
    it('is the last event, of whatever stream', async () => {
      const stream = freshStream();
      const events = newEvents(2);
      const { positions } = await store().append(stream, events, 'no-stream');
      const [, second] = await collect(store().readStream(stream));
      expect(await store().last()).toEqual(second);
      const other = newEvent({ other: true });
      await store().append(freshStream(), [other], 'no-stream');
      const last = await store().last();
      expect(last).toMatchObject({ id: other.id, data: other.data, revision: 0n });
      expect(last!.position > positions[1]!).toBe(true);
    });
  });

  describe('ping', () => {
    it('resolves while the store takes appends', async () => {
      await expect(store().ping()).resolves.toBeUndefined();
    });
  });
}
