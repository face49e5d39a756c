import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { v4 } from 'uuid';
import { type EventStore } from '#event-store';

/** A key is recognised on sight, by people and by secret scanners. */
const KEY_PREFIX = 'lodebook_';
const STREAM = 'access-administrator';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Who may use the ledger: until organisations have keys of their own, whoever bears the administrator's. */
export class AdministratorKeys {
  private constructor(
    private readonly hashes: readonly Buffer[],
    /** The key made at this start, to be printed once; the ledger keeps only its hash. */
    readonly made: string | undefined,
  ) {}

  /** Takes the key that was given, else the one made at an earlier start, else makes one and records its hash. */
  static async open(store: EventStore, given: string | undefined): Promise<AdministratorKeys> {
    if (given !== undefined) return new AdministratorKeys([sha256(given)], undefined);
    for await (const event of store.readStream(STREAM, { direction: 'backwards', limit: 1 })) {
      return new AdministratorKeys([Buffer.from(event.data['sha256'] as string, 'hex')], undefined);
    }
    const key = KEY_PREFIX + randomBytes(32).toString('base64url');
    const hash = sha256(key);
    const event = {
      id: v4(),
      type: 'ApiKeyIssued',
      data: { role: 'administrator', sha256: hash.toString('hex') },
      metadata: { recordedAt: new Date().toISOString(), schemaVersion: 1 },
    };
    await store.append(STREAM, [event], 'no-stream');
    return new AdministratorKeys([hash], key);
  }

  accepts(key: string): boolean {
    const hash = sha256(key);
    return this.hashes.some((known) => timingSafeEqual(known, hash));
  }
}
