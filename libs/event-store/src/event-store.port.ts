import { type NewEvent, type StoredEvent } from './stored-event.js';
import { type StreamLimits } from './stream-finding.js';

/**
 * What the appender knows of the stream. `no-stream`: it must not exist yet; a bigint: the revision of its last event;
 * `any` is refused except for streams whose category is listed in {@link UNCHECKED_CATEGORIES}.
 */
export type ExpectedRevision = 'no-stream' | bigint | 'any';

/** Categories whose streams are plain journals: no decision depends on their revision. */
export const UNCHECKED_CATEGORIES: readonly string[] = ['checkpoint'];

export interface AppendResult {
  /** Revision of the last event appended. */
  readonly revision: bigint;
  /** Global position of each event, in the order given. */
  readonly positions: readonly bigint[];
  /** True when the events were already there, by their ids, and nothing was written. */
  readonly alreadyAppended: boolean;
}

/** An append to one stream that is wanted only together with others. */
export interface StreamAppend {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly expected: ExpectedRevision;
}

export interface ReadStreamOptions {
  readonly direction?: 'forwards' | 'backwards';
  /** First revision to read, inclusive. Default: the first (forwards) or the last (backwards). */
  readonly from?: bigint;
  /** Most events to read. Default: all. */
  readonly limit?: number;
}

export interface ReadAllOptions {
  /** The position of an event; those after it are read. Default: from the beginning. */
  readonly after?: bigint;
  /** Only streams of these categories (the stream's name up to its first `-`). Default: all. */
  readonly categories?: readonly string[];
  readonly limit?: number;
}

/** Records in log order, as their bytes are: many in one buffer, which costs a fraction of as many buffers. */
export interface RecordPage {
  /** One record after the other, with a zero byte between them: a leaf hash is over that byte and the record (RFC 6962 §2.1). */
  readonly bytes: Uint8Array;
  /** Where each record ends in `bytes`. */
  readonly ends: readonly number[];
  /** Position of the last one. */
  readonly through: bigint;
}

export interface ReadRecordsOptions {
  /** @see ReadAllOptions */
  readonly categories: readonly string[];
  /** Position of the last record to read. */
  readonly through: bigint;
}

/** An event's position in the log, and its id. */
export interface EventPlace {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  readonly eventId: string;
}

export interface SubscribeOptions {
  readonly after?: bigint;
  /** The event at `after`: a subscription that broke checks that it is still there before it resumes. */
  readonly last?: EventPlace;
  readonly categories?: readonly string[];
  /** Ends the subscription. */
  readonly signal: AbortSignal;
  /** Largest number of events handed over at once. */
  readonly batchSize?: number;
  /** Called when the subscription had to reconnect; must not throw. */
  readonly onReconnect?: (error: unknown, attempt: number) => void;
}

/** Reads records by their positions: in this process, some microseconds each. */
export interface RecordReader {
  /**
   * The RFC 8785 texts of the events at these positions, in this order.
   * @throws EventStoreError `store-corrupt` where there is no event, `history-changed`, `store-unavailable`, `store-closed`
   */
  recordsAt(positions: readonly bigint[]): string[];
}

export interface EventStore {
  /** Which engine this is, for logs and health. */
  readonly engine: 'memory' | 'sqlite' | 'eventstoredb';

  /**
   * Appends to one stream, all events or none, durable when it resolves.
   * @throws EventStoreError `revision-conflict` (with the actual revision), `event-id-reused` (an id is already in the log
   *   elsewhere or with other neighbours), `expected-revision-required`, `invalid-event`, `event-too-large`,
   *   `storage-full`, `store-failed`, `store-unavailable`, `store-closed`.
   */
  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult>;

  /**
   * Appends to several streams, each named once: all of it or nothing, one after the other in the log, durable when it
   * resolves. Not there on an engine that appends to one stream at a time (EventStoreDB).
   * @returns the result of each append; all of them say `alreadyAppended`, or none
   * @throws EventStoreError as {@link append}, for the first that is refused; `event-id-reused` also when some of the appends
   *   are in the log already and others are not
   */
  readonly appendTogether?: ((appends: readonly StreamAppend[]) => Promise<readonly AppendResult[]>) | undefined;

  /** Reads one stream; a stream that does not exist yields nothing. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent>;

  /** Which of these streams have an event. One query for all is cheaper than reading each. */
  existing(streams: readonly string[]): Promise<ReadonlySet<string>>;

  /**
   * The event with this id, as soon as its append has resolved. Not there on an engine without an index of ids
   * (EventStoreDB) and on a log that is open for reading only.
   */
  readonly byId?: ((eventId: string) => Promise<StoredEvent | undefined>) | undefined;

  /** Not there on an engine where each record would be a call to a server (EventStoreDB). */
  readonly records?: RecordReader | undefined;

  /** Reads the global order, up to the events that were there when the reading began. */
  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent>;

  /**
   * The records of the global order without their content, from the beginning. Not there on an engine that has events only
   * one by one.
   */
  readonly readRecords?: ((options: ReadRecordsOptions) => AsyncIterable<RecordPage>) | undefined;

  /**
   * Catches up from a position and continues live, in batches of at most `batchSize`, never empty, in global order. Pulls:
   * the next batch is read when the consumer asks for it. Reconnects by itself; ends when the signal aborts; throws
   * `store-closed` when the store is closed meanwhile, and `history-changed` when, after a broken connection, the last event
   * that it delivered is no longer where it was.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<readonly StoredEvent[]>;

  /** Position of the last event in the log, or undefined while it is empty. */
  head(): Promise<bigint | undefined>;

  /** The last event in the log, or undefined while it is empty: reading can only start after the position of an event. */
  last(): Promise<StoredEvent | undefined>;

  /** Whether the log still has an event where it was, even when its stream was truncated before it. */
  holds(place: EventPlace): Promise<boolean>;

  /**
   * Which events the metadata of the ledger's streams hide, from the beginning of the log and at each change.
   * Not there on an engine whose streams have no metadata.
   * @param options.follow continues until the signal aborts; otherwise ends at the end of the log.
   */
  readonly limits?:
    ((options: { readonly follow: boolean; readonly signal?: AbortSignal }) => AsyncIterable<StreamLimits>) | undefined;

  /** Resolves if the store can take appends now. @throws EventStoreError otherwise. */
  ping(): Promise<void>;

  /**
   * Ends everything that waits for an unreachable server, with `store-unavailable` or `store-closed`, and stops retrying: to
   * be called before {@link close} when closing must not take long. Absent on an engine that never waits.
   */
  readonly giveUp?: (() => void) | undefined;

  /** Waits for appends under way, then releases the store. */
  close(): Promise<void>;
}

/** The part of a stream's name before its first `-`. */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
}
