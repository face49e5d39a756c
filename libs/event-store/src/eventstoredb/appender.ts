import {
  type AppendResult as ClientAppendResult,
  type EventStoreDBClient,
  type AppendExpectedRevision,
  ErrorType,
  jsonEvent,
  NO_STREAM,
} from '@eventstore/db-client';
import { LRUCache } from 'lru-cache';
import { type AppendRequest, earlierAppend, type Placement } from '../append-request.js';
import { EventStoreError } from '../event-store-error.js';
import { type AppendResult, type ExpectedRevision } from '../event-store.port.js';
import { type NewEvent } from '../stored-event.js';
import { BatchAppends } from './batch-appends.js';
import { AttemptTimeout, isOfType } from './client-errors.js';
import { type LogReader } from './log-reader.js';
import { NO_POSITION } from './recorded-event.js';
import { isNodeKnown } from './connection.js';
import { Retrying } from './retrying.js';
import { requireVersion } from './server-version.js';
import { type ServerStreams } from './server-streams.js';
import { type Timing, within } from './timing.js';

/** Remembered ids of events that this process appended, with their positions: some 20 megabytes. */
const REMEMBERED_IDS = 65_536;

/** Larger appends have a call of their own, so that others need not wait behind them. */
const LARGEST_SHARED_BYTES = 512 * 1024;

/**
 * Appends with the caller's ids, retrying until the server has answered.
 *
 * What the server does with ids: after an exact expected revision it compares the ids of the events there, for ever, so a
 * retry with the same expectation is answered like the first attempt. It has no index of ids. The reuse of an id with another
 * expectation, or in another stream, is noticed here only as long as the id is among the {@link REMEMBERED_IDS} of this
 * process.
 */
export class Appender {
  readonly #placements = new LRUCache<string, Placement>({ max: REMEMBERED_IDS });
  readonly #batches: BatchAppends;

  readonly #client: EventStoreDBClient;
  readonly #reader: LogReader;
  readonly #streams: ServerStreams;
  readonly #timing: Timing;
  readonly #signal: AbortSignal;

  constructor(
    client: EventStoreDBClient,
    reader: LogReader,
    streams: ServerStreams,
    timing: Timing,
    signal: AbortSignal,
  ) {
    this.#client = client;
    this.#reader = reader;
    this.#streams = streams;
    this.#timing = timing;
    this.#signal = signal;
    this.#batches = new BatchAppends(client, timing.attemptMs, signal, () => reader.sameLog.broke());
  }

