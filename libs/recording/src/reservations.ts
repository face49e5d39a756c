import { usesReservation, type EventMetadata, type IdReserved, type ReservedKind, type SiteEvent } from '#custody';
import { EventStoreError, type EventStore, type StoredEvent } from '#event-store';
import { newReservation } from './new-events.js';
import { reservationStream, siteStream } from './stream-names.js';

/** Where an id stands: whose it is, and the event that used it, if any did. */
interface ReservedId {
  readonly siteId: string;
  readonly use: StoredEvent | undefined;
  /** The last revision of the site's stream that was looked at for a use. */
  readonly searchedTo: bigint;
}

/**
 * `fresh`: reserved just now, so nobody can have used it. A revision: the same site had reserved it before and had not used
 * it up to that revision, so the event that uses it must be appended directly after that revision. `taken`: reserved by
 * another site, or used.
 */
type Taking = 'fresh' | 'taken' | bigint;

/**
 * Ids that are unique in the whole ledger, on stores that append to one stream at a time, and on others where an id is not
 * free (`docs/decisions`).
 *
 * An id belongs permanently to the site that reserved it first. The reservation is the first event of a stream named after
 * the id, and whether the id was *used* is decided by the site's own stream. A crash between the two leaves a reservation
 * that its site can still use, and no race lets two sites use one id.
 */
export class Reservations {
  readonly #store: EventStore;

  constructor(store: EventStore) {
    this.#store = store;
  }

  async locate(kind: ReservedKind, id: string): Promise<ReservedId | undefined> {
    for await (const reserved of this.#store.readStream(reservationStream(kind, id), {
      direction: 'backwards',
      limit: 1,
    })) {
      const { siteId, afterRevision } = reserved.data as unknown as IdReserved;
      return { siteId, ...(await this.#useIn(siteId, BigInt(afterRevision), kind, id)) };
    }
    return undefined;
  }

  /**
   * Takes an id for a site.
   * @param afterRevision of the site's last event in the log: the event that uses the id can only come after it
   */
  async take(
    kind: ReservedKind,
    id: string,
    siteId: string,
    afterRevision: bigint,
    metadata: EventMetadata,
  ): Promise<Taking> {
    const { stream, event } = newReservation({ kind, id, siteId, afterRevision: String(afterRevision) }, metadata);
    try {
      const { alreadyAppended } = await this.#store.append(stream, [event], 'no-stream');
      if (!alreadyAppended) return 'fresh';
    } catch (error) {
      if (
        !(error instanceof EventStoreError) ||
        (error.code !== 'revision-conflict' && error.code !== 'event-id-reused')
      )
        throw error;
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
    for await (const event of this.#store.readStream(siteStream(siteId), { from: after + 1n })) {
      searchedTo = event.revision;
      if (usesReservation(event as unknown as SiteEvent, kind, id)) return { use: event, searchedTo };
    }
    return { use: undefined, searchedTo };
  }
}
