import { describe, expect, it } from '@jest/globals';
import { expectRefusal, freshStream, idsOf, newEvent, newEvents, readStream, type StoreOf } from './contract-events.js';

export function idempotencyContract(store: StoreOf): void {
  describe('append with ids that are in the log', () => {
    it('answers a retry with the first result and writes nothing', async () => {
      const stream = freshStream();
      const events = newEvents(3);
      const first = await store().append(stream, events, 'no-stream');
      expect(await store().append(stream, events, 'no-stream')).toEqual({ ...first, alreadyAppended: true });
      expect(idsOf(await readStream(store(), stream))).toEqual(idsOf(events));
    });

    it('answers so after other events were appended behind', async () => {
      const stream = freshStream();
      await store().append(stream, newEvents(2), 'no-stream');
      const events = newEvents(2);
      const first = await store().append(stream, events, 1n);
      await store().append(stream, newEvents(4), 3n);
      expect(await store().append(stream, events, 1n)).toEqual({ ...first, alreadyAppended: true });
      expect(first).toMatchObject({ revision: 3n });
      expect(await readStream(store(), stream)).toHaveLength(8);
    });

    it('answers so when the retry expects the revision it has led to itself', async () => {
      const stream = freshStream();
      const events = newEvents(2);
      const first = await store().append(stream, events, 'no-stream');
      expect(await store().append(stream, events, 1n)).toEqual({ ...first, alreadyAppended: true });
    });

    it('answers so on an unchecked category', async () => {
      const stream = freshStream('checkpoint');
      const events = newEvents(2);
      const first = await store().append(stream, events, 'any');
      await store().append(stream, newEvents(1), 'any');
      expect(await store().append(stream, events, 'any')).toEqual({ ...first, alreadyAppended: true });
      expect(await readStream(store(), stream)).toHaveLength(3);
    });

    it('writes once when an append and its retries run at the same time', async () => {
      const stream = freshStream();
      const events = newEvents(2);
      const results = await Promise.all(Array.from({ length: 4 }, () => store().append(stream, events, 'no-stream')));
      for (const result of results) expect(result.positions).toEqual(results[0]?.positions);
      expect(await readStream(store(), stream)).toHaveLength(2);
    });

    it.each([
      ['some are new', 1, 2],
      ['they begin in the middle of another append', 2, 1],
    ])('refuses when %s', async (_, earlierCount, laterCount) => {
      const stream = freshStream();
      const earlier = newEvents(earlierCount);
      await store().append(stream, earlier, 'no-stream');
      const later = [earlier.at(-1)!, ...newEvents(laterCount)];
      await expectRefusal(store().append(stream, later, BigInt(earlierCount - 1)), 'event-id-reused');
      expect(await readStream(store(), stream)).toHaveLength(earlierCount);
    });

    it('refuses when the known id comes after new ones', async () => {
      const stream = freshStream();
      const [known] = newEvents(1);
      await store().append(stream, [known!], 'no-stream');
      await expectRefusal(store().append(stream, [newEvent(), known!], 0n), 'event-id-reused');
      expect(await readStream(store(), stream)).toHaveLength(1);
    });

    it('refuses when the order differs', async () => {
      const stream = freshStream();
      const events = newEvents(2);
      await store().append(stream, events, 'no-stream');
      await expectRefusal(store().append(stream, [...events].reverse(), 1n), 'event-id-reused');
    });

    it('refuses when they are in another stream', async () => {
      const [elsewhere, stream] = [freshStream(), freshStream()];
      const events = newEvents(2);
      await store().append(elsewhere, events, 'no-stream');
      await expectRefusal(store().append(stream, events, 'no-stream'), 'event-id-reused');
      await expectRefusal(store().append(stream, [newEvent(), events[0]!], 'no-stream'), 'event-id-reused');
      expect(await readStream(store(), stream)).toEqual([]);
    });

    it('refuses when one append names an id twice', async () => {
      const stream = freshStream();
      const event = newEvent();
      await expectRefusal(store().append(stream, [event, event], 'no-stream'), 'event-id-reused');
      expect(await readStream(store(), stream)).toEqual([]);
    });

    it('forgets the ids of a refused append', async () => {
      const stream = freshStream();
      const event = newEvent();
      await expectRefusal(store().append(stream, [event], 7n), 'revision-conflict', undefined);
      expect(await store().append(stream, [event], 'no-stream')).toMatchObject({
        revision: 0n,
        alreadyAppended: false,
      });
    });
  });
}
