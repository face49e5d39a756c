import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
  boundsOf,
  DELETED_REVISION,
  isMetadataStream,
  metadataStreamOf,
  metadataText,
  parsedMetadata,
  type StreamBounds,
  type StreamMetadata,
  UNBOUNDED,
} from './stream-metadata.js';
import { type ProposedEvent, type RecordedEvent } from './recorded-event.js';

export type Expectation = 'any' | 'no-stream' | 'stream-exists' | bigint;

type AppendOutcome =
  | { readonly kind: 'appended'; readonly revision: bigint; readonly position: bigint }
  | { readonly kind: 'wrong-expected-version'; readonly current: bigint | undefined }
  | { readonly kind: 'stream-deleted' };

/** The approximate size of a record's header on disk: positions advance by it and by the size of the event. */
const RECORD_OVERHEAD_BYTES = 110;

const FIRST_POSITION = 1_513n;

/**
 * The double's transaction log. It decides on an append as EventStoreDB's `IndexWriter.CheckCommit` does: with an exact
 * expected revision, ids are always compared with the events after it; with `any`, only as long as the server has them
 * in memory; an id in another stream is never noticed. Nothing is ever scavenged.
 */
export class DoubleLog {
  readonly #events: RecordedEvent[] = [];
  /** By revision; a tombstone is not among them. */
  readonly #streams = new Map<string, RecordedEvent[]>();
  readonly #tombstones = new Map<string, RecordedEvent>();
  #committed = new Map<string, RecordedEvent>();
  #nextPosition = FIRST_POSITION;
  /** If false, a retry whose events are there is answered with a conflict, as if the server could not compare them. */
  comparesIds = true;
  readonly #growth = new EventEmitter().setMaxListeners(0);
  #shown: number | undefined;

