import { type StoredEvent } from './stored-event.js';

/**
 * What is wrong with a stream of the ledger on a server to which others can write too.
 * - `not-json`: a record that is no JSON object; `foreign-event`: one that the ledger cannot have written;
 * - `unsigned-key-event`: it issues or revokes a key, and the log's key has not signed it;
 * - `tombstone`: the stream was deleted for ever; `soft-deleted`: until the next append to it;
 * - `truncated`, `max-count`, `max-age`: its metadata hide events of it.
 */
export type StreamFindingKind =
  | 'not-json'
  | 'foreign-event'
  | 'unsigned-key-event'
  | 'tombstone'
  | 'soft-deleted'
  | 'truncated'
  | 'max-count'
  | 'max-age';

/** Something in a stream of the ledger that the ledger cannot have written. Reads of the log skip it. */
export interface StreamFinding {
  readonly stream: string;
  readonly kind: StreamFindingKind;
  /** Of the record; for a limit: of the metadata event, in `$$` plus the stream's name. */
  readonly revision: bigint;
  /** Of the record in the log. */
  readonly position: bigint;
  /** In words, without the stream's name. */
  readonly detail: string;
}

/** What the metadata of a stream say from a position on. */
export interface StreamLimits {
  readonly stream: string;
  readonly position: bigint;
  /** Empty: they no longer hide anything. */
  readonly findings: readonly StreamFinding[];
}

/** Which streams of a server, which may hold those of other applications too, are the ledger's. */
export interface LedgerStreams {
  /** Prefix of their names on the server, not part of their names in the ledger; may be empty. */
  readonly prefix: string;
  /** The categories of its streams. */
  readonly categories: readonly string[];
  /** Why the ledger cannot have written an event; undefined: it can. */
  readonly foreign: (event: StoredEvent) => string | undefined;
  /** Called for each such record that a read skips, possibly more than once. Must not throw. */
  readonly found?: (finding: StreamFinding) => void;
}
