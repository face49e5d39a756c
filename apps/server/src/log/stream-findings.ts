import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreError, type EventStore, type StreamFinding, type StreamLimits } from '#event-store';
import { Rounds, type Say } from '#following';

/** How long a start waits to learn what the streams' metadata hide, milliseconds: on a large log that takes longer. */
const LIMITS_PATIENCE_MS = 5_000;
/** Pause before the metadata are followed again, milliseconds. */
const PAUSE_MS = 1_000;
const BACK_OFF = { firstMs: 1_000, longestMs: 30_000 };

/** What others wrote into a stream: the first finding, and how far the stream has been examined. */
interface Records {
  readonly first: StreamFinding;
  readonly through: bigint;
  readonly count: number;
}

/**
 * Changes by others to the ledger's streams, as far as known: an alarm that does not stop the ledger. A changed stream
 * takes no more commands; everything else continues. So do key streams with events that the ledger did not sign: those
 * events are skipped, and whoever put them there must not be able to prevent the revocation of a key.
 */
export class StreamFindings {
  readonly #passedOver = new Map<string, Records>();
  readonly #records = new Map<string, Records>();
  readonly #limits = new Map<string, readonly StreamFinding[]>();
  readonly #stop = new AbortController();
  #watching: Rounds | undefined;

  readonly #say: Say;

  constructor(say: Say) {
    this.#say = say;
  }

  /** Notes a record that the ledger cannot have written. May be called more than once for the same record. */
  note(finding: StreamFinding): void {
    const { stream, position, kind, revision, detail } = finding;
    const isPassedOver = kind === 'unsigned-key-event';
    const records = isPassedOver ? this.#passedOver : this.#records;
    const before = records.get(stream);
    if (before && position <= before.through) return;
    records.set(stream, { first: before?.first ?? finding, through: position, count: (before?.count ?? 0) + 1 });
    // Somebody who writes a million of them must not fill the disk with log lines.
    if (before?.first.kind === kind) return;
    this.#say('error', isPassedOver ? ALARM_OF_KEYS : ALARM, { stream, kind, revision: String(revision), detail });
  }

  /** What was found first in a stream; undefined: nothing. */
  at(stream: string): StreamFinding | undefined {
    if (this.#records.size + this.#limits.size === 0) return undefined;
    return this.#records.get(stream)?.first ?? this.#limits.get(stream)?.[0];
  }

  /** @throws EventStoreError `stream-altered` */
  requireUntouched(stream: string): void {
    const finding = this.at(stream);
    if (finding === undefined) return;
    const { kind, revision, detail } = finding;
    throw new EventStoreError('stream-altered', `${stream}: ${kind} at revision ${revision}, ${detail}`);
  }

  /** Records and limits, by kind. */
  get counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { first, count } of [...this.#records.values(), ...this.#passedOver.values()])
      counts[first.kind] = (counts[first.kind] ?? 0) + count;
    for (const { kind } of [...this.#limits.values()].flat()) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  /**
   * Follows the metadata of the streams, if the engine has them. Resolves when the existing ones are known, or when
   * that takes too long.
   */
  async watch(store: EventStore): Promise<void> {
    const { limits } = store;
    if (limits === undefined) return;
    const { signal } = this.#stop;
    const known = (async () => {
      for await (const each of limits.call(store, { follow: false, signal })) this.#take(each);
    })();
    await Promise.race([known, delay(LIMITS_PATIENCE_MS, undefined, { signal, ref: false })]);
    known.catch(() => undefined); // read again below
    this.#watching = new Rounds({
      round: async (stop) => {
        for await (const each of limits.call(store, { follow: true, signal: stop })) this.#take(each);
        return PAUSE_MS;
      },
      onError: (err) => this.#say('error', "following the streams' metadata failed and is tried again", { err }),
      backOff: BACK_OFF,
    });
    this.#watching.start();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#watching?.stop();
  }

  /** The latest metadata of a stream count: removing a limit brings the events back. */
  #take({ stream, position, findings }: StreamLimits): void {
    const before = this.#limits.get(stream);
    if (findings.length === 0) {
      if (this.#limits.delete(stream)) {
        this.#say('warn', 'the metadata of a stream of the ledger hide nothing any more', { stream });
      }
      return;
    }
    this.#limits.set(stream, findings);
    if (before?.[0]?.position === position) return;
    for (const { kind, revision, detail } of findings) {
      this.#say('error', ALARM, { stream, kind, revision: String(revision), detail });
    }
  }
}

const ALARM =
  'ALARM: somebody other than the ledger has changed one of its streams. That stream takes no more commands; everything else continues. Keep the log as it is, because it is evidence, and run "lodebook fsck"';

const ALARM_OF_KEYS =
  'ALARM: the log has an event that issues or revokes a key and that the ledger has not signed. It has no effect. Keep the log as it is, because it is evidence, run "lodebook fsck", and find out who can write the log';
