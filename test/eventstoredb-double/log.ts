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

/** An event as a client proposes it: bytes and metadata are kept as they came. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly customMetadata: Uint8Array;
}

export interface RecordedEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: bigint;
  /** Commit and prepare position in one: a server since 20.6 writes every event as its own committed prepare record. */
  readonly position: bigint;
  readonly createdMs: number;
}

export type Expectation = 'any' | 'no-stream' | 'stream-exists' | bigint;

export type AppendOutcome =
  | { readonly kind: 'appended'; readonly revision: bigint; readonly position: bigint }
  | { readonly kind: 'wrong-expected-version'; readonly current: bigint | undefined }
  | { readonly kind: 'stream-deleted' };

/** A record's header on disk takes about so many bytes: positions advance by it and by what the event carries. */
const RECORD_OVERHEAD_BYTES = 110;

const FIRST_POSITION = 1_513n;

/**
 * The double's transaction log. What it decides on an append is what EventStoreDB's `IndexWriter.CheckCommit` decides:
 * ids are compared with the events behind an exact expectation for ever, but with `any` only as long as the server has
 * them in its memory, and an id in another stream is not noticed at all. Nothing is ever scavenged.
 */
export class DoubleLog {
  private readonly events: RecordedEvent[] = [];
  /** By revision; a tombstone is not among them. */
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly tombstones = new Map<string, RecordedEvent>();
  private committed = new Map<string, RecordedEvent>();
  private nextPosition = FIRST_POSITION;
  /** Off, a retry whose events are there is answered with a conflict, as if the server could not look at them. */
  comparesIds = true;
  private readonly growth = new EventEmitter().setMaxListeners(0);

  append(stream: string, expected: Expectation, proposed: readonly ProposedEvent[]): AppendOutcome {
    if (this.isTombstoned(stream)) return { kind: 'stream-deleted' };
    const outcome = this.check(stream, expected, proposed);
    if (outcome !== undefined) return outcome;
    const revived = this.boundsOf(stream).softlyDeleted ? this.currentRevision(stream) + 1n : undefined;
    const written = proposed.map((event) => this.write(stream, event));
    if (revived !== undefined) this.setMetadata(stream, { ...this.metadataOf(stream), $tb: revived });
    this.growth.emit('grown');
    const last = written.at(-1);
    return {
      kind: 'appended',
      revision: last?.revision ?? this.currentRevision(stream),
      position: last?.position ?? this.nextPosition,
    };
  }

  /** What anybody with the right to it does over HTTP, in the console or by a client. */
  setMetadata(stream: string, metadata: StreamMetadata): void {
    this.write(metadataStreamOf(stream), {
      id: randomUUID(),
      type: '$metadata',
      contentType: 'application/json',
      data: new Uint8Array(Buffer.from(metadataText(metadata))),
      customMetadata: new Uint8Array(),
    });
    this.growth.emit('grown');
  }

  metadataOf(stream: string): StreamMetadata {
    return parsedMetadata(this.streams.get(metadataStreamOf(stream))?.at(-1));
  }

  /** Deletes a stream so that it can come back: readers do not find it, `$all` still has its events. */
  softDelete(stream: string): void {
    this.setMetadata(stream, { ...this.metadataOf(stream), $tb: DELETED_REVISION });
  }

  /** Deletes a stream for ever: no event of it is read or appended any more, but in `$all` until a scavenge. */
  tombstone(stream: string): RecordedEvent {
    const data = new Uint8Array();
    const event = { id: randomUUID(), type: '$streamDeleted', contentType: '', data, customMetadata: data };
    const tombstone = this.record(stream, event, DELETED_REVISION);
    this.tombstones.set(stream, tombstone);
    this.growth.emit('grown');
    return tombstone;
  }

  isTombstoned(stream: string): boolean {
    return this.tombstones.has(isMetadataStream(stream) ? stream.slice(2) : stream);
  }

  /** What the stream's metadata leave of it. */
  boundsOf(stream: string): StreamBounds {
    if (isMetadataStream(stream)) return UNBOUNDED;
    return boundsOf(this.metadataOf(stream), this.currentRevision(stream));
  }

  /** Forgets the ids that `any` is compared with, as a restart of the server does. */
  forgetCommittedIds(): void {
    this.committed = new Map();
  }

  /** All events of the stream that were ever written, by revision, whatever its metadata say. */
  stream(name: string): readonly RecordedEvent[] | undefined {
    return this.streams.get(name);
  }

  get all(): readonly RecordedEvent[] {
    return this.events;
  }

  /** Index in {@link all} of the first event at or behind a position. */
  indexAt(position: bigint): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.events[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Calls back at each append until the returned function is called. */
  onGrowth(listener: () => void): () => void {
    this.growth.on('grown', listener);
    return () => this.growth.off('grown', listener);
  }

  currentRevision(stream: string): bigint {
    return BigInt(this.streams.get(stream)?.length ?? 0) - 1n;
  }

  private check(stream: string, expected: Expectation, proposed: readonly ProposedEvent[]): AppendOutcome | undefined {
    const current = this.currentRevision(stream);
    const conflict: AppendOutcome = { kind: 'wrong-expected-version', current: current < 0n ? undefined : current };
    if (expected === 'stream-exists' && current < 0n) return conflict;
    if (expected === 'any' || expected === 'stream-exists') return this.checkByMemory(stream, proposed, conflict);
    const revision = expected === 'no-stream' ? -1n : expected;
    if (revision > current) return conflict;
    if (revision === current) return undefined;
    if (!this.comparesIds) return conflict;
    const already = this.streams.get(stream)!.slice(Number(revision) + 1, Number(revision) + 1 + proposed.length);
    const same = already.length === proposed.length && already.every(({ id }, index) => id === proposed[index]!.id);
    if (same && already.length > 0) return idempotent(already.at(-1)!);
    return expected === 'no-stream' && this.boundsOf(stream).softlyDeleted ? undefined : conflict;
  }

  private checkByMemory(
    stream: string,
    proposed: readonly ProposedEvent[],
    conflict: AppendOutcome,
  ): AppendOutcome | undefined {
    const known = proposed.map(({ id }) => this.committed.get(id)).map((e) => (e?.stream === stream ? e : undefined));
    if (known[0] === undefined) return undefined;
    return known.every((event) => event !== undefined) ? idempotent(known.at(-1)!) : conflict;
  }

  private write(stream: string, proposed: ProposedEvent): RecordedEvent {
    const event = this.record(stream, proposed, this.currentRevision(stream) + 1n);
    const events = this.streams.get(stream);
    if (events) events.push(event);
    else this.streams.set(stream, [event]);
    this.committed.set(event.id, event);
    return event;
  }

  private record(stream: string, proposed: ProposedEvent, revision: bigint): RecordedEvent {
    const event = { ...proposed, stream, revision, position: this.nextPosition, createdMs: Date.now() };
    const bytes = RECORD_OVERHEAD_BYTES + stream.length + event.data.length + event.customMetadata.length;
    this.nextPosition += BigInt(bytes);
    this.events.push(event);
    return event;
  }
}

function idempotent(last: RecordedEvent): AppendOutcome {
  return { kind: 'appended', revision: last.revision, position: last.position };
}
