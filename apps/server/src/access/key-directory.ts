import { setTimeout as delay } from 'node:timers/promises';
import { evolveApiKeys, type ApiKey, type ApiKeyEvent, type ApiKeys } from '#access';
import { type EventMetadata } from '#custody';
import { type EventStore, type StoredEvent } from '#event-store';

/** Category of the streams that say who may: no evidence, and no leaf of the tree. */
const CATEGORY = 'access';
const STREAM_OF_KEYS = 'access-organisation-';
export const keysStream = (organisationId: string): string => STREAM_OF_KEYS + organisationId;

/** Until a subscription that failed is tried again, in milliseconds. */
const PAUSE_AFTER_FAILURE = 1_000;

/** Every organisation's keys in memory. It follows the log, so that what another server on it issues or revokes counts here. */
export class KeyDirectory {
  readonly #byHash = new Map<string, ApiKey>();
  readonly #byOrganisation = new Map<string, ApiKeys>();
  readonly #stop = new AbortController();
  #after: bigint | undefined;
  #following: Promise<void> = Promise.resolve();

  private constructor(private readonly store: EventStore) {}

  /** @param onError told when following the log stumbled; it goes on by itself */
  static async open(store: EventStore, onError: (error: unknown) => void): Promise<KeyDirectory> {
    const directory = new KeyDirectory(store);
    for await (const event of store.readAll({ categories: [CATEGORY] })) directory.#take(event);
    directory.#following = directory.#follow(onError);
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

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }

  async #follow(onError: (error: unknown) => void): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const after = this.#after === undefined ? {} : { after: this.#after };
        for await (const events of this.store.subscribe({ ...after, categories: [CATEGORY], signal })) {
          for (const event of events) this.#take(event);
        }
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        await delay(PAUSE_AFTER_FAILURE, undefined, { signal }).catch(() => undefined);
      }
    }
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
