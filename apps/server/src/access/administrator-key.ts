import { v4 } from 'uuid';
import { EventStoreError, type EventStore } from '#event-store';
import { type LedgerClock } from '#recording';
import { newSecret, sameHash, sha256Of } from './secret.js';

const STREAM = 'access-administrator';

/** The ledger's own administrator key, with which the first organisations and keys are made. */
export class AdministratorKey {
  private constructor(
    private readonly hash: Buffer,
    /** The key made at this start, to be printed once; the ledger keeps only its hash. */
    readonly made: string | undefined,
  ) {}

  /** Takes the key that was given, else the one made at an earlier start, else makes one and records its hash. */
  static async open(store: EventStore, clock: LedgerClock, given: string | undefined): Promise<AdministratorKey> {
    if (given !== undefined) return new AdministratorKey(sha256Of(given), undefined);
    const earlier = await recorded(store);
    if (earlier) return new AdministratorKey(earlier, undefined);
    const key = newSecret();
    const hash = sha256Of(key);
    const event = {
      id: v4(),
      type: 'ApiKeyIssued',
      data: { role: 'administrator', sha256: hash.toString('hex') },
      metadata: { recordedAt: clock.now(), schemaVersion: 1 },
    };
    try {
      await store.append(STREAM, [event], 'no-stream');
    } catch (error) {
      if (!(error instanceof EventStoreError) || error.code !== 'revision-conflict') throw error;
      // Another server on the same log was first: its key is the one that was shown.
      return new AdministratorKey((await recorded(store))!, undefined);
    }
    return new AdministratorKey(hash, key);
  }

  is(hash: Buffer): boolean {
    return sameHash(this.hash, hash);
  }
}

async function recorded(store: EventStore): Promise<Buffer | undefined> {
  for await (const event of store.readStream(STREAM, { direction: 'backwards', limit: 1 })) {
    return Buffer.from(event.data['sha256'] as string, 'hex');
  }
  return undefined;
}
