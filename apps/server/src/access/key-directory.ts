import { evolveApiKeys, type ApiKey, type ApiKeyEvent, type ApiKeys } from '#access';
import { type EventMetadata } from '#custody';
import { type AccessLog } from '#audit';
import { type EventStore, type StoredEvent, type StreamFinding } from '#event-store';
import { Follower } from '#following';

/** A rare category, which has an index of its own if no other is asked for with it. */
const CATEGORY = 'access';
const STREAM_OF_KEYS = 'access-organisation-';
export const keysStream = (organisationId: string): string => STREAM_OF_KEYS + organisationId;

interface KeyDirectoryOptions {
  readonly store: EventStore;
  readonly accessLog: AccessLog;
  /** Called for each event that the log's key has not signed, possibly more than once; such an event has no effect. */
  readonly found: (finding: StreamFinding) => void;
  /** Called when following the log failed; it is retried automatically. */
  readonly onError: (error: unknown) => void;
}

/**
 * Every organisation's keys, in memory. Follows the log, so that keys issued or revoked by another server count here
 * too.
 */
export class KeyDirectory {
  readonly #byHash = new Map<string, ApiKey>();
  readonly #byOrganisation = new Map<string, ApiKeys>();
  readonly #follower: Follower;
  #after: bigint | undefined;

  readonly #options: KeyDirectoryOptions;

  private constructor(options: KeyDirectoryOptions) {
    this.#options = options;
    const { store, onError } = options;
    this.#follower = new Follower({
      store,
      categories: [CATEGORY],
      from: () => (this.#after === undefined ? {} : { after: this.#after }),
      take: (events) => this.#takeAll(events),
      onError,
    });
  }

  static async open(options: KeyDirectoryOptions): Promise<KeyDirectory> {
    const directory = new KeyDirectory(options);
    await directory.#takeAll(await gathered(options.store.readAll({ categories: [CATEGORY] })));
    directory.#follower.start();
    return directory;
  }

  /**
   * The key with this hash, revoked or not. The time of the lookup depends only on what the hashes have in common,
   * which reveals nothing about the secrets.
   */
  find(hash: Buffer): ApiKey | undefined {
    return this.#byHash.get(hash.toString('hex'));
  }

  /** In the order issued. */
  keysOf(organisationId: string): ApiKeys {
    return this.#byOrganisation.get(organisationId) ?? new Map<string, ApiKey>();
  }

  /** Reads an organisation's keys now: what was appended just before counts at once. */
  async refresh(organisationId: string): Promise<void> {
    const { store, accessLog } = this.#options;
    const events = await gathered(store.readStream(keysStream(organisationId)));
    await accessLog.refresh();
    for (const event of events) this.#fold(event);
  }

  close(): Promise<void> {
    return this.#follower.stop();
  }

  /** Their signing keys were in use before they were appended, so a later lookup finds those keys. */
  async #takeAll(events: readonly StoredEvent[]): Promise<void> {
    await this.#options.accessLog.refresh();
    for (const event of events) this.#fold(event);
    this.#after = events.at(-1)?.position ?? this.#after;
  }

  #fold(event: StoredEvent): void {
    const finding = this.#options.accessLog.finding(event);
    if (finding) return this.#options.found(finding);
    if (!event.stream.startsWith(STREAM_OF_KEYS)) return;
    const organisationId = event.stream.slice(STREAM_OF_KEYS.length);
    const { keyId } = event.data as unknown as ApiKeyEvent['data'];
    const before = this.keysOf(organisationId);
    const after = evolveApiKeys(before, organisationId, event as unknown as ApiKeyEvent & { metadata: EventMetadata });
    const key = after.get(keyId);
    if (after === before || !key) return;
    this.#byOrganisation.set(organisationId, after);
    this.#byHash.set(key.sha256, key);
  }
}

async function gathered(events: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
