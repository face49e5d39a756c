import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AppendFault,
  type EventStoreDbDouble,
  jsonEvent,
  startEventStoreDbDouble,
} from '../../../../test/eventstoredb-double/index.js';
import { type EventStore } from '../event-store.port.js';
import {
  collect,
  expectRefusal,
  freshStream,
  idsOf,
  newEvent,
  newEvents,
  readStream,
} from '../testing/contract-events.js';
import { BatchAppends } from './batch-appends.js';
import { connect, disconnect } from './connection.js';
import { openEventStoreDb } from './event-store-db.js';
import { type Timing } from './timing.js';

const QUICK: Timing = { attemptMs: 1_000, retryForMs: 8_000, firstRetryMs: 5, longestRetryMs: 50 };

describe('the event store on a failing EventStoreDB', () => {
  let double: EventStoreDbDouble;
  let store: EventStore;
  let stop: AbortController;

  beforeEach(async () => {
    double = await startEventStoreDbDouble();
    store = openEventStoreDb(double.url, { timing: QUICK });
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await store.close();
    await double.stop();
  });

  describe('an append', () => {
    it.each<AppendFault>(['lost-before-write', 'lost-after-write', 'reset-after-write', 'timed-out', 'unanswered'])(
      'that is %s is tried again, and is in the log once',
      async (fault) => {
        const [stream, events] = [freshStream(), newEvents(3)];
        double.faults.failNextAppends(fault, fault);
        const result = await store.append(stream, events, 'no-stream');
        const stored = await readStream(store, stream);
        expect(idsOf(stored)).toEqual(idsOf(events));
        expect(result).toMatchObject({ revision: 2n, positions: stored.map(({ position }) => position) });
      },
    );

    it('finds its own events when the retry is answered with a conflict', async () => {
      const [stream, events] = [freshStream(), newEvents(2)];
      await store.append(stream, [newEvent()], 'no-stream');
      double.log.comparesIds = false;
      double.faults.failNextAppends('lost-after-write');
      const result = await store.append(stream, events, 0n);
      expect(result).toMatchObject({ revision: 2n, alreadyAppended: true });
      const stored = await readStream(store, stream);
      expect(result.positions).toEqual(stored.slice(1).map(({ position }) => position));
      expect(stored).toHaveLength(3);
    });

    it('is refused when another got in before it', async () => {
      const stream = freshStream();
      await store.append(stream, [newEvent()], 'no-stream');
      double.faults.failNextAppends('lost-before-write', 'crossed');
      await expectRefusal(store.append(stream, newEvents(2), 0n), 'revision-conflict', 1n);
    });

    it('is not spoiled by the failure of one that waits beside it, on another server', async () => {
      const other = await startEventStoreDbDouble();
      const otherStore = openEventStoreDb(other.url, { timing: QUICK });
      await otherStore.append(freshStream(), [newEvent()], 'no-stream');
      other.faults.appendDelayMs = 300;
      const stream = freshStream();
      const waiting = Promise.all([1, 2, 3].map(() => otherStore.append(freshStream(), [newEvent()], 'no-stream')));
      double.faults.failNextAppends('lost-after-write');
      await store.append(stream, [newEvent()], 'no-stream');
      for (const result of await waiting) expect(result).toMatchObject({ revision: 0n });
      expect(other.log.all.filter(({ stream: name }) => !name.startsWith('$'))).toHaveLength(4);
      expect(double.log.stream(stream)).toHaveLength(1);
      await otherStore.close();
      await other.stop();
    });

    it('of many, when the connection breaks under them all, is in the log once', async () => {
      const events = newEvents(60);
      double.faults.appendDelayMs = 5;
      const appending = Promise.all(events.map((event) => store.append(`c-${event.id}`, [event], 'no-stream')));
      await delay(20);
      double.dropConnections();
      await appending;
      const stored = double.log.all.filter(({ stream }) => stream.startsWith('c-')).map(({ id }) => id);
      expect([...stored].sort()).toEqual(idsOf(events).sort());
    });

    it('that is not answered holds up none that share its call', async () => {
      double.faults.failNextAppends('unanswered');
      const unanswered = store.append(freshStream(), newEvents(2), 'no-stream');
      while (double.calls.appends < 1) await delay(5);
      for (let n = 0; n < 20; n++) await store.append(freshStream(), [newEvent()], 'no-stream');
      expect(await unanswered).toMatchObject({ revision: 1n });
      expect(double.calls.appends).toBe(22); // once more is the one without an answer
    });

    it('whose answer comes too late is answered once, by what was found of it', async () => {
      double.faults.appendDelayMs = 1_300; // longer than an attempt may take
      const [stream, event] = [freshStream(), newEvent()];
      const appending = store.append(stream, [event], 'no-stream');
      while (double.calls.appends < 1) await delay(5);
      await delay(100);
      double.faults.appendDelayMs = 0;
      expect(await appending).toMatchObject({ revision: 0n });
      await delay(500);
      await store.append(stream, [newEvent()], 0n);
      expect(double.log.stream(stream)).toHaveLength(2);
    });

    it('that is denied takes along none that share its call: each is made alone', async () => {
      const users = { other: { password: 'x' } };
      const secured = await startEventStoreDbDouble({ users });
      secured.log.append('$$site-denied', 'any', [jsonEvent('$metadata', { $acl: { $w: ['$admins'] } })]);
      secured.faults.appendDelayMs = 200;
      const client = connect(secured.url.replace('://', '://other:x@'));
      const batches = new BatchAppends(client, QUICK.attemptMs, stop.signal, () => undefined);
      const shared = (stream: string) => batches.append({ stream, events: [newEvent()], expected: 'no-stream' });
      expect(await Promise.all([shared('site-free'), shared('site-denied')])).toEqual([undefined, undefined]);
      expect(await shared('site-free-2')).toMatchObject({ success: true, nextExpectedRevision: 0n });
      stop.abort();
      await disconnect(client);
      await secured.stop();
    });

    it('goes to the leader when the node is none', async () => {
      const leader = await startEventStoreDbDouble({ log: double.log });
      double.faults.leader = { host: '127.0.0.1', port: leader.port };
      const stream = freshStream();
      await store.append(stream, newEvents(2), 'no-stream');
      expect(await readStream(store, stream)).toHaveLength(2);
      await leader.stop();
    });

    it('waits for a server that starts again, and knows its earlier appends', async () => {
      const [stream, events] = [freshStream(), newEvents(2)];
      const first = await store.append(stream, events, 'no-stream');
      await double.stop();
      const waiting = store.append(stream, [newEvent()], 1n);
      await delay(100);
      double = await startEventStoreDbDouble({ log: double.log, port: double.port });
      expect(await waiting).toMatchObject({ revision: 2n });
      double.log.forgetCommittedIds();
      const reopened = openEventStoreDb(double.url, { timing: QUICK });
      expect(await reopened.append(stream, events, 'no-stream')).toEqual({ ...first, alreadyAppended: true });
      await expectRefusal(reopened.append(stream, [events[0]!, newEvent()], 'no-stream'), 'event-id-reused');
      await reopened.close();
    });

    it('gives up on a server that stays away', async () => {
      const impatient = openEventStoreDb(double.url, { timing: { ...QUICK, retryForMs: 150 } });
      double.faults.refuseAppends = true;
      await expectRefusal(impatient.append(freshStream(), [newEvent()], 'no-stream'), 'store-unavailable');
      await double.stop();
      await expectRefusal(impatient.append(freshStream(), [newEvent()], 'no-stream'), 'store-unavailable');
      await expectRefusal(collect(impatient.readStream(freshStream())), 'store-unavailable');
      await expectRefusal(collect(impatient.readAll()), 'store-unavailable');
      await expectRefusal(impatient.head(), 'store-unavailable');
      await expectRefusal(impatient.last(), 'store-unavailable');
      await expectRefusal(impatient.ping(), 'store-unavailable');
      await impatient.close();
    });

    it('is refused when it is larger than the server takes', async () => {
      const event = newEvent({ note: 'x'.repeat(1_100_000) });
      await expectRefusal(store.append(freshStream(), [event], 'no-stream'), 'event-too-large');
    });
  });

  describe('a reading', () => {
    it.each(['forwards', 'backwards'] as const)('of a stream goes on where it broke, %s', async (direction) => {
      const [stream, events] = [freshStream(), newEvents(9)];
      await store.append(stream, events, 'no-stream');
      double.faults.breakNextRead(4);
      double.faults.breakNextRead(0);
      const read = idsOf(await collect(store.readStream(stream, { direction, limit: 8 })));
      const order = direction === 'forwards' ? idsOf(events) : idsOf(events).reverse();
      expect(read).toEqual(order.slice(0, 8));
    });

    it('of the log goes on where it broke', async () => {
      const events = newEvents(30);
      await store.append(freshStream(), events, 'no-stream');
      double.faults.breakNextSubscription(12);
      expect(idsOf(await collect(store.readAll()))).toEqual(idsOf(events));
    });

    it("passes over the server's own events", async () => {
      const { positions } = await store.append(freshStream(), newEvents(2), 'no-stream');
      for (let n = 0; n < 40; n++)
        double.log.append('$stats-127.0.0.1:2113', 'any', [jsonEvent('$statsCollected', {})]);
      expect(await store.head()).toBe(positions[1]);
      expect(await store.last()).toMatchObject({ revision: 1n, position: positions[1] });
      expect((await collect(store.readAll())).map(({ position }) => position)).toEqual(positions);
    });

    it('of a log with nothing but those is empty', async () => {
      expect(await store.head()).toBeUndefined();
      expect(await store.last()).toBeUndefined();
      expect(await collect(store.readAll())).toEqual([]);
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });

  describe('a subscription', () => {
    it('connects again behind the last event, says so, and neither loses nor repeats one', async () => {
      const [stream, events] = [freshStream(), newEvents(60)];
      await store.append(stream, events.slice(0, 20), 'no-stream');
      double.faults.breakNextSubscription(7);
      const [seen, reconnects]: [string[], number[]] = [[], []];
      const onReconnect = (_: unknown, attempt: number) => {
        reconnects.push(attempt);
        throw new Error('the store does not mind');
      };
      const following = (async () => {
        for await (const batch of store.subscribe({ signal: stop.signal, onReconnect })) {
          seen.push(...idsOf(batch));
          if (seen.length === 60) stop.abort();
        }
      })();
      for (let n = 20; n < 60; n++) {
        await store.append(stream, [events[n]!], BigInt(n - 1));
        if (n === 30) double.faults.dropSubscriptions();
        if (n === 45) double.dropConnections();
      }
      await following;
      expect(seen).toEqual(idsOf(events));
      expect(reconnects.length).toBeGreaterThanOrEqual(2);
    });

    it('waits for a server that starts again', async () => {
      const [stream, events] = [freshStream(), newEvents(4)];
      await store.append(stream, events.slice(0, 2), 'no-stream');
      const attempts: number[] = [];
      const batches = store
        .subscribe({ signal: stop.signal, batchSize: 2, onReconnect: (_, attempt) => attempts.push(attempt) })
        [Symbol.asyncIterator]();
      const before: { id: string }[] = [];
      while (before.length < 2) before.push(...((await batches.next()).value as { id: string }[]));
      const next = batches.next();
      await double.stop();
      while (attempts.length < 3) await delay(10);
      double = await startEventStoreDbDouble({ log: double.log, port: double.port });
      await store.append(stream, events.slice(2), 1n);
      const after = [...((await next).value as { id: string }[])];
      if (after.length < 2) after.push(...((await batches.next()).value as { id: string }[]));
      expect(idsOf(after)).toEqual(idsOf(events.slice(2)));
      expect(attempts.slice(0, 3)).toEqual([1, 2, 3]);
    });

    it('resumes behind a checkpoint where no event of its categories came', async () => {
      const busy = freshStream('busy');
      for (let n = 0; n < 10; n++)
        await store.append(busy, newEvents(100), n === 0 ? 'no-stream' : BigInt(n * 100 - 1));
      const event = newEvent();
      const batches = store.subscribe({ categories: ['rare'], signal: stop.signal })[Symbol.asyncIterator]();
      const next = batches.next();
      while (double.faults.runningSubscriptions === 0) await delay(5);
      await delay(200);
      double.faults.dropSubscriptions();
      while (double.faults.runningSubscriptions === 0) await delay(5);
      // The thousandth event of the log: one of the server's own comes first.
      expect(double.faults.lastSubscriptionStart).toBe(double.log.stream(busy)!.at(-2)!.position);
      await store.append(freshStream('rare'), [event], 'no-stream');
      expect(idsOf((await next).value as { id: string }[])).toEqual([event.id]);
    });
  });
});
