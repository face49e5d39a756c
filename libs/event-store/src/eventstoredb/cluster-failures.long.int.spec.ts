import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ClusterNode,
  type EventStoreDbCluster,
  startEventStoreDbCluster,
  startEventStoreDbDouble,
} from '../../../../test/eventstoredb-double/index.js';
import { type EventStore } from '../event-store.port.js';
import { type NewEvent, type StoredEvent } from '../stored-event.js';
import { collect, expectRefusal, freshStream, idsOf, newEvent, newEvents } from '../testing/contract-events.js';
import { openEventStoreDb } from './event-store-db.js';
import { type Timing } from './timing.js';

const QUICK: Timing = { attemptMs: 1_000, retryForMs: 15_000, firstRetryMs: 5, longestRetryMs: 50 };

describe('the event store on a cluster of EventStoreDB', () => {
  let cluster: EventStoreDbCluster;
  let stop: AbortController;
  const opened: EventStore[] = [];

  beforeEach(async () => {
    cluster = await startEventStoreDbCluster();
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await cluster.stop();
  });

  const open = (at: { readonly url: string } = cluster, timing: Partial<Timing> = {}): EventStore => {
    const store = openEventStoreDb(at.url, { timing: { ...QUICK, ...timing } });
    opened.push(store);
    return store;
  };
  const follow = (store: EventStore): StoredEvent[] => {
    const seen: StoredEvent[] = [];
    void (async () => {
      for await (const batch of store.subscribe({ signal: stop.signal })) seen.push(...batch);
    })().catch(() => undefined);
    return seen;
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await delay(5);
  };
  /** Commits in the order of the cluster's log, without its own. */
  const logged = async (): Promise<string[]> =>
    idsOf([...(await cluster.led()).log.all].filter(({ stream }) => !stream.startsWith('$')));

  /** Lost its followers with an append under way, and is started again: nothing but its tail is not history. */
  async function aloneWithATail(): Promise<{ node: ClusterNode; tail: NewEvent; before: NewEvent }> {
    const [before, tail] = newEvents(2) as [NewEvent, NewEvent];
    const node = await cluster.led();
    const store = open(node, { retryForMs: 100 });
    await store.append(freshStream(), [before], 'no-stream');
    cluster.cutOff(node);
    await expectRefusal(store.append(freshStream(), [tail], 'no-stream'), 'store-unavailable');
    await cluster.kill(node);
    await cluster.start(node);
    expect(node.log.all.at(-1)!.id).toBe(tail.id);
    return { node, tail, before };
  }

  describe('whose node has a tail that is no history', () => {
    it.each<[string, (store: EventStore) => Promise<unknown>]>([
      ['a reading of all', (store) => collect(store.readAll())],
      ["the look for the log's end", (store) => store.head()],
      ['the look for the last event', (store) => store.last()],
    ])('%s is not answered by it', async (_, look) => {
      const { node } = await aloneWithATail();
      await expectRefusal(look(open(node, { retryForMs: 300 })), 'store-unavailable');
    });

    it('a subscription is given nothing by it, and then only what the others keep', async () => {
      const { node, tail, before } = await aloneWithATail();
      const seen = follow(open(node));
      await delay(500);
      expect(seen).toEqual([]);
      await open({ url: cluster.nodes.find((other) => other !== node)!.url }).append(
        freshStream(),
        [tail],
        'no-stream',
      );
      cluster.heal(node);
      await until(() => seen.length >= 2);
      expect(idsOf(seen)).toEqual([before.id, tail.id]);
      expect(cluster.truncations).toBe(1);
      expect(seen.map(({ position }) => position)).toEqual(
        (await cluster.led()).log.all.filter(({ stream }) => !stream.startsWith('$')).map(({ position }) => position),
      );
    });
  });

  it('a subscription that was given a tail by a node that does not ask who leads notices when it is gone', async () => {
    await cluster.stop();
    cluster = await startEventStoreDbCluster({ asksWhoLeads: false });
    const { node, tail, before } = await aloneWithATail();
    const store = open(node);
    const seen: StoredEvent[] = [];
    const following = (async () => {
      for await (const batch of store.subscribe({ signal: stop.signal })) seen.push(...batch);
    })();
    const noticed = expectRefusal(following, 'history-changed');
    await until(() => seen.length >= 2);
    expect(idsOf(seen)).toEqual([before.id, tail.id]);
    const instead = newEvent();
    await open({ url: (await cluster.led()).url }).append(freshStream(), [instead], 'no-stream');
    cluster.heal(node);
    await noticed;
    expect(cluster.truncations).toBe(1);
    expect(idsOf(seen)).toEqual([before.id, tail.id]); // nothing behind what is no history
    await cluster.led();
    const held = await Promise.all(seen.map((event) => store.holds({ ...event, eventId: event.id })));
    expect(held).toEqual([true, false]);
    expect(idsOf(await collect(store.readAll()))).toEqual([before.id, instead.id]);
  });

  it.each<[string, (leader: ClusterNode) => unknown]>([
    ['killed', (leader) => cluster.kill(leader)],
    [
      'stopped, and goes on later',
      (leader) => (cluster.pause(leader), setTimeout(() => cluster.resume(leader), 2_500)),
    ],
    ['cut off from the others', (leader) => (cluster.cutOff(leader), setTimeout(() => cluster.heal(leader), 1_500))],
  ])('appends go on when the leader is %s, each once, and subscribers miss none', async (_, befall) => {
    const store = open();
    const seen = follow(store);
    const events = newEvents(150);
    const left = [...events];
    const worker = async (): Promise<void> => {
      for (let event = left.shift(); event !== undefined; event = left.shift()) {
        await store.append(freshStream(), [event], 'no-stream');
        await delay(20);
      }
    };
    const working = Promise.all(Array.from({ length: 4 }, worker));
    await until(() => left.length < 120);
    const leader = await cluster.led();
    befall(leader);
    await working;
    expect((await logged()).sort()).toEqual(idsOf(events).sort());
    await until(() => seen.length >= events.length);
    expect(idsOf(seen)).toEqual(await logged());
    expect(idsOf(await collect(store.readAll()))).toEqual(await logged());
  });

  it('appends are refused without a quorum, in time, and taken when there is one', async () => {
    const store = open();
    const impatient = open(cluster, { retryForMs: 500 });
    await store.append(freshStream(), [newEvent()], 'no-stream');
    const [one, other] = cluster.followers;
    await Promise.all([cluster.kill(one!), cluster.kill(other!)]);
    const waiting = Promise.all(newEvents(20).map((event) => store.append(freshStream(), [event], 'no-stream')));
    await expectRefusal(impatient.append(freshStream(), [newEvent()], 'no-stream'), 'store-unavailable');
    await expectRefusal(impatient.ping(), 'store-unavailable');
    await cluster.start(one!);
    await waiting;
    await expect(impatient.ping()).resolves.toBeUndefined();
    // The refused one may be in the log all the same: nobody said that it is not.
    expect([21, 22]).toContain((await logged()).length);
  });

  it('a call waits no longer for a node to be found than for an answer', async () => {
    const store = open(cluster, { retryForMs: 500 });
    await store.append(freshStream(), [newEvent()], 'no-stream');
    // Who asks a node that is stopped who leads waits five seconds, ten times.
    for (const node of cluster.followers) cluster.pause(node);
    await delay(300);
    const began = performance.now();
    await Promise.all([
      expectRefusal(store.append(freshStream(), [newEvent()], 'no-stream'), 'store-unavailable'),
      expectRefusal(collect(store.readStream('site-1')), 'store-unavailable'),
      expectRefusal(collect(store.readAll()), 'store-unavailable'),
    ]);
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  it('closes although no node is found', async () => {
    const store = openEventStoreDb(cluster.url, { timing: QUICK });
    const seen = follow(store);
    await store.append(freshStream(), [newEvent()], 'no-stream');
    await until(() => seen.length === 1);
    await Promise.all(cluster.nodes.map((node) => cluster.kill(node)));
    await delay(200);
    await store.close();
  });

  it('a subscription that the server ends because it is too slow goes on behind its last event', async () => {
    const double = await startEventStoreDbDouble();
    double.faults.liveBufferEvents = 20;
    const store = open(double);
    const [seen, reconnects]: [string[], unknown[]] = [[], []];
    const events = Array.from({ length: 3_001 }, () => newEvent({ note: 'x'.repeat(1_000) }));
    const following = (async () => {
      const onReconnect = (error: unknown) => reconnects.push(error);
      for await (const batch of store.subscribe({ signal: stop.signal, batchSize: 10, onReconnect })) {
        seen.push(...idsOf(batch));
        if (seen.length === events.length) return;
        if (seen.length < 500) await delay(50);
      }
    })();
    await store.append(freshStream(), events.slice(0, 1), 'no-stream');
    await until(() => seen.length === 1);
    for (let n = 1; n < events.length; n += 100) {
      await store.append(freshStream(), events.slice(n, n + 100), 'no-stream');
    }
    await following;
    expect(seen).toEqual(idsOf(events));
    expect(reconnects).toContainEqual(
      expect.objectContaining({
        message: expect.stringContaining('10 ABORTED: Operation timed out: Consumer too slow') as unknown,
      }),
    );
    await double.stop();
  });
});

describe('a server before 23.10', () => {
  it.each(['22.10.5.0', '21.10.0', '5.0.11'])('is refused, and said to be %s', async (version) => {
    const double = await startEventStoreDbDouble({ version });
    const store = openEventStoreDb(double.url, { timing: QUICK });
    const refusal = {
      code: 'store-failed',
      message: expect.stringMatching(
        `EventStoreDB 23.10 or later is needed, and the server at 127.0.0.1:${double.port} is EventStoreDB ${version}`,
      ) as unknown,
    };
    for (const call of [
      () => store.append(freshStream(), [newEvent()], 'no-stream'),
      () => store.head(),
      () => collect(store.readAll()),
      () => collect(store.readStream('site-1')),
      () => store.subscribe({ signal: new AbortController().signal })[Symbol.asyncIterator]().next(),
      () => store.ping(),
    ]) {
      await expect(call()).rejects.toMatchObject(refusal);
    }
    expect(double.log.all.every(({ stream }) => stream.startsWith('$'))).toBe(true);
    await store.close();
    await double.stop();
  });

  it('is refused too when it takes the place of a newer one', async () => {
    const newer = await startEventStoreDbDouble({ version: '23.10.0' });
    const store = openEventStoreDb(newer.url, { timing: QUICK });
    await store.append(freshStream(), [newEvent()], 'no-stream');
    await newer.stop();
    const older = await startEventStoreDbDouble({ version: '22.10.5', port: newer.port, log: newer.log });
    await expect(collect(store.readAll())).rejects.toMatchObject({
      message: expect.stringContaining('22.10.5') as unknown,
    });
    await store.close();
    await older.stop();
  });
});
