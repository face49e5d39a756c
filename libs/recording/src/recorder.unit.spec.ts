import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OPERATOR } from '#access';
import { COMMANDS_KEPT, type SiteCommand } from '#custody';
import { EventStoreError, MemoryEventStore, type EventStore } from '#event-store';
import { commandIdOf, eventIdOf } from './identity.js';
import { type EventIndex } from './ports.js';
import { Recorder } from './recorder.js';
import { CommandRefused } from './refused.js';
import { type CommandContext } from './command-context.js';

const context = (idempotencyKey?: string): CommandContext => ({
  principal: OPERATOR,
  occurredAt: undefined,
  idempotencyKey,
  requestSha256: idempotencyKey,
  ifMatch: undefined,
  signature: undefined,
  disclosures: [],
});

const registration = (batchId: string): SiteCommand => ({
  kind: 'batches',
  body: {
    batchId,
    material: 'nickel-sulphate-hexahydrate',
    grossGrams: 1_000,
    contentGrams: { nickel: 200 },
    origin: { kind: 'undocumented' },
  },
});

const disposal = (batchId: string, grossGrams: number): SiteCommand => ({
  kind: 'disposals',
  body: { batchId, grossGrams, reason: 'sold' },
});

/**
 * A store that counts what it is asked, and can be crossed by another writer before the next append to a site, or its next
 * append fail.
 */
class WatchedStore {
  readonly calls = { appends: 0, together: 0, reads: 0 };
  #before: (() => Promise<unknown>) | undefined;
  readonly store: EventStore;

