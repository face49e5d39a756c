/**
 * Why the store refused. `revision-conflict` is for the caller to resolve, `event-id-reused`, `expected-revision-required`,
 * `stream-altered` says that others have changed the stream, `history-changed` the log (or that it is another one);
 * `invalid-event` and `event-too-large` are mistakes of the caller; the rest are conditions of the store.
 */
export type EventStoreErrorCode =
  | 'revision-conflict'
  | 'event-id-reused'
  | 'expected-revision-required'
  | 'invalid-event'
  | 'event-too-large'
  | 'storage-full'
  | 'store-corrupt'
  | 'store-locked'
  | 'store-failed'
  | 'store-unavailable'
  | 'store-closed'
  | 'history-changed'
  | 'stream-altered';

export class EventStoreError extends Error {
  override readonly name = 'EventStoreError';

  constructor(
    readonly code: EventStoreErrorCode,
    message: string,
    /** Of a `revision-conflict`: the stream's last revision, undefined when the stream does not exist. */
    readonly actualRevision?: bigint,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
