import { evolveApiKeys, type ApiKey, type ApiKeyEvent, type ApiKeys } from '#access';
import { type EventMetadata } from '#custody';
import { type EventStore, type StoredEvent } from '#event-store';
import { Follower } from '#following';

/** Category of the streams that say who may: no evidence, and no leaf of the tree. */
const CATEGORY = 'access';
const STREAM_OF_KEYS = 'access-organisation-';
export const keysStream = (organisationId: string): string => STREAM_OF_KEYS + organisationId;

/** Every organisation's keys in memory. It follows the log, so that what another server on it issues or revokes counts here. */
export class KeyDirectory {
  readonly #byHash = new Map<string, ApiKey>();
  readonly #byOrganisation = new Map<string, ApiKeys>();
  readonly #follower: Follower;
  #after: bigint | undefined;

  private constructor(
    private readonly store: EventStore,
    onError: (error: unknown) => void,
  ) {
    this.#follower = new Follower({
      store,
      categories: [CATEGORY],
      from: () => (this.#after === undefined ? {} : { after: this.#after }),
      take: (events) => events.forEach((event) => this.#take(event)),
      onError,
    });
  }

  /** @param onError told when following the log stumbled; it goes on by itself */
  static async open(store: EventStore, onError: (error: unknown) => void): Promise<KeyDirectory> {
    const directory = new KeyDirectory(store, onError);
    for await (const event of store.readAll({ categories: [CATEGORY] })) directory.#take(event);
    directory.#follower.start();
    return directory;
  }

  /**
   * The key of this hash, revoked or not. What a secret's hash has in common with a kept one tells nothing of either, so
   * the time that the look-up takes does not either.
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
    for await (const event of this.store.readStream(keysStream(organisationId))) this.#fold(event);
  }

  close(): Promise<void> {
    return this.#follower.stop();
  }

  #take(event: StoredEvent): void {
    this.#fold(event);
    this.#after = event.position;
  }

  #fold(event: StoredEvent): void {
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
