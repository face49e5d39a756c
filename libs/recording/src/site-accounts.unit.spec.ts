import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore, type NewEvent } from '#event-store';
import { CACHED_BYTES, SiteAccounts } from './site-accounts.js';
import { siteStream } from './stream-names.js';

/** So many that an account is worth a snapshot, which tells how large it is. */
const BATCHES = 600;
const AT = '2026-01-01T00:00:00.000Z';
const METADATA = { occurredAt: AT, recordedAt: AT, commandId: 'c', actor: { principal: 'p' }, schemaVersion: 1 };
const NO_SNAPSHOTS = { load: () => Promise.resolve(undefined), save: () => Promise.resolve() };

let store: MemoryEventStore;
let count: number;

function event(type: string, data: NewEvent['data']): NewEvent {
  const id = `00000000-0000-5000-8000-${String(count++).padStart(12, '0')}`;
  return { id, type, data, metadata: METADATA };
}

async function open(siteId: string, batches: number): Promise<void> {
  const opened = { siteId, organisationId: 'o', name: siteId, country: 'JP', activities: ['refining'] };
  const events = [event('SiteOpened', opened)];
  for (let number = 0; number < batches; number++) {
    const content = { grossGrams: 10, contentGrams: { nickel: 1 }, origin: { kind: 'extracted' } };
    events.push(event('BatchRegistered', { batchId: `${siteId}-${number}`, material: 'nickel-ore', ...content }));
  }
  await store.append(siteStream(siteId), events, 'no-stream');
}

describe('Accounts in memory', () => {
  beforeEach(() => {
    store = new MemoryEventStore();
    count = 0;
  });

  it('are bounded by what they hold, and those used last are kept', async () => {
    for (const siteId of ['one', 'two', 'three']) await open(siteId, BATCHES);
    const one = new SiteAccounts(store, NO_SNAPSHOTS);
    await one.load('one');
    const { snapshotSize } = one.inMemory('one')!;
    expect(snapshotSize).toBeGreaterThan(BATCHES * 20);
    expect(snapshotSize).toBeLessThan(CACHED_BYTES / 1_000);
    const accounts = new SiteAccounts(store, NO_SNAPSHOTS, 10 * snapshotSize);
    for (const siteId of ['one', 'two', 'three']) await accounts.load(siteId);
    expect(accounts.kept).toBe(2);
    expect(['one', 'two', 'three'].filter((siteId) => accounts.inMemory(siteId))).toEqual(['two', 'three']);
  });

  it('keep one that is larger than all the room', async () => {
    for (const siteId of ['one', 'two']) await open(siteId, BATCHES);
    const accounts = new SiteAccounts(store, NO_SNAPSHOTS, 100);
    await accounts.load('one');
    expect(accounts.inMemory('one')).toBeDefined();
    await accounts.load('two');
    expect(accounts.kept).toBe(1);
  });

  it('are weighed anew as they grow', async () => {
    for (const siteId of ['small', 'growing']) await open(siteId, 1);
    const accounts = new SiteAccounts(store, NO_SNAPSHOTS, 10_000);
    for (const siteId of ['small', 'growing']) await accounts.load(siteId);
    expect(accounts.kept).toBe(2);
    // What became of it meanwhile, as commands leave it.
    await open('grown', BATCHES);
    const grown = await new SiteAccounts(store, NO_SNAPSHOTS).load('grown');
    const growing = accounts.inMemory('growing')!;
    growing.state = grown!.state;
    expect(accounts.snapshotDue('growing', growing)).toBeDefined();
    expect(accounts.kept).toBe(1);
    expect(accounts.inMemory('growing')).toBe(growing);
  });
});
