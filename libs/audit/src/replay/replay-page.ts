import { type GraphEvent } from '#claims';
import { type IdReserved, type EventMetadata } from '#custody';
import { type ParsedRecord } from '#event-store';
import { leafHashIn } from '#transparency';

/** Records gathered into one page, and their bytes at most (and one record more), where the source has them one by one. */
const PAGE_RECORDS = 500;
const PAGE_BYTES = 1024 * 1024;

type EventOfLog = Omit<GraphEvent, 'logIndex'>;

/** An event of the log with the bytes that are hashed. */
export interface ReplayedRecord {
  readonly record: Uint8Array;
  readonly event: EventOfLog;
  /** How much of the log has been read with it, 0 to 1. */
  readonly share: number;
}

/** A record of the log that is no record of an event. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';

  constructor(
    readonly logIndex: number,
    cause: unknown,
  ) {
    super(`The record of event ${logIndex} cannot be read.`, { cause });
  }
}

/** Members are in the order of RFC 8785, so that the type ends a record: in no other place can these characters stand there. */
const ENDS_RESERVATION = `,"type":"${'IdReserved' satisfies keyof { IdReserved: IdReserved }}"}`;

/** Consecutive records of a log in one buffer, each parsed when its event is first needed. */
export class ReplayPage {
  /** Of a page without any character beyond ASCII: its text, of which each record is a part. */
  #text: string | undefined;
  readonly #bytes: Buffer;
  readonly #events: (EventOfLog | undefined)[];

  /**
   * @param first log index of the first record
   * @param bytes the records, with a zero byte between them
   * @param ends where each record ends in `bytes`
   * @param share of the log that has been read with them, 0 to 1
   * @param events what is in the records, where that has been read already
   */
  constructor(
    readonly first: number,
    readonly bytes: Uint8Array,
    readonly ends: readonly number[],
    readonly share: number,
    events: readonly EventOfLog[] = [],
  ) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#events = [...events];
  }

  get size(): number {
    return this.ends.length;
  }

  leafHash(index: number): Uint8Array {
    return leafHashIn(this.bytes, this.#startOf(index), this.ends[index]!);
  }

  /** Whether all that the record does is to reserve an id, told by its last bytes: half a log's records, which need not be parsed. */
  isReservation(index: number): boolean {
    const end = this.ends[index]!;
    const start = end - ENDS_RESERVATION.length;
    if (start < this.#startOf(index)) return false;
    const text = this.#asciiText();
    return text === ''
      ? this.#bytes.toString('latin1', start, end) === ENDS_RESERVATION
      : text.startsWith(ENDS_RESERVATION, start);
  }

  /** @throws UnreadableRecord */
  event(index: number): EventOfLog {
    return (this.#events[index] ??= this.#parsed(index));
  }

  #parsed(index: number): EventOfLog {
    try {
      const { data, id, metadata, revision, stream, type } = JSON.parse(this.#textOf(index)) as ParsedRecord;
      return { id, stream, revision: BigInt(revision), type, data, metadata: metadata as unknown as EventMetadata };
    } catch (cause) {
      throw new UnreadableRecord(this.first + index, cause);
    }
  }

  #textOf(index: number): string {
    const start = this.#startOf(index);
    const end = this.ends[index]!;
    const text = this.#asciiText();
    return text === '' ? this.#bytes.toString('utf8', start, end) : text.slice(start, end);
  }

  /** Empty when there is a character beyond ASCII: places in the text would not be those in the bytes. */
  #asciiText(): string {
    if (this.#text === undefined) {
      const text = this.#bytes.toString('utf8');
      this.#text = text.length === this.#bytes.length ? text : '';
    }
    return this.#text;
  }

  #startOf(index: number): number {
    return index === 0 ? 0 : this.ends[index - 1]! + 1;
  }
}

/** Records in log order, by pages. */
export async function* gathered(records: AsyncIterable<ReplayedRecord>): AsyncGenerator<ReplayPage> {
  let first = 0;
  let page: ReplayedRecord[] = [];
  let bytes = 0;
  for await (const replayed of records) {
    page.push(replayed);
    bytes += replayed.record.length;
    if (page.length < PAGE_RECORDS && bytes < PAGE_BYTES) continue;
    yield pageOf(first, page);
    first += page.length;
    page = [];
    bytes = 0;
  }
  if (page.length > 0) yield pageOf(first, page);
}

function pageOf(first: number, records: readonly ReplayedRecord[]): ReplayPage {
  const ends: number[] = [];
  let end = -1;
  for (const { record } of records) ends.push((end += 1 + record.length));
  const bytes = new Uint8Array(end);
  records.forEach(({ record }, index) => bytes.set(record, ends[index]! - record.length));
  const events = records.map(({ event }) => event);
  return new ReplayPage(first, bytes, ends, records.at(-1)!.share, events);
}
