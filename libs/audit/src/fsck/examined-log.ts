import {
  ledgerPath,
  LedgerScan,
  openEventStore,
  openSqliteEventStoreReadOnly,
  type EventStore,
  type ScannedRow,
  type StoredEvent,
  type StreamFinding,
} from '#event-store';
import { EVIDENCE_CATEGORIES } from '#read-model';
import { KeyRing, verifyCheckpoint, type Checkpoint } from '#transparency';
import { ledgerStreams } from '../log/ledger-streams.js';
import { KeysInOffice } from '../checkpoints/access-signatures.js';
import { CHECKPOINT_STREAM, KEY_STREAM, textOf } from '../checkpoints/checkpoint-events.js';
import { requireOwnLog, requireOwnLogIfReadable, type LedgerPlace } from '../checkpoints/log-identity.js';

/** An event of the log, or what is in its place. */
export interface ExaminedRow {
  readonly record: Uint8Array;
  readonly event: StoredEvent | undefined;
  readonly problem: string | undefined;
  /** Whether it directly follows the row before; undefined where the engine's positions have gaps anyway. */
  readonly follows: boolean | undefined;
}

/** A log that is read without trusting it: every row, in order, readable or not. */
export interface ExaminedLog {
  rows(): AsyncIterable<ExaminedRow> | Iterable<ExaminedRow>;
  /** What the engine itself finds wrong. */
  damage(): string[];
  /** Changes by others to its streams: all of them, once the rows have been read to the end. */
  ofOthers(): Promise<StreamFinding[]>;
  close(): Promise<void>;
}

/** @throws OtherLogError when it is not the log of the data folder, EventStoreError */
export async function examineLog({ eventStoreUrl, dataFolder, streamPrefix }: LedgerPlace): Promise<ExaminedLog> {
  const path = ledgerPath(eventStoreUrl, dataFolder);
  if (path === undefined) return examineServer({ eventStoreUrl, dataFolder, streamPrefix });
  await requireOwnLogIfReadable({ eventStoreUrl, dataFolder }, () => openSqliteEventStoreReadOnly(path));
  const scan = new LedgerScan(path);
  const head = scan.head();
  return {
    rows: () => densely(scan.rows(head)),
    damage: () => scan.damage(),
    ofOthers: () => Promise.resolve([]),
    close: () => Promise.resolve(scan.close()),
  };
}

async function examineServer({ eventStoreUrl, dataFolder, streamPrefix }: LedgerPlace): Promise<ExaminedLog> {
  const ofOthers = new Map<string, StreamFinding>();
  const found = (finding: StreamFinding): unknown => ofOthers.set(`${finding.stream} ${finding.revision}`, finding);
  const store = await openEventStore(eventStoreUrl, { dataFolder, streams: ledgerStreams({ streamPrefix }, found) });
  try {
    await requireOwnLog(store, dataFolder);
    const head = (await store.head()) ?? -1n;
    return {
      rows: () => rowsOf(store, head),
      damage: () => [],
      ofOthers: async () => [...ofOthers.values(), ...(await limitsNow(store))],
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What the last metadata of each stream hide. */
async function limitsNow(store: EventStore): Promise<StreamFinding[]> {
  const last = new Map<string, readonly StreamFinding[]>();
  for await (const { stream, findings } of store.limits?.({ follow: false }) ?? []) last.set(stream, findings);
  return [...last.values()].flat();
}

async function* rowsOf(store: EventStore, head: bigint): AsyncGenerator<ExaminedRow> {
  for await (const event of store.readAll()) {
    if (event.position > head) return;
    yield { record: event.record, event, problem: undefined, follows: undefined };
  }
}

/** SQLite gives each row the next position: a gap is a row that was removed. */
function* densely(rows: Iterable<ScannedRow>): Generator<ExaminedRow> {
  let next = 0;
  for (const row of rows) {
    yield { ...row, follows: row.position === next };
    next = row.position + 1;
  }
}

const EVIDENCE = new Set(EVIDENCE_CATEGORIES);

/** An unreadable row may have been evidence: it counts as a leaf, so that the damage is located correctly. */
export function isLeaf({ event }: ExaminedRow): boolean {
  if (!event) return true;
  return EVIDENCE.has(event.stream.slice(0, Math.max(event.stream.indexOf('-'), 0)));
}

/** What a log says it has signed: the keys, and the size and root of each checkpoint, all verified. */
interface ExaminedSignatures {
  readonly ring: KeyRing | undefined;
  /** The keys by which events that grant access had to be signed. */
  readonly inOffice: KeysInOffice;
  readonly checkpoints: readonly Pick<Checkpoint, 'size' | 'root'>[];
  readonly problems: readonly string[];
}

/** @param trusted first key of the log, from elsewhere */
export async function examineSignatures(log: ExaminedLog, trusted: string | undefined): Promise<ExaminedSignatures> {
  let ring = trusted === undefined ? undefined : KeyRing.of(trusted);
  const checkpoints: Pick<Checkpoint, 'size' | 'root'>[] = [];
  const problems: string[] = [];
  const inOffice = new KeysInOffice(trusted);
  for await (const { event } of log.rows()) {
    if (!event) continue;
    if (event.stream === KEY_STREAM) inOffice.take(event);
    try {
      if (event.stream === KEY_STREAM) {
        if (event.type === 'SigningKeyEstablished') ring ??= KeyRing.of(textOf(event, 'key'));
        else ring = ring?.rotated(textOf(event, 'record'));
      } else if (event.stream === CHECKPOINT_STREAM && event.type === 'CheckpointSigned' && ring) {
        const { size, root } = verifyCheckpoint(textOf(event, 'note'), ring);
        if (size < (checkpoints.at(-1)?.size ?? 0n)) problems.push(`${event.stream} at ${event.revision} goes back`);
        else checkpoints.push({ size, root });
      }
    } catch (error) {
      problems.push(`${event.stream} at revision ${event.revision} does not verify: ${(error as Error).message}`);
    }
  }
  return { ring, inOffice, checkpoints, problems };
}
