import { describe, expect, it } from '@jest/globals';
import { MAX_EVENT_BYTES } from '../append-request.js';
import { type AppendResult, type ExpectedRevision } from '../event-store.port.js';
import {
  expectRefusal,
  freshStream,
  idsOf,
  newEvent,
  newEvents,
  readStream,
  revisionsOf,
  type StoreOf,
} from './contract-events.js';

const RACERS = 12;

export function appendContract(store: StoreOf): void {
  describe('append expecting no stream', () => {
    it('creates a missing stream', async () => {
      const stream = freshStream();
      const events = newEvents(3);
      const result = await store().append(stream, events, 'no-stream');
      expect(result).toMatchObject({ revision: 2n, alreadyAppended: false });
      expect(result.positions).toHaveLength(3);
      expect(idsOf(await readStream(store(), stream))).toEqual(idsOf(events));
    });

    it('is refused on an existing stream, and writes nothing', async () => {
      const stream = freshStream();
      await store().append(stream, newEvents(2), 'no-stream');
      await expectRefusal(store().append(stream, [newEvent()], 'no-stream'), 'revision-conflict', 1n);
      expect(await readStream(store(), stream)).toHaveLength(2);
    });

    it('lets exactly one of many concurrent appends create the stream', async () => {
      await expectOneWinner(store, freshStream(), 'no-stream', 0n);
    });
  });

  describe('append expecting a revision', () => {
    it('is refused on a missing stream', async () => {
      const stream = freshStream();
      await expectRefusal(store().append(stream, [newEvent()], 0n), 'revision-conflict', undefined);
      expect(await readStream(store(), stream)).toEqual([]);
    });

    it('goes on from that revision', async () => {
      const stream = freshStream();
      await store().append(stream, newEvents(2), 'no-stream');
      expect(await store().append(stream, newEvents(2), 1n)).toMatchObject({ revision: 3n, alreadyAppended: false });
      expect(revisionsOf(await readStream(store(), stream))).toEqual([0n, 1n, 2n, 3n]);
    });

    it.each([0n, 2n, 1_000n])('is refused at %s when the stream is at 1', async (expected) => {
      const stream = freshStream();
      await store().append(stream, newEvents(2), 'no-stream');
      await expectRefusal(store().append(stream, [newEvent()], expected), 'revision-conflict', 1n);
      expect(await readStream(store(), stream)).toHaveLength(2);
    });

    it('lets exactly one of many concurrent appends win', async () => {
      const stream = freshStream();
      await store().append(stream, newEvents(5), 'no-stream');
      await expectOneWinner(store, stream, 4n, 5n);
    });
  });

  describe('append expecting anything', () => {
    it('is taken for an unchecked category, whether the stream is there or not', async () => {
      const stream = freshStream('checkpoint');
      expect(await store().append(stream, [newEvent()], 'any')).toMatchObject({ revision: 0n });
      expect(await store().append(stream, newEvents(2), 'any')).toMatchObject({ revision: 2n });
    });

    it('takes all concurrent appends to an unchecked category', async () => {
      const stream = freshStream('checkpoint');
      await Promise.all(Array.from({ length: RACERS }, () => store().append(stream, [newEvent()], 'any')));
      expect(revisionsOf(await readStream(store(), stream))).toEqual(
        Array.from({ length: RACERS }, (_, n) => BigInt(n)),
      );
    });

    it('is refused for every other category, whether the stream is there or not', async () => {
      const stream = freshStream();
      await expectRefusal(store().append(stream, [newEvent()], 'any'), 'expected-revision-required');
      await store().append(stream, [newEvent()], 'no-stream');
      await expectRefusal(store().append(stream, [newEvent()], 'any'), 'expected-revision-required');
      expect(await readStream(store(), stream)).toHaveLength(1);
    });

    it('is refused when the expectation was forgotten', async () => {
      const forgotten = undefined as unknown as ExpectedRevision;
      await expectRefusal(store().append(freshStream(), [newEvent()], forgotten), 'expected-revision-required');
    });
  });

  describe('append', () => {
    it('gives positions in the order of the events, and later appends later ones', async () => {
      const stream = freshStream();
      const first = await store().append(stream, newEvents(3), 'no-stream');
      const second = await store().append(freshStream(), newEvents(2), 'no-stream');
      const positions = [...first.positions, ...second.positions];
      expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
      expect(new Set(positions).size).toBe(5);
      expect((await readStream(store(), stream)).map(({ position }) => position)).toEqual(first.positions);
    });

    it('keeps the refusal of one from those that wait beside it', async () => {
      const taken = freshStream();
      await store().append(taken, [newEvent()], 'no-stream');
      const streams = Array.from({ length: RACERS }, () => freshStream());
      const outcomes = await Promise.allSettled(
        streams.flatMap((stream) => [
          store().append(stream, newEvents(2), 'no-stream'),
          store().append(taken, [newEvent()], 'no-stream'),
        ]),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(streams.flatMap(() => ['fulfilled', 'rejected']));
      for (const stream of streams) expect(revisionsOf(await readStream(store(), stream))).toEqual([0n, 1n]);
      expect(await readStream(store(), taken)).toHaveLength(1);
    });

    it('refuses events that JSON cannot hold, with all that come with them', async () => {
      const stream = freshStream();
      const broken = [newEvent({ name: 'half \ud83d' }), newEvent({ ['\udc00']: 1 }), newEvent({ share: Number.NaN })];
      for (const event of broken) {
        await expectRefusal(store().append(stream, [newEvent(), event], 'no-stream'), 'invalid-event');
      }
      expect(await readStream(store(), stream)).toEqual([]);
    });

    it('refuses an id that is not a UUID in lower case, no events, and an event without type', async () => {
      const upper = { ...newEvent(), id: newEvent().id.toUpperCase().replace(/^./, 'A') };
      await expectRefusal(
        store().append(freshStream(), [{ ...newEvent(), id: 'event-1' }], 'no-stream'),
        'invalid-event',
      );
      await expectRefusal(store().append(freshStream(), [upper], 'no-stream'), 'invalid-event');
      await expectRefusal(store().append(freshStream(), [], 'no-stream'), 'invalid-event');
      await expectRefusal(store().append(freshStream(), [newEvent({}, '')], 'no-stream'), 'invalid-event');
    });

    it('takes an event of a million bytes and refuses one over the limit', async () => {
      const stream = freshStream();
      const note = 'ab€'.repeat(200_000);
      await store().append(stream, [newEvent({ note })], 'no-stream');
      const tooLarge = [newEvent(), newEvent({ note: 'x'.repeat(MAX_EVENT_BYTES) })];
      await expectRefusal(store().append(stream, tooLarge, 0n), 'event-too-large');
      const stored = await readStream(store(), stream);
      expect(stored).toHaveLength(1);
      expect(stored[0]?.data).toEqual({ note });
    });
  });
}

/** Many append to one stream with the same expectation: one succeeds, all others get a conflict. */
async function expectOneWinner(store: StoreOf, stream: string, expected: ExpectedRevision, won: bigint): Promise<void> {
  const attempts = Array.from({ length: RACERS }, () => newEvent());
  const outcomes = await Promise.allSettled(attempts.map((event) => store().append(stream, [event], expected)));
  const winners = outcomes.flatMap((outcome, index) => (outcome.status === 'fulfilled' ? [index] : []));
  expect(winners).toHaveLength(1);
  expect((outcomes[winners[0]!] as PromiseFulfilledResult<AppendResult>).value.revision).toBe(won);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      expect(outcome.reason).toMatchObject({ code: 'revision-conflict', actualRevision: won });
    }
  }
  const stored = await readStream(store(), stream);
  expect(revisionsOf(stored).at(-1)).toBe(won);
  expect(stored.at(-1)?.id).toBe(attempts[winners[0]!]?.id);
}