  /** @param together whether it takes appends to several streams at once, as SQLite does and EventStoreDB does not */
  constructor(
    readonly inner: EventStore,
    together: boolean,
  ) {
    const cross = async (streams: readonly string[]): Promise<void> => {
      const before = streams.some((stream) => stream.startsWith('site-')) ? this.#before : undefined;
      if (before) this.#before = undefined;
      await before?.();
    };
    const append: EventStore['append'] = async (stream, events, expected) => {
      this.calls.appends++;
      await cross([stream]);
      return inner.append(stream, events, expected);
    };
    const appendTogether: EventStore['appendTogether'] = async (appends) => {
      this.calls.together++;
      await cross(appends.map(({ stream }) => stream));
      return inner.appendTogether!(appends);
    };
    const readStream: EventStore['readStream'] = (stream, options) => {
      this.calls.reads++;
      return inner.readStream(stream, options);
    };
    const own: Partial<EventStore> = { append, readStream, appendTogether: together ? appendTogether : undefined };
    this.store = new Proxy(inner, {
      get(target, name) {
        const value: unknown = Object.hasOwn(own, name)
          ? own[name as keyof EventStore]
          : Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  /** Another server records in the meantime. */
  crossOnce(work: () => Promise<unknown>): void {
    this.#before = work;
  }
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

describe.each([
  ['a log that takes ids and events together', true],
  ['a log that appends to one stream at a time', false],
])('a recorder on %s', (_, together) => {
  let watched: WatchedStore;
  let recorder: Recorder;
  beforeEach(async () => {
    watched = new WatchedStore(new MemoryEventStore(), together);
    recorder = new Recorder({ store: watched.store });
    await recorder.registry.organisation(
      'o',
      { kind: 'organisations', body: { organisationId: 'o', name: 'O', country: 'JP', roles: ['refiner'] } },
      context(),
    );
    for (const siteId of ['s', 't']) {
      await recorder.registry.siteOpening(
        { siteId, organisationId: 'o', name: 'S', country: 'JP', activities: ['refining'] },
        context(),
      );
    }
    await recorder.atSite({ siteId: 's', command: registration('first'), context: context() });
  });

  const at = (siteId: string, command: SiteCommand, key?: string): Promise<string> =>
    recorder.atSite({ siteId, command, context: context(key) }).then(
      ({ events: [event], replayed }) => (replayed ? `${event!.revision} again` : event!.revision),
      (error: unknown) => {
        if (error instanceof CommandRefused) return error.code;
        throw error;
      },
    );

  it('records what waits at a site in its order, as few appends as the log allows', async () => {
    const before = { ...watched.calls };
    const revisions = await Promise.all(Array.from({ length: 50 }, (_, each) => at('s', registration(`b-${each}`))));
    expect(revisions).toEqual(revisions.map((_, each) => String(each + 2)));
    const { calls } = watched;
    expect([calls.appends - before.appends, calls.together - before.together, calls.reads - before.reads]).toEqual(
      together ? [0, 1, 0] : [51, 0, 0],
    );
  });

  it('appends less at once after an append was too large, but still many small commands together', async () => {
    const large: SiteCommand = {
      kind: 'disposals',
      body: { batchId: 'first', grossGrams: 1, reason: 'x'.repeat(200_000) },
    };
    watched.crossOnce(() => Promise.reject(new EventStoreError('event-too-large', 'more than the log takes at once')));
    expect(await Promise.all([at('s', disposal('first', 1)), at('s', large), at('s', disposal('first', 1))])).toEqual([
      '2',
      '3',
      '4',
    ]);
    const before = { ...watched.calls };
    await Promise.all(Array.from({ length: 40 }, () => at('s', disposal('first', 1))));
    expect(watched.calls.appends + watched.calls.together - before.appends - before.together).toBe(1);
  });

  it('decides few commands of a site together while another site records, and many when it is alone again', async () => {
    const sell = (count: number): Promise<string>[] =>
      Array.from({ length: count }, () => at('s', disposal('first', 1)));
    const appendsOf = async (work: () => Promise<unknown>): Promise<number> => {
      const before = watched.calls.appends + watched.calls.together;
      await work();
      return watched.calls.appends + watched.calls.together - before;
    };
    const now = jest.spyOn(performance, 'now');
    try {
      const moment = performance.now();
      now.mockReturnValue(moment);
      expect(await appendsOf(() => Promise.all(sell(200)))).toBe(1);

      const ofTheOther = together ? 1 : 2;
      expect(await appendsOf(() => Promise.all([...sell(200), at('t', registration('other'))]))).toBe(4 + ofTheOther);

      await new Promise(setImmediate); // the other site's lane ends
      now.mockReturnValue(moment + 998);
      expect(await appendsOf(() => Promise.all(sell(200)))).toBe(4);
      now.mockReturnValue(moment + 1_001);
      expect(await appendsOf(() => Promise.all(sell(200)))).toBe(1);
    } finally {
      now.mockRestore();
    }
  });

  it('reserves an id once, for the site that then uses it', async () => {
    await Promise.all(['a', 'b'].map((id) => at('s', registration(id))));
    for (const id of ['a', 'b']) {
      const reserved = await collect(watched.inner.readStream(`batch-${id}`));
      expect(reserved.map(({ type, data }) => [type, data])).toEqual([
        ['IdReserved', { kind: 'batch', id, siteId: 's', afterRevision: '1' }],
      ]);
    }
  });

  it('uses an id that its site reserved before a crash kept it from using it', async () => {
    const reserved = { kind: 'batch', id: 'left', siteId: 's', afterRevision: '1' };
    const left = { id: eventIdOf(commandIdOf('x', 'y'), 0), type: 'IdReserved', data: reserved, metadata: {} };
    await watched.inner.append('batch-left', [left], 'no-stream');
    expect(await Promise.all(['a', 'left', 'b'].map((id) => at('s', registration(id))))).toEqual(['2', '3', '4']);
    expect(await at('t', registration('left'))).toBe('id-taken');
  });

  it('takes no id where the log fails, and takes it when the command comes again', async () => {
    watched.crossOnce(() => Promise.reject(new EventStoreError('storage-full', 'no space is left')));
    const outcomes = await Promise.allSettled(['a', 'b'].map((id) => at('s', registration(id), id)));
    expect(outcomes).toMatchObject(Array.from({ length: 2 }, () => ({ reason: { code: 'storage-full' } })));
    if (together) expect(await watched.inner.existing(['batch-a', 'batch-b'])).toEqual(new Set());
    expect(await Promise.all(['a', 'b'].map((id) => at('s', registration(id), id)))).toEqual(['2', '3']);
  });

  it('decides again what stood behind a command that lost its id, and finds its use where it then stands', async () => {
    expect(await at('t', registration('theirs'))).toBe('1');
    const outcomes = await Promise.all(['a', 'theirs', 'b', 'a'].map((id) => at('s', registration(id))));
    expect(outcomes).toEqual(['2', 'id-taken', '3', 'id-taken']);
    for (const id of ['a', 'b']) {
      expect(await at('s', registration(id))).toBe('id-taken');
      expect(await at('t', registration(id))).toBe('id-taken');
    }
  });

  it('decides all again when another server recorded before', async () => {
    const other = new Recorder({ store: watched.inner });
    watched.crossOnce(() => other.atSite({ siteId: 's', command: disposal('first', 600), context: context() }));
    const outcomes = await Promise.all([at('s', disposal('first', 300)), at('s', disposal('first', 300))]);
    expect(outcomes).toEqual(['3', 'not-enough-left']);
  });

  it('refuses nothing on an account that is behind', async () => {
    const other = new Recorder({ store: watched.inner });
    await other.atSite({ siteId: 's', command: registration('of-the-other'), context: context() });
    expect(await at('s', disposal('of-the-other', 1_000))).toBe('3');
  });

  it('answers a key again, and records once what two servers are sent under one key', async () => {
    expect(await at('s', registration('keyed'), 'k')).toBe('2');
    expect(await at('s', registration('keyed'), 'k')).toBe('2 again');
    const other = new Recorder({ store: watched.inner });
    const command = registration('raced');
    watched.crossOnce(() => other.atSite({ siteId: 's', command, context: context('raced') }));
    expect(await Promise.all([at('s', command, 'raced'), at('s', disposal('first', 1), 'other')])).toEqual([
      '3 again',
      '4',
    ]);
  });

  it('finds a command that is older than the window by the id of its event, in a log without an index of those', async () => {
    const { inner } = watched;
    const store = new Proxy(watched.store, {
      get: (target, name): unknown => (name === 'byId' ? undefined : Reflect.get(target, name, target)),
    });
    const asked: string[] = [];
    const index: EventIndex = {
      waitFor: () => Promise.resolve(true),
      byId: async (eventId) => {
        asked.push(eventId);
        for await (const event of inner.readStream('site-s')) if (event.id === eventId) return event;
        return undefined;
      },
    };
    recorder = new Recorder({ store, index });
    expect(await at('s', registration('old'), 'old')).toBe('2');
    const gone = Array.from({ length: COMMANDS_KEPT + 1 }, (_, each) => disposal(each % 2 === 0 ? 'first' : 'old', 1));
    await Promise.all(gone.map((command) => at('s', command)));
    expect(await at('s', registration('old'), 'old')).toBe('2 again');
    expect(await at('s', disposal('first', 1), 'new')).toBe(String(COMMANDS_KEPT + 4));
    const idOf = (key: string): string => eventIdOf(commandIdOf(OPERATOR.principal, key), 0);
    expect(asked).toEqual(['old', 'new'].map(idOf));
  });
});
