import { describe, expect, it } from '@jest/globals';
import { type AppendResult, type StreamAppend } from '../event-store.port.js';
import { type NewEvent } from '../stored-event.js';
import {
  collect,
  expectRefusal,
  freshStream,
  idsOf,
  newEvent,
  newEvents,
  readStream,
  type StoreOf,
} from './contract-events.js';

const RACERS = 12;

/** What belongs together goes into the log together, or not at all. */
export function togetherContract(store: StoreOf): void {
  const together = (...appends: StreamAppend[]): Promise<readonly AppendResult[]> => store().appendTogether!(appends);
  const begin = (stream: string, events: readonly NewEvent[]): StreamAppend => ({
    stream,
    events,
    expected: 'no-stream',
  });

  describe('appends that belong together', () => {
    it('are in the log in their order, each with its result', async () => {
      const [site, ...ids] = [freshStream(), freshStream(), freshStream()];
      await store().append(site, newEvents(2), 'no-stream');
      const appends = [
        ...ids.map((id) => begin(id, [newEvent()])),
        { stream: site, events: newEvents(3), expected: 1n },
      ];
      const results = await together(...appends);
      expect(results.map(({ revision, alreadyAppended }) => [revision, alreadyAppended])).toEqual([
        [0n, false],
        [0n, false],
        [4n, false],
      ]);
      const positions = results.flatMap((result) => result.positions);
      const after = positions[0]! - 1n;
      const logged = (await collect(store().readAll(after < 0n ? {} : { after }))).filter(({ position }) =>
        positions.includes(position),
      );
      expect(idsOf(logged)).toEqual(appends.flatMap(({ events }) => idsOf(events)));
      expect(logged.map(({ position }) => position)).toEqual(positions);
    });

    it.each([0, 1, 2])('are all refused when the one at %s is', async (wrong) => {
      const streams = [freshStream(), freshStream(), freshStream()];
      await store().append(streams[wrong]!, [newEvent()], 'no-stream');
      const before = await store().head();
      const appends = streams.map((stream) => begin(stream, newEvents(2)));
      await expectRefusal(together(...appends), 'revision-conflict', 0n);
      expect(await store().head()).toBe(before);
      for (const [index, stream] of streams.entries()) {
        expect(await readStream(store(), stream)).toHaveLength(index === wrong ? 1 : 0);
      }
      // Nothing of them is remembered either: not the ids, not the streams.
      appends.splice(wrong, 1);
      expect(await together(...appends)).toMatchObject([{ revision: 1n }, { revision: 1n }]);
    });

    it('are refused without effect on what waits beside them', async () => {
      const taken = freshStream();
      await store().append(taken, [newEvent()], 'no-stream');
      const streams = Array.from({ length: RACERS }, () => freshStream());
      const outcomes = await Promise.allSettled(
        streams.flatMap((stream) => [
          together(begin(`${stream}-of-the-refused`, [newEvent()]), begin(taken, [newEvent()])),
          together(begin(stream, newEvents(2)), begin(`${stream}-beside`, [newEvent()])),
          store().append(stream, [newEvent()], 1n),
        ]),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(
        streams.flatMap(() => ['rejected', 'fulfilled', 'fulfilled']),
      );
      for (const stream of streams) {
        expect(await readStream(store(), stream)).toHaveLength(3);
        expect(await readStream(store(), `${stream}-beside`)).toHaveLength(1);
        expect(await readStream(store(), `${stream}-of-the-refused`)).toEqual([]);
      }
    });

    it('have one winner among those who want the same stream, and the losers leave nothing', async () => {
      const wanted = freshStream();
      const own = Array.from({ length: RACERS }, () => freshStream());
      const outcomes = await Promise.allSettled(
        own.map((stream) => together(begin(wanted, [newEvent()]), begin(stream, newEvents(2)))),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await readStream(store(), wanted)).toHaveLength(1);
      const written = await Promise.all(own.map(async (stream) => (await readStream(store(), stream)).length));
      expect(written).toEqual(outcomes.map(({ status }) => (status === 'fulfilled' ? 2 : 0)));
    });

    it('are answered again as the first time, also behind later events and at the same time', async () => {
      const appends = [begin(freshStream(), newEvents(1)), begin(freshStream(), newEvents(3))];
      const [first, meanwhile] = await Promise.all([together(...appends), together(...appends)]);
      const again = first.map((result) => ({ ...result, alreadyAppended: true }));
      expect(meanwhile).toEqual(again);
      await store().append(appends[1]!.stream, newEvents(2), 2n);
      expect(await together(...appends)).toEqual(again);
      expect(await readStream(store(), appends[1]!.stream)).toHaveLength(5);
    });

    it('are refused when some of them are there already and others not', async () => {
      const [known, other] = [begin(freshStream(), newEvents(1)), begin(freshStream(), newEvents(2))];
      await store().append(known.stream, known.events, 'no-stream');
      await expectRefusal(together(known, other), 'event-id-reused');
      await expectRefusal(together(other, known), 'event-id-reused');
      expect(await readStream(store(), other.stream)).toEqual([]);
    });

    it('are refused when one of them is malformed, or they name a stream or an id twice, or there are none', async () => {
      const [stream, event] = [freshStream(), newEvent()];
      await expectRefusal(together(begin(stream, [event]), begin(freshStream(), [])), 'invalid-event');
      await expectRefusal(together(begin(stream, [event]), begin(stream, [newEvent()])), 'invalid-event');
      await expectRefusal(together(begin(stream, [event]), begin(freshStream(), [event])), 'event-id-reused');
      await expectRefusal(
        together(begin(stream, [event]), { stream: freshStream(), events: [newEvent()], expected: 'any' }),
        'expected-revision-required',
      );
      await expectRefusal(together(), 'invalid-event');
      expect(await readStream(store(), stream)).toEqual([]);
    });
  });
}
