import { type ParsedRecord } from '../canonical-record.js';
import { type LogPage } from '../log-reading.js';
import { type StoredEvent } from '../stored-event.js';

/** Followers of the log take a few hundred events at a time, and return after a tenth of a second at the latest. */
const TAIL_EVENTS = 4_096;
/** UTF-16 code units of their records. */
const TAIL_CHARACTERS = 2 * 1024 * 1024;

/** An event as it is written: a row of the log, and its id. */
export interface Placed {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly category: string;
  /** Its record, in canonical JSON. */
  readonly text: string;
  readonly id: string;
}

/**
 * The last events that this process has committed, for its own readers: they need not be read back from the file or parsed;
 * the tree needs only their bytes.
 */
export class CommittedTail {
  #events: Placed[] = [];
  /** Of them, so many at the beginning are dropped. */
  #dropped = 0;
  #characters = 0;

  /** @param events that follow those before, committed */
  add(events: readonly Placed[]): void {
    for (const event of events) {
      this.#events.push(event);
      this.#characters += event.text.length;
    }
    while (this.#kept > TAIL_EVENTS || this.#characters > TAIL_CHARACTERS) {
      this.#characters -= this.#events[this.#dropped++]!.text.length;
    }
    if (this.#dropped < TAIL_EVENTS && this.#kept > 0) return;
    this.#events = this.#events.slice(this.#dropped);
    this.#dropped = 0;
  }

  /** What the log contains is no longer certain. */
  clear(): void {
    this.#events = [];
    this.#dropped = 0;
    this.#characters = 0;
  }

  /**
   * @see PagedLog.page
   * @returns undefined when the tail does not reach back so far
   */
  page(after: bigint | undefined, categories: readonly string[] | undefined, limit: number): LogPage | undefined {
    const first = this.#events[this.#dropped]?.position;
    if (first === undefined || after === undefined || Number(after) + 1 < first) return undefined;
    let index = this.#dropped + Number(after) + 1 - first;
    if (index >= this.#events.length) return { events: [], through: undefined };
    const events: StoredEvent[] = [];
    for (; index < this.#events.length && events.length < limit; index++) {
      const event = this.#events[index]!;
      if (categories === undefined || categories.includes(event.category)) events.push(storedEvent(event));
    }
    return { events, through: BigInt(this.#events[index - 1]!.position) };
  }

  get #kept(): number {
    return this.#events.length - this.#dropped;
  }
}

/** Parsed only when its content is needed, and separately for each reader, so that none can change what another gets. */
function storedEvent({ position, stream, revision, text, id }: Placed): StoredEvent {
  let parsed: ParsedRecord | undefined;
  const content = (): ParsedRecord => (parsed ??= JSON.parse(text) as ParsedRecord);
  return {
    id,
    get type() {
      return content().type;
    },
    get data() {
      return content().data;
    },
    get metadata() {
      return content().metadata;
    },
    stream,
    revision: BigInt(revision),
    position: BigInt(position),
    record: Buffer.from(text, 'utf8'),
  };
}
