import { type EventStoreDBClient, type StreamingRead } from '@eventstore/db-client';
import { EventStoreError } from '../event-store-error.js';
import { AttemptTimeout } from './client-errors.js';
import { leaver } from './connection.js';
import { SilenceWatch, type Timing } from './timing.js';

/** The settings of a reading. */
export interface ReadingConditions {
  readonly client: EventStoreDBClient;
  readonly timing: Timing;
  /** Aborts when the store is closed. */
  readonly closing: AbortSignal;
}

/**
 * What the server sends, until the reader has enough; then the call is cancelled, which the client alone would leave open.
 * Fails if nothing arrives within the time of an attempt: a suspended node accepts calls and never answers.
 */
export async function* pulled<T>(
  { client, timing, closing }: ReadingConditions,
  read: () => StreamingRead<T>,
): AsyncGenerator<T> {
  if (closing.aborted) throw closed();
  const leave = leaver(client);
  const reading = read();
  const watch = new SilenceWatch(timing.attemptMs, () => {
    leave();
    reading.destroy(new AttemptTimeout('no answer'));
  });
  const stop = (): void => void reading.destroy(closed());
  // Nothing else handles an error that is emitted beside the iteration, or after it.
  reading.on('error', () => undefined);
  closing.addEventListener('abort', stop);
  let finished = false;
  try {
    watch.expect();
    for await (const item of reading as AsyncIterable<T>) {
      watch.heard();
      yield item;
      watch.expect();
    }
    finished = true;
  } finally {
    watch.end();
    closing.removeEventListener('abort', stop);
    const cancelled = finished ? undefined : reading.cancel().catch(() => undefined);
    // A call whose node is still being looked for is cancelled when there is one.
    if (!watch.silent) await cancelled;
  }
}

export function closed(): EventStoreError {
  return new EventStoreError('store-closed', 'the event store is closed');
}
