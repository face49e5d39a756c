import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore, type StoredEvent } from '#event-store';
import { Follower, type FollowerOptions } from './follower.js';

const LONG_MS = 60_000;

describe('A follower', () => {
  let store: MemoryEventStore;
  let taken: string[];
  let last: bigint | undefined;
  let follower: Follower | undefined;
  beforeEach(() => {
    store = new MemoryEventStore();
    taken = [];
    last = undefined;
  });
  afterEach(async () => {
    await follower?.stop();
    await store.close();
  });

  async function tell(stream: string, ...types: string[]): Promise<void> {
    const revisions: bigint[] = [];
    for await (const { revision } of store.readStream(stream)) revisions.push(revision);
    const events = types.map((type) => ({ id: randomUUID(), type, data: {}, metadata: {} }));
    await store.append(stream, events, revisions.at(-1) ?? 'no-stream');
  }

  const take = (events: readonly StoredEvent[]): void => {
    taken.push(events.map(({ type }) => type).join('+'));
    last = events.at(-1)!.position;
  };

  function follow(options: Partial<FollowerOptions> = {}): Follower {
    const from = () => (last === undefined ? {} : { after: last });
    follower = new Follower({ store, categories: ['site'], from, take, ...options });
    follower.start();
    return follower;
  }

  async function until(reached: () => boolean): Promise<void> {
    while (!reached()) await delay(1);
  }

  it('takes what was there and what comes, of its categories, in order and by batches', async () => {
    await tell('site-a', 'A', 'B', 'C');
    await tell('batch-a', 'X');
    follow({ batchSize: () => 2 });
    await until(() => taken.length === 2);
    await tell('site-b', 'D');
    await until(() => taken.length === 3);
    expect(taken).toEqual(['A+B', 'C', 'D']);
  });

  it('begins again from where it is told after a failure, and loses nothing', async () => {
    await tell('site-a', 'A', 'B', 'C');
    const told: number[] = [];
    let failures = 2;
    follow({
      batchSize: () => 1,
      take: (events) => {
        if (events[0]!.type === 'B' && failures-- > 0) throw new Error('not now');
        take(events);
      },
      onError: (_error, attempt) => told.push(attempt),
    });
    await until(() => taken.length === 3);
    expect([taken, told]).toEqual([
      ['A', 'B', 'C'],
      [1, 2],
    ]);
  });

  it('lets events gather when it took all there were, unless somebody waits for them', async () => {
    await tell('site-a', 'A');
    let awaited = false;
    const one = follow({ batchSize: () => 10, gatheringMs: LONG_MS, isAwaited: () => awaited });
    await until(() => taken.length === 1);
    await tell('site-a', 'B');
    await tell('site-a', 'C');
    expect(taken).toEqual(['A']);
    awaited = true;
    one.hurry();
    await until(() => taken.length > 1);
    await tell('site-a', 'D');
    await until(() => taken.at(-1)!.endsWith('D'));
    expect(taken.join('+')).toBe('A+B+C+D');
  });

  it('subscribes anew when it is told to', async () => {
    await tell('site-a', 'A');
    const one = follow();
    await until(() => taken.length === 1);
    last = undefined; // what it took was taken back
    one.restart();
    await until(() => taken.length === 2);
    expect([taken, one.running]).toEqual([['A', 'A'], true]);
  });

  it('takes to its end what it takes when it is stopped, and nothing more', async () => {
    await tell('site-a', 'A', 'B');
    let finish = (): void => undefined;
    const one = follow({
      batchSize: () => 1,
      take: async (events) => {
        await new Promise<void>((resolve) => (finish = resolve));
        take(events);
      },
    });
    await delay(5);
    const stopped = one.stop();
    finish();
    await stopped;
    expect([taken, one.running]).toEqual([['A'], false]);
  });
});
