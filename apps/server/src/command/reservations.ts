import { Inject, Injectable } from '@nestjs/common';
import {
  usesReservation,
  type EventMetadata,
  type IdReserved,
  type ReservedKind,
  type ReservedId as ReservableId,
  type SiteEvent,
} from '#custody';
import { EventStoreError, type EventStore, type JsonObject, type StoredEvent } from '#event-store';
import { EVENT_STORE } from './event-store.token.js';
import { eventIdOf } from './identity.js';
import { reservationStream, siteStream } from './stream-names.js';

/** Ids found free ahead that are remembered: those of a few streams of commands. A forgotten one is looked for again. */
const MOST_FOUND_FREE = 10_000;

/** Where an id stands: whose it is, and the event that used it, if any did. */
export interface ReservedId {
  readonly siteId: string;
  readonly use: StoredEvent | undefined;
  /** The last revision of the site's stream that was looked at for a use. */
  readonly searchedTo: bigint;
}

/**
 * `fresh`: nobody can have used it. A revision: reserved before by the same site, and not used up to there, so the use
 * must be appended behind no later revision than that. `taken`: another site's, or used.
 */
export type Taking = 'fresh' | 'taken' | bigint;

/**
 * Ids that are unique in the whole ledger, on stores that append to one stream at a time (`docs/decisions`).
 *
 * An id belongs for ever to the site that reserved it first, by a stream of its own that must not exist yet; whether it
 * was *used* is decided by that site's own stream. A crash between the two leaves a reservation that its site can still
 * use, and no race lets two sites use one id.
 */
@Injectable()
export class Reservations {
  /** Streams of the ids that are being taken now. */
  readonly #beingTaken = new Set<string>();
  /** Streams that were looked for ahead of the commands that take their ids, and not found; each serves one command. */
  #foundFree = new Set<string>();

  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  /** Whether nobody has reserved any of them, or is about to here: a race with another server may still be lost. */
  async areFree(ids: readonly ReservableId[]): Promise<boolean> {
    if (this.wereFoundFree(ids)) return true;
    const streams = ids.map(({ kind, id }) => reservationStream(kind, id));
    if (streams.some((stream) => this.#beingTaken.has(stream))) return false;
    return (await this.store.existing(streams)).size === 0;
  }

  /**
   * Looks for many ids at once that the next commands will take: what is found free then need not be looked for again.
   * Between now and then another may take it, which taking it tells.
   */
  async lookAhead(ids: readonly ReservableId[]): Promise<void> {
    if (ids.length === 0) return;
    const streams = new Set(ids.map(({ kind, id }) => reservationStream(kind, id)));
    const existing = await this.store.existing([...streams]);
    if (this.#foundFree.size + streams.size > MOST_FOUND_FREE) this.#foundFree = new Set();
    for (const stream of streams) if (!existing.has(stream)) this.#foundFree.add(stream);
  }

  /** Whether all were found free ahead, and nobody here has taken them since. For each of them, that is told once. */
  wereFoundFree(ids: readonly ReservableId[]): boolean {
    let free = true;
    for (const { kind, id } of ids) {
      const stream = reservationStream(kind, id);
      if (!this.#foundFree.delete(stream) || this.#beingTaken.has(stream)) free = false;
    }
    return free;
  }

  async locate(kind: ReservedKind, id: string): Promise<ReservedId | undefined> {
    for await (const reserved of this.store.readStream(reservationStream(kind, id), {
      direction: 'backwards',
      limit: 1,
    })) {
      const { siteId, afterRevision } = reserved.data as unknown as IdReserved;
      return { siteId, ...(await this.#useIn(siteId, BigInt(afterRevision), kind, id)) };
    }
    return undefined;
  }

  /** Takes an id for a site whose stream is at `afterRevision`. */
  async take(
    kind: ReservedKind,
    id: string,
    siteId: string,
    afterRevision: bigint,
    metadata: EventMetadata,
  ): Promise<Taking> {
    const data: IdReserved = { kind, id, siteId, afterRevision: String(afterRevision) };
    const stream = reservationStream(kind, id);
    const event = {
      id: eventIdOf(metadata.commandId, `${kind} ${id}`),
      type: 'IdReserved',
      data: data as unknown as JsonObject,
      metadata: unsigned(metadata) as unknown as JsonObject,
    };
    this.#beingTaken.add(stream);
    this.#foundFree.delete(stream);
    try {
      const { alreadyAppended } = await this.store.append(stream, [event], 'no-stream');
      if (!alreadyAppended) return 'fresh';
    } catch (error) {
      if (
        !(error instanceof EventStoreError) ||
        (error.code !== 'revision-conflict' && error.code !== 'event-id-reused')
      )
        throw error;
    } finally {
      this.#beingTaken.delete(stream);
    }
    const located = await this.locate(kind, id);
    return located?.siteId === siteId && located.use === undefined ? located.searchedTo : 'taken';
  }

  async #useIn(
    siteId: string,
    after: bigint,
    kind: ReservedKind,
    id: string,
  ): Promise<Pick<ReservedId, 'use' | 'searchedTo'>> {
    let searchedTo = after;
    for await (const event of this.store.readStream(siteStream(siteId), { from: after + 1n })) {
      searchedTo = event.revision;
      if (usesReservation(event as unknown as SiteEvent, kind, id)) return { use: event, searchedTo };
    }
    return { use: undefined, searchedTo };
  }
}

/** A signature is kept once, with the event that uses the ids: a transformation may take a thousand. */
function unsigned(metadata: EventMetadata): EventMetadata {
  if (metadata.signature === undefined) return metadata;
  const copy = { ...metadata };
  delete copy.signature;
  return copy;
}
