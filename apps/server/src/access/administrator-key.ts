import { v4 } from 'uuid';
import { AuditError, type AccessLog } from '#audit';
import { EventStoreError, type EventStore, type StreamFinding } from '#event-store';
import { type LedgerClock } from '#recording';
import { ConfigurationError } from '../configuration/configuration-error.js';
import { newSecret, sameHash, sha256Of } from './secret.js';

const STREAM = 'administrator-key';

interface AdministratorOpening {
  readonly store: EventStore;
  readonly accessLog: AccessLog;
  readonly clock: LedgerClock;
  /** `LODEBOOK_ADMIN_KEY`. */
  readonly given: string | undefined;
  /** Called for each event that the log's key has not signed, possibly more than once. */
  readonly found: (finding: StreamFinding) => void;
}

/** The ledger's own administrator key, with which the first organisations and keys are made. */
export class AdministratorKey {
  readonly #hash: Buffer;

  private constructor(
    hash: Buffer,
    /** The key made at this start, to be printed once; the ledger keeps only its hash. */
    readonly made: string | undefined,
  ) {
    this.#hash = hash;
  }

  /** Takes the key that was given, else the one made at an earlier start, else makes one and records its hash. */
  static async open(opening: AdministratorOpening): Promise<AdministratorKey> {
    const { store, accessLog, clock, given } = opening;
    const earlier = await recorded(opening);
    if (given !== undefined) return new AdministratorKey(sha256Of(given), undefined);
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
      await accessLog.append(STREAM, [event], (await lastRevision(store)) ?? 'no-stream');
    } catch (error) {
      if (error instanceof AuditError) throw new ConfigurationError('LODEBOOK_ADMIN_KEY', NO_SIGNING_KEY);
      if (!(error instanceof EventStoreError) || error.code !== 'revision-conflict') throw error;
      // Another server on the same log came first: its key is the one that was shown.
      return new AdministratorKey((await recorded(opening))!, undefined);
    }
    return new AdministratorKey(hash, key);
  }

  is(hash: Buffer): boolean {
    return sameHash(this.#hash, hash);
  }
}

const NO_SIGNING_KEY =
  'must be set: the log names no administrator, and the key that would sign one is not at this server';

/** The first key that the ledger recorded: others put everything else into the stream. */
async function recorded({ store, accessLog, found }: AdministratorOpening): Promise<Buffer | undefined> {
  let hash: Buffer | undefined;
  await accessLog.refresh();
  for await (const event of store.readStream(STREAM)) {
    const finding = accessLog.finding(event);
    if (finding) found(finding);
    else hash ??= Buffer.from(event.data['sha256'] as string, 'hex');
  }
  return hash;
}

async function lastRevision(store: EventStore): Promise<bigint | undefined> {
  for await (const { revision } of store.readStream(STREAM, { direction: 'backwards', limit: 1 })) return revision;
  return undefined;
}
