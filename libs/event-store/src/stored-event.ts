/** Any JSON value the ledger stores: floats never occur (integers only), see `domain.md`. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** An event that is about to be appended. */
export interface NewEvent {
  /** UUID. Appends are idempotent by it. */
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
}

/** An event as the log holds it. */
export interface StoredEvent extends NewEvent {
  readonly stream: string;
  /** 0-based index within the stream. */
  readonly revision: bigint;
  /** Place in the store's global order: strictly increasing, not necessarily dense. */
  readonly position: bigint;
  /** RFC 8785 bytes of `{ data, id, metadata, revision, stream, type }`: what is hashed. */
  readonly record: Uint8Array;
}
