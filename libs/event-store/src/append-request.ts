import { frameRecord, type RecordFrame } from './canonical-record.js';
import { EventStoreError } from './event-store-error.js';
import {
  type AppendResult,
  categoryOf,
  type ExpectedRevision,
  type StreamAppend,
  UNCHECKED_CATEGORIES,
} from './event-store.port.js';
import { type NewEvent } from './stored-event.js';

/**
 * Largest record, in bytes of its canonical JSON without the revision. Custody events are a few hundred bytes, the largest
 * (a transformation of thousands of batches) some hundred thousand: four million leave room, and keep a page of reads,
 * a group of appends and a gRPC message of the distributed store within memory.
 */
export const MAX_EVENT_BYTES = 4 * 1024 * 1024;

/** Lower case only: the distributed store gives ids back in lower case, and the record's bytes must not differ. */
const EVENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An append that has passed every check that can be made without the log. */
export interface AppendRequest {
  readonly stream: string;
  readonly category: string;
  readonly ids: readonly string[];
  readonly frames: readonly RecordFrame[];
  readonly expected: ExpectedRevision;
  /** Upper bound of the bytes of all records together, good enough to size groups. */
  readonly bytes: number;
}

/**
 * Checks what every adapter must check before it looks at the log, so that all refuse in the same way.
 * @throws EventStoreError `expected-revision-required`, `invalid-event`, `event-too-large`, `event-id-reused` (an id twice
 *   in one append).
 */
export function appendRequest(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): AppendRequest {
  const category = categoryOf(stream);
  requireExpectation(category, expected);
  if (stream === '' || category === '')
    throw new EventStoreError('invalid-event', 'a stream needs a name and a category');
  if (events.length === 0) throw new EventStoreError('invalid-event', 'an append needs at least one event');
  const ids = events.map((event) => event.id);
  if (ids.length > 1 && new Set(ids).size < ids.length) {
    throw new EventStoreError('event-id-reused', `one append to ${stream} names the same event id twice`);
  }
  const frames: RecordFrame[] = [];
  let bytes = 0;
  for (const event of events) {
    const frame = checkedFrame(stream, event);
    bytes += checkedBytes(stream, event, frame);
    frames.push(frame);
  }
  return { stream, category, ids, frames, expected, bytes };
}

/**
 * {@link appendRequest} of each of several appends that go into the log together.
 * @throws EventStoreError as it; `invalid-event` when there are none or a stream is named twice
 */
export function requestsTogether(appends: readonly StreamAppend[]): AppendRequest[] {
  if (appends.length === 0) throw new EventStoreError('invalid-event', 'nothing is to be appended');
  const requests = appends.map(({ stream, events, expected }) => appendRequest(stream, events, expected));
  if (new Set(appends.map(({ stream }) => stream)).size < appends.length) {
    throw new EventStoreError('invalid-event', 'appends that belong together name the same stream twice');
  }
  const ids = requests.flatMap((request) => request.ids);
  if (new Set(ids).size < ids.length) {
    throw new EventStoreError('event-id-reused', 'appends that belong together name the same event id twice');
  }
  return requests;
}

function requireExpectation(category: string, expected: ExpectedRevision): void {
  if (expected === 'no-stream' || typeof expected === 'bigint') return;
  if (expected === 'any' && UNCHECKED_CATEGORIES.includes(category)) return;
  throw new EventStoreError(
    'expected-revision-required',
    `an append to category "${category}" must say what it expects of the stream`,
  );
}

function checkedFrame(stream: string, event: NewEvent): RecordFrame {
  if (!EVENT_ID.test(event.id)) {
    throw new EventStoreError('invalid-event', `"${event.id}" is not a UUID in lower case`);
  }
  if (event.type === '') throw new EventStoreError('invalid-event', `event ${event.id} has no type`);
  try {
    return frameRecord(stream, event);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EventStoreError('invalid-event', `event ${event.id} is not canonical JSON: ${why}`, undefined, { cause });
  }
}

function checkedBytes(stream: string, event: NewEvent, frame: RecordFrame): number {
  const units = frame.beforeRevision.length + frame.afterRevision.length;
  const mostBytes = units * 3; // UTF-8 never takes more than three bytes for a UTF-16 unit
  if (mostBytes <= MAX_EVENT_BYTES) return mostBytes;
  const bytes = Buffer.byteLength(frame.beforeRevision) + Buffer.byteLength(frame.afterRevision);
  if (bytes > MAX_EVENT_BYTES) {
    throw new EventStoreError(
      'event-too-large',
      `event ${event.id} for ${stream} has ${bytes} bytes, ${MAX_EVENT_BYTES} at most`,
    );
  }
  return bytes;
}

/** Where the log holds an event. */
export interface Placement {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
}

/**
 * Compares the ids of an append with the log before its expected revision is checked, so that a retry is answered with the
 * result of the first attempt although the stream has moved on since.
 * @param placements where the log holds each of `ids`, undefined where it does not.
 * @returns undefined when all are new.
 * @throws EventStoreError `event-id-reused` when some are new and some are not, or they are elsewhere or in another order.
 */
export function earlierAppend(
  stream: string,
  ids: readonly string[],
  placements: readonly (Placement | undefined)[],
): AppendResult | undefined {
  const first = placements[0];
  if (first === undefined && placements.every((placement) => placement === undefined)) return undefined;
  const positions: bigint[] = [];
  for (let index = 0; index < placements.length; index++) {
    const placement = placements[index];
    const consecutive =
      first !== undefined &&
      placement !== undefined &&
      placement.stream === stream &&
      placement.revision === first.revision + BigInt(index);
    if (!consecutive) throw reused(stream, ids, placements);
    positions.push(placement.position);
  }
  return { revision: first!.revision + BigInt(ids.length - 1), positions, alreadyAppended: true };
}

/**
 * {@link earlierAppend} for appends that belong together.
 * @param placementOf where the log holds the event with this id
 * @throws EventStoreError `event-id-reused` also when some of the appends are in the log and others are not
 */
export function earlierAppends(
  requests: readonly AppendRequest[],
  placementOf: (id: string) => Placement | undefined,
): AppendResult[] | undefined {
  const found: AppendResult[] = [];
  for (const { stream, ids } of requests) {
    const earlier = earlierAppend(stream, ids, ids.map(placementOf));
    if (earlier) found.push(earlier);
  }
  if (found.length === 0) return undefined;
  if (found.length === requests.length) return found;
  const { stream } = requests[0]!;
  throw new EventStoreError('event-id-reused', `some of what was to be appended with ${stream} is in the log already`);
}

function reused(
  stream: string,
  ids: readonly string[],
  placements: readonly (Placement | undefined)[],
): EventStoreError {
  const index = placements.findIndex((placement) => placement !== undefined);
  const placement = placements[index]!;
  return new EventStoreError(
    'event-id-reused',
    `event ${ids[index]} is already in the log, in ${placement.stream} at revision ${placement.revision}, ` +
      `and not as part of this append to ${stream}`,
  );
}

/** @throws EventStoreError `revision-conflict` when the stream's last revision is not the expected one. */
export function requireRevision(request: AppendRequest, actual: bigint | undefined): void {
  const { expected, stream } = request;
  if (expected === 'any') return;
  if (expected === 'no-stream' ? actual === undefined : actual === expected) return;
  throw new EventStoreError(
    'revision-conflict',
    `${stream} was expected ${expected === 'no-stream' ? 'not to exist' : `at revision ${expected}`} but ` +
      `${actual === undefined ? 'does not exist' : `is at revision ${actual}`}`,
    actual,
  );
}
