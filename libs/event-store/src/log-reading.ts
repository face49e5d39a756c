import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ReadAllOptions, type SubscribeOptions } from './event-store.port.js';
import { type StoredEvent } from './stored-event.js';

/** Most events a store reads in one go, before others get their turn: a millisecond or two of work. */
export const READ_PAGE_EVENTS = 500;

/** A piece of the global order. */
export interface LogPage {
  readonly events: readonly StoredEvent[];
  /** The last position that was looked at, also where no event of the categories was found; undefined: none is left. */
  readonly through: bigint | undefined;
}

/** What an embedded log offers to the readers of its global order. Both calls answer at once, from the committed log. */
export interface PagedLog {
  head(): bigint | undefined;
  /** Events after `after` (from the beginning when undefined), at most `limit`. May end early, to bound the time of one call. */
  page(after: bigint | undefined, categories: readonly string[] | undefined, limit: number): LogPage;
  /** Resolves when the log has grown, or when the signal aborts. */
  grown(signal: AbortSignal): Promise<void>;
}

/** {@link EventStore.readAll} over pages. */
export async function* readPages(log: PagedLog, options: ReadAllOptions): AsyncGenerator<StoredEvent> {
  const last = log.head();
  let after = options.after;
  let left = options.limit ?? Infinity;
  while (last !== undefined && left > 0 && (after === undefined || after < last)) {
    const page = log.page(after, options.categories, Math.min(left, READ_PAGE_EVENTS));
    for (const event of page.events) {
      if (event.position > last) return;
      yield event;
      left--;
    }
    if (page.through === undefined) return;
    after = page.through;
    await nextTurn();
  }
}

/**
 * {@link EventStore.subscribe} over pages. Between an empty page and the wait nothing else runs, so no append can slip
 * between them unseen.
 */
export async function* followPages(log: PagedLog, options: SubscribeOptions): AsyncGenerator<readonly StoredEvent[]> {
  const { signal, categories, batchSize = READ_PAGE_EVENTS } = options;
  let after = options.after;
  while (!signal.aborted) {
    const page = log.page(after, categories, batchSize);
    if (page.through === undefined) {
      await log.grown(signal);
      continue;
    }
    after = page.through;
    if (page.events.length > 0) yield page.events;
    else await nextTurn();
  }
}
