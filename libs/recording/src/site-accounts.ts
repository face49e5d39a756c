import { LRUCache } from 'lru-cache';
import {
  ACCOUNT_SNAPSHOT_VERSION,
  accountFromSnapshot,
  evolveAccount,
  initialAccount,
  NO_REVISION,
  snapshotOf,
  type AccountSnapshot,
  type SiteAccount,
} from '#custody';
import { type EventStore } from '#event-store';
import { type SnapshotStore } from './ports.js';
import { foldAccount, siteEvent } from './fold-account.js';
import { siteStream } from './stream-names.js';

/** Accounts kept in memory; a further one is loaded from its snapshot and the stream's tail. */
const CACHED_ACCOUNTS = 5_000;
/** Bytes of accounts kept in memory, as far as their snapshots tell; one account is kept however large it is. */
export const CACHED_BYTES = 256 * 1024 * 1024;
/** An account takes about this many times as many bytes in memory as its snapshot has as text. */
const BYTES_PER_SNAPSHOT_BYTE = 4;
/** Bytes of an empty account. */
const LEAST_BYTES = 2_048;
/** A cold load of a small account reads at most about this many events after the snapshot. */
const EVENTS_PER_SNAPSHOT = 500;
/**
 * An account whose snapshot has more than this many bytes per event is saved less often, so that snapshots cost each command
 * at most this many bytes. Beyond that, reading the snapshot takes a cold load longer than folding the events.
 */
const SNAPSHOT_BYTES_PER_EVENT = 250;

/** An account in memory, with what is known of how far its stream stands behind it. */
export interface OpenAccount {
  /** While an append of its site is in progress, it is ahead of the store by that append. */
  state: SiteAccount;
  /** Up to which revision the read model's index of events is known to have the stream. */
  indexedThrough: bigint;
  snapshotAt: bigint;
  /** Events until the next snapshot. */
  snapshotAfter: bigint;
  /** Characters of the last snapshot. */
  snapshotSize: number;
}

/** The custody accounts of the sites: a cache over `site-{id}`, rebuilt from the stream whenever in doubt. */
export class SiteAccounts {
  readonly #open: LRUCache<string, OpenAccount>;
  readonly #loading = new Map<string, Promise<OpenAccount | undefined>>();

  readonly #store: EventStore;
  readonly #snapshots: SnapshotStore;

  constructor(store: EventStore, snapshots: SnapshotStore, cachedBytes = CACHED_BYTES) {
    this.#store = store;
    this.#snapshots = snapshots;
    this.#open = new LRUCache({
      max: CACHED_ACCOUNTS,
      maxSize: cachedBytes,
      // Otherwise an account larger than the whole limit would never be kept, and be loaded for every command.
      sizeCalculation: ({ snapshotSize }) =>
        Math.min(cachedBytes, LEAST_BYTES + BYTES_PER_SNAPSHOT_BYTE * snapshotSize),
    });
  }

  /** How many are in memory. */
  get kept(): number {
    return this.#open.size;
  }

  /** @returns undefined when it has to be loaded */
  inMemory(siteId: string): OpenAccount | undefined {
    return this.#open.get(siteId);
  }

  /** @returns undefined when the site was never opened. */
  async load(siteId: string): Promise<OpenAccount | undefined> {
    const cached = this.#open.get(siteId);
    if (cached) return cached;
    const underWay = this.#loading.get(siteId);
    if (underWay) return underWay;
    const loading = this.#read(siteId).finally(() => this.#loading.delete(siteId));
    this.#loading.set(siteId, loading);
    const account = await loading;
    if (account) this.#open.set(siteId, account);
    return account;
  }

  /** Drops what is in memory: an append failed, so the state may hold what the log does not. */
  forget(siteId: string, account: OpenAccount): void {
    if (this.#open.peek(siteId) === account) this.#open.delete(siteId);
  }

  /** True when the log holds nothing that this account has not seen: only then may it refuse. */
  async isCurrent(siteId: string, account: OpenAccount): Promise<boolean> {
    for await (const event of this.#store.readStream(siteStream(siteId), { direction: 'backwards', limit: 1 })) {
      return event.revision <= account.state.revision;
    }
    return true;
  }

  /**
   * Captures the state now if a snapshot is due. Save it after the append that led to it is acknowledged: by then all
   * earlier appends are acknowledged too.
   */
  snapshotDue(siteId: string, account: OpenAccount): (() => Promise<void>) | undefined {
    const { revision } = account.state;
    if (revision - account.snapshotAt < account.snapshotAfter) return undefined;
    account.snapshotAt = revision;
    const state = JSON.stringify(snapshotOf(account.state));
    account.snapshotAfter = eventsPerSnapshot(state.length);
    account.snapshotSize = state.length;
    this.#weighAnew(siteId, account);
    return () => this.#snapshots.save(siteId, revision, ACCOUNT_SNAPSHOT_VERSION, state);
  }

  /** Accounts grow in place: the size recorded when an account was put in counts until it is put in again. */
  #weighAnew(siteId: string, account: OpenAccount): void {
    if (this.#open.peek(siteId) !== account) return;
    this.#open.delete(siteId);
    this.#open.set(siteId, account);
  }

  async #read(siteId: string): Promise<OpenAccount | undefined> {
    const snapshot = await this.#snapshots.load(siteId, ACCOUNT_SNAPSHOT_VERSION);
    let state = snapshot ? accountFromSnapshot(JSON.parse(snapshot.state) as AccountSnapshot) : initialAccount();
    let count = 0;
    const from = snapshot ? snapshot.revision + 1n : 0n;
    for await (const event of this.#store.readStream(siteStream(siteId), { from })) {
      if (event.type === 'RecordCorrected') return this.#refold(siteId);
      state = evolveAccount(state, siteEvent(event));
      count++;
    }
    if (!snapshot && count === 0) return undefined;
    const account = {
      state,
      indexedThrough: NO_REVISION,
      snapshotAt: snapshot?.revision ?? NO_REVISION,
      snapshotAfter: eventsPerSnapshot(snapshot?.state.length ?? 0),
      snapshotSize: snapshot?.state.length ?? 0,
    };
    await this.snapshotDue(siteId, account)?.();
    return account;
  }

  /** A correction changes what was folded before it. */
  async #refold(siteId: string): Promise<OpenAccount> {
    const state = await foldAccount(this.#store, siteId);
    const account = { state, indexedThrough: NO_REVISION, snapshotAt: NO_REVISION, snapshotAfter: 0n, snapshotSize: 0 };
    await this.snapshotDue(siteId, account)?.();
    return account;
  }
}

function eventsPerSnapshot(bytes: number): bigint {
  return BigInt(Math.max(EVENTS_PER_SNAPSHOT, Math.ceil(bytes / SNAPSHOT_BYTES_PER_EVENT)));
}
