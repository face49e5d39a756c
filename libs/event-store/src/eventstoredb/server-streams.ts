import { categoryOf } from '../event-store.port.js';
import { type StoredEvent } from '../stored-event.js';
import { EventStoreError } from '../event-store-error.js';
import { type LedgerStreams, type StreamFinding } from '../stream-finding.js';
import { isJsonObject, isSystemStream, storedEvent, type ServerEvent } from './recorded-event.js';

/** `EventNumber.DeletedStream` of the server: the revision of a tombstone. */
const DELETED_REVISION = 2n ** 63n - 1n;

/** A reading of some streams of the server: which they are, and what their records are to the ledger. */
export interface StreamSelection {
  /** For .NET and JavaScript alike. */
  readonly regex: string;
  /** The event as the ledger knows it; undefined when it is none of the selection, or none of the ledger. */
  take(resolved: ServerEvent): StoredEvent | undefined;
}

/**
 * Which streams of the server are the ledger's, and which of the records in them. What another application keeps on the
 * same server is skipped by name, unread; what others put into the ledger's streams is skipped and reported.
 */
export class ServerStreams {
  readonly #streams: LedgerStreams | undefined;

  /** @param streams undefined: all but the server's own, and every record in them */
  constructor(streams: LedgerStreams | undefined) {
    this.#streams = streams;
  }

  /** What a stream of the ledger is called on the server. */
  nameOf(stream: string): string {
    return this.#prefix + stream;
  }

  /** The ledger's name of a stream on the server; undefined when the stream is not the ledger's. */
  streamOf(name: string): string | undefined {
    if (isSystemStream(name) || !name.startsWith(this.#prefix)) return undefined;
    const stream = name.slice(this.#prefix.length);
    return this.#streams === undefined || this.#streams.categories.includes(categoryOf(stream)) ? stream : undefined;
  }

  /** All that the ledger has recorded, or what is in streams of some categories. */
  recorded(categories = this.#streams?.categories): StreamSelection {
    return {
      regex: streamNameRegex(categories, this.#prefix),
      take: (resolved) => {
        const stream = this.streamOf(nameIn(resolved));
        if (stream === undefined || (categories && !categories.includes(categoryOf(stream)))) return undefined;
        return this.#own(resolved, stream);
      },
    };
  }

  /** The metadata of the ledger's streams, each under the name of its stream. */
  metadata(): StreamSelection {
    return {
      regex: streamNameRegex(this.#streams?.categories, `$$${this.#prefix}`),
      take: (resolved) => {
        const name = nameIn(resolved);
        const stream = name.startsWith('$$') ? this.streamOf(name.slice(2)) : undefined;
        // The server takes anything that is not a JSON object for empty metadata.
        if (stream === undefined || !resolved.event?.isJson || !isJsonObject(resolved.event.data)) return undefined;
        return storedEvent(resolved, stream);
      },
    };
  }

  /** @returns undefined, after reporting it, when the ledger cannot have written it */
  ownEvent(resolved: ServerEvent): StoredEvent | undefined {
    const stream = this.streamOf(nameIn(resolved));
    return stream === undefined ? undefined : this.#own(resolved, stream);
  }

  #own(resolved: ServerEvent, stream: string): StoredEvent | undefined {
    if (this.#streams === undefined) return storedEvent(resolved, stream);
    const read = readAs(resolved, stream);
    if ('kind' in read) return this.#tell(read);
    const why = this.#streams.foreign(read);
    if (why === undefined) return read;
    const { revision, position } = read;
    return this.#tell({ stream, kind: 'foreign-event', revision, position, detail: why });
  }

  #tell(finding: StreamFinding): undefined {
    this.#streams?.found?.(finding);
    return undefined;
  }

  get #prefix(): string {
    return this.#streams?.prefix ?? '';
  }
}

function nameIn({ event }: ServerEvent): string {
  return event?.streamId ?? '';
}

/** The event, or why it is none: what can be told without looking at what the record says. */
function readAs(resolved: ServerEvent, stream: string): StoredEvent | StreamFinding {
  const { event } = resolved;
  const at = { stream, revision: event?.revision ?? 0n, position: event?.position?.commit ?? 0n };
  if (at.revision === DELETED_REVISION) {
    return { ...at, kind: 'tombstone', detail: 'the stream was deleted for ever' };
  }
  try {
    return storedEvent(resolved, stream);
  } catch (error) {
    if (error instanceof EventStoreError && error.code !== 'store-corrupt') throw error;
    return { ...at, kind: 'not-json', detail: `a record of type ${event?.type ?? ''} that is no JSON object` };
  }
}

/** Of all streams but the server's own, or of the streams of some categories; for .NET and JavaScript alike. */
export function streamNameRegex(categories: readonly string[] | undefined, prefix = ''): string {
  if (categories === undefined) return prefix === '' ? '^[^$]' : `^${escaped(prefix)}`;
  return `^${escaped(prefix)}(?:${categories.map(escaped).join('|')})(?:-|$)`;
}

function escaped(text: string): string {
  return Array.from({ length: text.length }, (_, index) => {
    const unit = text[index]!;
    return /[A-Za-z0-9_]/.test(unit) ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }).join('');
}