  append(stream: string, expected: Expectation, proposed: readonly ProposedEvent[]): AppendOutcome {
    if (this.isTombstoned(stream)) return { kind: 'stream-deleted' };
    const outcome = this.#check(stream, expected, proposed);
    if (outcome !== undefined) return outcome;
    const revived = this.boundsOf(stream).softlyDeleted ? this.currentRevision(stream) + 1n : undefined;
    const written = proposed.map((event) => this.#write(stream, event));
    if (revived !== undefined) this.setMetadata(stream, { ...this.metadataOf(stream), $tb: revived });
    this.#wrote();
    const last = written.at(-1);
    return {
      kind: 'appended',
      revision: last?.revision ?? this.currentRevision(stream),
      position: last?.position ?? this.#nextPosition,
    };
  }

  /** Sets metadata as anybody with the right to do so can, over HTTP, in the console or with a client. */
  setMetadata(stream: string, metadata: StreamMetadata): RecordedEvent {
    const written = this.#write(metadataStreamOf(stream), {
      id: randomUUID(),
      type: '$metadata',
      contentType: 'application/json',
      data: new Uint8Array(Buffer.from(metadataText(metadata))),
      customMetadata: new Uint8Array(),
    });
    this.#wrote();
    return written;
  }

  metadataOf(stream: string): StreamMetadata {
    return parsedMetadata(this.#streams.get(metadataStreamOf(stream))?.at(-1));
  }

  /** Deletes a stream so that it can come back: readers do not find it, `$all` still has its events. */
  softDelete(stream: string): RecordedEvent {
    return this.setMetadata(stream, { ...this.metadataOf(stream), $tb: DELETED_REVISION });
  }

  /** Deletes a stream permanently: its events are no longer read or appended, but stay in `$all` until a scavenge. */
  tombstone(stream: string): RecordedEvent {
    const data = new Uint8Array();
    const event = { id: randomUUID(), type: '$streamDeleted', contentType: '', data, customMetadata: data };
    const tombstone = this.#record(stream, event, DELETED_REVISION);
    this.#wrote();
    return tombstone;
  }

  isTombstoned(stream: string): boolean {
    return this.#tombstones.has(isMetadataStream(stream) ? stream.slice(2) : stream);
  }

  /** The part of the stream that its metadata leave visible. */
  boundsOf(stream: string): StreamBounds {
    if (isMetadataStream(stream)) return UNBOUNDED;
    return boundsOf(this.metadataOf(stream), this.currentRevision(stream));
  }

  /** Forgets the ids that `any` is compared with, as a restart of the server does. */
  forgetCommittedIds(): void {
    this.#committed = new Map();
  }

  /** All events of the stream that were ever written, by revision, whatever its metadata say. */
  stream(name: string): readonly RecordedEvent[] | undefined {
    return this.#streams.get(name);
  }

  get all(): readonly RecordedEvent[] {
    return this.#events;
  }

  /** Index in {@link all} of the first event at or after a position. */
  indexAt(position: bigint): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#events[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many records readers are given: as far as this node knows, later ones are not replicated yet. */
  get readable(): number {
    return Math.min(this.#shown ?? Infinity, this.#events.length);
  }

  /** @param count `undefined`: all of them, as on a single node or one that has just been started */
  show(count: number | undefined): void {
    this.#shown = count;
    this.#growth.emit('grown');
  }

  /** How many of a stream's events readers are given. */
  readableOf(events: readonly RecordedEvent[]): number {
    const hidden = this.#events[this.readable]?.position;
    if (hidden === undefined) return events.length;
    let count = events.length;
    while (count > 0 && events[count - 1]!.position >= hidden) count--;
    return count;
  }

  /** Takes the next record of the leader's log, at its position. */
  adopt(event: RecordedEvent): void {
    this.#place(event);
    this.#nextPosition = event.position + sizeOf(event);
  }

  /** Removes all but the first records; the positions of the others are reused. */
  cutBack(count: number): void {
    for (const event of this.#events.splice(count).reverse()) {
      this.#nextPosition = event.position;
      if (this.#committed.get(event.id) === event) this.#committed.delete(event.id);
      if (this.#tombstones.get(event.stream) === event) this.#tombstones.delete(event.stream);
      else if (this.#streams.get(event.stream)!.length > 1) this.#streams.get(event.stream)!.pop();
      else this.#streams.delete(event.stream);
    }
  }

  copy(): DoubleLog {
    const copy = new DoubleLog();
    for (const event of this.#events) copy.adopt(event);
    return copy;
  }

  /** How many records two logs have in common, from the first on. */
  commonWith(other: DoubleLog): number {
    let count = Math.min(this.#events.length, other.#events.length);
    while (count > 0 && this.#events[count - 1] !== other.#events[count - 1]) count--;
    return count;
  }

  /** Calls back when readers may be given more, until the returned function is called. */
  onGrowth(listener: () => void): () => void {
    this.#growth.on('grown', listener);
    return () => this.#growth.off('grown', listener);
  }

  /** Calls back when something was written here, until the returned function is called. */
  onWrite(listener: () => void): () => void {
    this.#growth.on('written', listener);
    return () => this.#growth.off('written', listener);
  }

  currentRevision(stream: string): bigint {
    return BigInt(this.#streams.get(stream)?.length ?? 0) - 1n;
  }

  #check(stream: string, expected: Expectation, proposed: readonly ProposedEvent[]): AppendOutcome | undefined {
    const current = this.currentRevision(stream);
    const conflict: AppendOutcome = { kind: 'wrong-expected-version', current: current < 0n ? undefined : current };
    if (expected === 'stream-exists' && current < 0n) return conflict;
    if (expected === 'any' || expected === 'stream-exists') return this.#checkByMemory(stream, proposed, conflict);
    const revision = expected === 'no-stream' ? -1n : expected;
    if (revision > current) return conflict;
    if (revision === current) return undefined;
    if (!this.comparesIds) return conflict;
    const already = this.#streams.get(stream)!.slice(Number(revision) + 1, Number(revision) + 1 + proposed.length);
    const same = already.length === proposed.length && already.every(({ id }, index) => id === proposed[index]!.id);
    if (same && already.length > 0) return idempotent(already.at(-1)!);
    return expected === 'no-stream' && this.boundsOf(stream).softlyDeleted ? undefined : conflict;
  }

  #checkByMemory(
    stream: string,
    proposed: readonly ProposedEvent[],
    conflict: AppendOutcome,
  ): AppendOutcome | undefined {
    const known = proposed.map(({ id }) => this.#committed.get(id)).map((e) => (e?.stream === stream ? e : undefined));
    if (known[0] === undefined) return undefined;
    return known.every((event) => event !== undefined) ? idempotent(known.at(-1)!) : conflict;
  }

  #write(stream: string, proposed: ProposedEvent): RecordedEvent {
    return this.#record(stream, proposed, this.currentRevision(stream) + 1n);
  }

  #record(stream: string, proposed: ProposedEvent, revision: bigint): RecordedEvent {
    const event = { ...proposed, stream, revision, position: this.#nextPosition, createdMs: Date.now() };
    this.#nextPosition += sizeOf(event);
    this.#place(event);
    return event;
  }

  #place(event: RecordedEvent): void {
    this.#events.push(event);
    if (event.revision === DELETED_REVISION) return void this.#tombstones.set(event.stream, event);
    const events = this.#streams.get(event.stream);
    if (events) events.push(event);
    else this.#streams.set(event.stream, [event]);
    this.#committed.set(event.id, event);
  }

  #wrote(): void {
    this.#growth.emit('written');
    this.#growth.emit('grown');
  }
}

function sizeOf({ stream, data, customMetadata }: RecordedEvent): bigint {
  return BigInt(RECORD_OVERHEAD_BYTES + stream.length + data.length + customMetadata.length);
}

function idempotent(last: RecordedEvent): AppendOutcome {
  return { kind: 'appended', revision: last.revision, position: last.position };
}
