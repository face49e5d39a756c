import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { MemoryEventStore, type EventStore } from '#event-store';
import { LedgerClock } from '#recording';
import { Audit } from './audit.js';

const EVENTS = 700;

/** Of a log of so many events, in streams of one event. */
async function logOf(count: number): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  for (let number = 0; number < count; number++) {
    const event = { id: randomUUID(), type: 'T', data: { number }, metadata: {} };
    await store.append(`site-${number}`, [event], 'no-stream');
  }
  return store;
}

/** Counts the events that readings of the whole log gave. */
function counting(inner: EventStore): { store: EventStore; read: () => number } {
  let read = 0;
  const readAll: EventStore['readAll'] = async function* (options) {
    for await (const event of inner.readAll(options)) {
      read++;
      yield event;
    }
  };
  const store = new Proxy(inner, {
    get(target, name) {
      if (name === 'readAll') return readAll;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { store, read: () => read };
}

async function opened(store: EventStore, dataFolder: string): Promise<{ size: bigint; signed: bigint | undefined }> {
  const silent = { log: pino({ level: 'silent' }), say: () => undefined };
  const audit = await Audit.open({ store, clock: new LedgerClock(), dataFolder, signingKey: undefined, ...silent });
  const told = { size: audit.tree.size, signed: audit.journal.last?.size };
  await audit.close();
  return told;
}

describe('the first start of a ledger on a log', () => {
  it('reads the log once, for the tree and for what was signed', async () => {
    const folders = [await mkdtemp(join(tmpdir(), 'lodebook-')), await mkdtemp(join(tmpdir(), 'lodebook-'))];
    const log = await logOf(EVENTS);
    const { store, read } = counting(log);
    expect(await opened(store, folders[0]!)).toEqual({ size: BigInt(EVENTS), signed: BigInt(EVENTS) });
    const first = read();
    expect(first).toBe(EVENTS);
    // Elsewhere, where the key is not: against the checkpoint that the first has signed.
    expect((await opened(store, folders[1]!)).size).toBe(BigInt(EVENTS));
    expect(read() - first).toBe(EVENTS);
    for (const folder of folders) await rm(folder, { recursive: true });
  });

  it('tells which event is wrong where the log is not the one that was signed', async () => {
    const folders = [await mkdtemp(join(tmpdir(), 'lodebook-')), await mkdtemp(join(tmpdir(), 'lodebook-'))];
    const log = await logOf(EVENTS);
    await opened(log, folders[0]!);
    const { store } = counting(log);
    const readAll = store.readAll.bind(store);
    const shorter = new Proxy(store, {
      get(target, name) {
        if (name === 'readAll')
          return async function* (options: Parameters<EventStore['readAll']>[0]) {
            for await (const event of readAll(options)) if (event.stream !== 'site-300') yield event;
          };
        return Reflect.get(target, name, target) as unknown;
      },
    });
    await expect(opened(shorter, folders[1]!)).rejects.toThrow(/a checkpoint over 700 events was signed/);
    for (const folder of folders) await rm(folder, { recursive: true });
  });
});

describe('a log that is read through while the ledger is open', () => {
  it('is told as compared once it has been read, and not before', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lodebook-'));
    const store = await logOf(EVENTS);
    await opened(store, folder);
    let read!: (holds: boolean) => void;
    const reading = new Promise<boolean>((resolve) => (read = resolve));
    const told: { events?: number; msg: string }[] = [];
    const log = pino({ level: 'info' }, { write: (line) => told.push(JSON.parse(line) as (typeof told)[number]) });
    const about = { store, clock: new LedgerClock(), dataFolder: folder, signingKey: undefined, say: () => undefined };
    const audit = await Audit.open({ ...about, log, readBeforeOpening: 0n, readsThrough: () => reading });
    const comparison = { events: EVENTS, msg: 'the log was compared with what was signed' };
    let isCompared = false;
    const compared = audit.compared.then(() => (isCompared = true));
    await new Promise(setImmediate);
    expect(isCompared).toBe(false);
    expect(told).not.toContainEqual(expect.objectContaining(comparison));
    read(true);
    await compared;
    expect(told).toContainEqual(expect.objectContaining(comparison));
    await audit.close();
    await rm(folder, { recursive: true });
  });
});
