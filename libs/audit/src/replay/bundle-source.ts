import { createReadStream } from 'node:fs';
import { type EventMetadata } from '#custody';
import {
  BUNDLE_LIMITS,
  bundleLines,
  canonicalBytes,
  type KeyRing,
  VerificationError,
  verifyCheckpoint,
  type EvidenceRecord,
  type VerifiedCheckpoint,
} from '#transparency';
import { isInstant } from '#vocabulary';
import { type ReplayedRecord } from './replay-page.js';
import { type ReplaySource } from './replay-source.js';
import { ReplayError } from './until.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Of a line that holds an event: most are larger. */
const RECORD_LINE_BYTES = 1_000;
const FIELDS = 'data,id,metadata,revision,stream,type';
const DECIMAL = /^(0|[1-9][0-9]{0,18})$/;

/**
 * The whole log in a file, from anywhere: an evidence bundle of mode `whole-log`, or the lines of `/v1/audit/events`. It is
 * read as often as needed and holds one line in memory.
 * @param ring keys of the log; undefined: no checkpoint and no signature is verified, and the report says that nothing is signed
 * @param checkpoints notes from elsewhere that the file must agree with
 * @throws ReplayError `file-malformed`; while reading, too
 */
export function bundleSource(
  path: string,
  size: number,
  ring: KeyRing | undefined,
  checkpoints: readonly VerifiedCheckpoint[],
): ReplaySource {
  return {
    origin: ring?.origin,
    aboutEvents: size / RECORD_LINE_BYTES,
    records: () => recordsOf(path, size),
    checkpoints: async function* () {
      const own = ring === undefined ? undefined : await checkpointOf(path, ring);
      const all = own === undefined ? [...checkpoints] : [...checkpoints, own];
      yield* all.sort((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : 0));
    },
  };
}

async function* recordsOf(path: string, size: number): AsyncGenerator<ReplayedRecord> {
  let next = 0n;
  let number = 0;
  let read = 0;
  for await (const bytes of bundleLines(createReadStream(path), BUNDLE_LIMITS)) {
    number++;
    read += bytes.length + 1;
    const line = parsed(bytes, number);
    if (line['kind'] !== undefined && line['kind'] !== 'record') continue;
    if (String(line['logIndex']) !== String(next)) {
      throw malformed(number, `event ${next} must come here: the file must hold the log from its beginning, all of it`);
    }
    const record = recordOf(line['record'], number);
    next++;
    yield { record: canonical(record, number), event: graphEventOf(record), share: read / size };
  }
}

/** The checkpoint that a bundle brings along. @throws ReplayError, VerificationError */
async function checkpointOf(path: string, ring: KeyRing): Promise<VerifiedCheckpoint | undefined> {
  let number = 0;
  for await (const bytes of bundleLines(createReadStream(path), BUNDLE_LIMITS)) {
    const { kind, checkpoint } = parsed(bytes, ++number);
    if (kind === 'checkpoint' && typeof checkpoint === 'string') return verifyCheckpoint(checkpoint, ring);
    if (kind !== 'header') return undefined;
  }
  return undefined;
}

function parsed(bytes: Uint8Array, number: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    throw malformed(number, 'not JSON in UTF-8');
  }
  if (typeof value !== 'object' || value === null) throw malformed(number, 'not an object');
  return value as Record<string, unknown>;
}

function recordOf(value: unknown, number: number): EvidenceRecord {
  const record = value as EvidenceRecord;
  if (typeof value !== 'object' || value === null || Object.keys(value).sort().join() !== FIELDS) {
    throw malformed(number, `record must have the fields ${FIELDS}`);
  }
  const { metadata, revision, stream, type, id } = record;
  const isText = [stream, type, id].every((field) => typeof field === 'string') && DECIMAL.test(String(revision));
  if (!isText || !isInstant(metadata?.['occurredAt']) || !isInstant(metadata['recordedAt'])) {
    throw malformed(number, 'record is no event of a ledger');
  }
  return record;
}

function canonical(record: EvidenceRecord, number: number): Uint8Array {
  try {
    return canonicalBytes(record);
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    throw malformed(number, error.message);
  }
}

function graphEventOf({ id, stream, revision, type, data, metadata }: EvidenceRecord): ReplayedRecord['event'] {
  return { id, stream, revision: BigInt(revision), type, data, metadata: metadata as unknown as EventMetadata };
}

function malformed(line: number, problem: string): ReplayError {
  return new ReplayError('file-malformed', `Line ${line}: ${problem}.`);
}