  async append(request: AppendRequest, events: readonly NewEvent[]): Promise<AppendResult> {
    const remembered = request.ids.some((id) => this.#placements.has(id)) && (await this.#rememberedAppend(request));
    if (remembered) return remembered;
    const written = await this.#write(request, events);
    if ('conflict' in written) return this.#earlierOrConflict(request, written.conflict);
    const { revision, positions } = written;
    for (const [index, id] of request.ids.entries()) {
      const position = positions[index]!;
      this.#placements.set(id, {
        stream: request.stream,
        revision: firstOf(request, revision) + BigInt(index),
        position,
      });
    }
    const last = this.#placements.get(request.ids.at(-1)!);
    if (last) this.#reader.sameLog.acknowledged({ ...last, eventId: request.ids.at(-1)! });
    return written;
  }

  /** @throws EventStoreError `event-id-reused`. */
  async #rememberedAppend({ stream, ids }: AppendRequest): Promise<AppendResult | undefined> {
    const placements = ids.map((id) => this.#placements.get(id));
    const index = placements.findIndex((placement) => placement !== undefined);
    if (index < 0) return undefined;
    const known = placements[index]!;
    const first = known.revision - BigInt(index);
    if (known.stream !== stream || first < 0n) return earlierAppend(stream, ids, placements);
    return earlierAppend(stream, ids, await this.#placementsFrom(stream, first, ids));
  }

  async #write(
    request: AppendRequest,
    events: readonly NewEvent[],
  ): Promise<AppendResult | { readonly conflict: EventStoreError }> {
    const { stream, expected } = request;
    // The server does not say whether it wrote: anything beyond what was known before was written since.
    const floor = this.#reader.seen ?? (await this.#reader.lastSeen());
    const retrying = new Retrying(`append to ${stream}`, this.#timing, this.#signal);
    for (let shared = request.bytes <= LARGEST_SHARED_BYTES; ; shared = false) {
      try {
        const answer = await this.#attempt(stream, events, expected, shared);
        const positions = this.#onlyPosition(request, answer) ?? (await this.#positionsOf(request, answer));
        return { revision: answer.nextExpectedRevision, positions, alreadyAppended: positions.at(-1)! <= floor };
      } catch (error) {
        if (isOfType(error, ErrorType.WRONG_EXPECTED_VERSION)) {
          return { conflict: conflictOf(stream, expected, error.actualVersion, error) };
        }
        this.#reader.sameLog.broke();
        await retrying.after(error);
      }
    }
  }

  /** @param shared over the call that appends share, unless it is refused there */
  async #attempt(
    stream: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
    shared: boolean,
  ): Promise<ClientAppendResult> {
    const { attemptMs } = this.#timing;
    // Every promise saved per append is noticeable in a stream of appends.
    if (!isNodeKnown(this.#client)) await requireVersion(this.#client, attemptMs);
    if (!this.#reader.sameLog.isCertain) await this.#reader.sameLog.require();
    if (shared && expected !== 'any') {
      const answer = await this.#batches.append({ stream: this.#streams.nameOf(stream), events, expected });
      if (answer !== undefined) return answer;
    }
    // The client's deadline starts only once it has found a node, which can take too long.
    const appending = this.#client.appendToStream(
      this.#streams.nameOf(stream),
      events.map(({ id, type, data, metadata }) => jsonEvent({ id, type, data, metadata })),
      { expectedRevision: expectedRevisionOf(expected), deadline: attemptMs, requiresLeader: true },
    );
    return within(2 * attemptMs, appending, () => new AttemptTimeout('no answer'));
  }

  /** The server gives the position of the last event. */
  #onlyPosition({ ids }: AppendRequest, answer: ClientAppendResult): bigint[] | undefined {
    const position = answer.position?.commit;
    if (ids.length > 1 || position === undefined || position === NO_POSITION) return undefined;
    this.#reader.saw(position);
    return [position];
  }

  /** Each event has its own, with those of other streams and the sizes of records in between, so they are read back. */
  async #positionsOf(request: AppendRequest, answer: ClientAppendResult): Promise<bigint[]> {
    const { stream, ids } = request;
    const placements = await this.#placementsFrom(stream, firstOf(request, answer.nextExpectedRevision), ids);
    return placements.map((placement) => {
      if (placement) return placement.position;
      throw new EventStoreError('store-corrupt', `${stream} does not hold the events whose append was acknowledged`);
    });
  }

  /** The server compares ids only from the first expected one on, and not after it has been told of a crossing append. */
  async #earlierOrConflict(request: AppendRequest, conflict: EventStoreError): Promise<AppendResult> {
    const { expected, ids, stream } = request;
    if (conflict.actualRevision !== undefined && expected !== 'any') {
      const first = expected === 'no-stream' ? 0n : expected + 1n;
      const earlier = earlierAppend(stream, ids, await this.#placementsFrom(stream, first, ids));
      if (earlier) return earlier;
    }
    throw conflict;
  }

  /** Where each of the ids is among as many events of the stream, from a revision on. */
  async #placementsFrom(stream: string, from: bigint, ids: readonly string[]): Promise<(Placement | undefined)[]> {
    const found = new Map<string, Placement>();
    for await (const { id, revision, position } of this.#reader.readStream(stream, { from, limit: ids.length })) {
      found.set(id, { stream, revision, position });
    }
    return ids.map((id) => found.get(id));
  }
}

const firstOf = ({ ids }: AppendRequest, lastRevision: bigint): bigint => lastRevision - BigInt(ids.length - 1);

function expectedRevisionOf(expected: ExpectedRevision): AppendExpectedRevision {
  return expected === 'no-stream' ? NO_STREAM : expected;
}

function conflictOf(
  stream: string,
  expected: ExpectedRevision,
  actual: AppendExpectedRevision,
  cause: Error,
): EventStoreError {
  const actualRevision = typeof actual === 'bigint' ? actual : undefined;
  return new EventStoreError(
    'revision-conflict',
    `${stream} was expected ${expected === 'no-stream' ? 'not to exist' : `at revision ${expected}`} but ` +
      `${actualRevision === undefined ? 'does not exist' : `is at revision ${actualRevision}`}`,
    actualRevision,
    { cause },
  );
}
