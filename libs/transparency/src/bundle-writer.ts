import { AppendOnlyTree } from './append-only-tree.js';
import { encodeBase64 } from './base64.js';
import {
  BUNDLE_FORMAT,
  BUNDLE_LIMITS,
  BundleError,
  COMPLETE,
  completenessLines,
  CoverageTally,
  NO_VERDICT,
  type BundleMode,
  type EvidenceRecord,
} from './bundle-format.js';
import { canonicalText } from './canonical-json.js';
import { parseCheckpoint } from './checkpoint.js';
import { leafHash } from './merkle.js';
import { formatVerifierKey, type VerifierKey } from './note-keys.js';

/** A leaf to be written. */
export interface BundleLeaf {
  readonly logIndex: bigint;
  /** The canonical bytes that the log hashes. */
  readonly record: Uint8Array;
  /** Inclusion proof at the checkpoint's size. Not written in mode `whole-log`, needed in the others. */
  readonly proof?: readonly Uint8Array[];
  /** Not in mode `whole-log`. In ascending order of paths. */
  readonly disclosures?: readonly BundleDisclosure[];
}

export interface ProvedLeaf extends BundleLeaf {
  readonly proof: readonly Uint8Array[];
}

/** A value that a record holds the commitment to, with what opens that. */
export interface BundleDisclosure {
  /** JSON pointer (RFC 6901) into the record's data. */
  readonly path: string;
  /** 16 bytes, base64url. */
  readonly salt: string;
  readonly value: unknown;
}

/** A leaf whose record its reader may not know. */
export interface HiddenLeaf {
  readonly logIndex: bigint;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

type Leaves<T> = Iterable<T> | AsyncIterable<T>;

interface ContentsOfAnyMode {
  /** Key that signed the checkpoint. */
  readonly key: VerifierKey;
  /** Signed checkpoint; cosignatures may stand in it. */
  readonly checkpoint: string;
  readonly subject: Readonly<Record<string, unknown>>;
}

interface JudgedContents extends ContentsOfAnyMode {
  readonly mode: Exclude<BundleMode, 'partial-batch'>;
  /** In log order; all of them, from 0, in mode `whole-log`. */
  readonly leaves: Leaves<BundleLeaf>;
  /**
   * Its parts, a line each. Asked for after the last leaf was taken, so that it may be folded from them while they pass.
   */
  readonly verdict: () => Iterable<unknown>;
}

interface PartialContents extends ContentsOfAnyMode {
  readonly mode: 'partial-batch';
  /** How many of the leaves are hidden. */
  readonly hidden: bigint;
  /** In log order. */
  readonly leaves: Leaves<BundleLeaf | HiddenLeaf>;
}

export type BundleContents = JudgedContents | PartialContents;

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Writes an evidence bundle, a chunk a line, at constant memory.
 * @throws VerificationError for a checkpoint or subject that is none, BundleError `line-too-long` for a record that no
 *   verifier would take, `incomplete` for a leaf without its proof, or other than `hidden` of them without their record.
 */
export async function* writeBundle(contents: BundleContents): AsyncGenerator<Uint8Array> {
  const { mode, checkpoint, subject } = contents;
  const lines = AppendOnlyTree.empty();
  const write = (text: string): Uint8Array => {
    const bytes = utf8.encode(`${text}\n`);
    const line = Number(lines.size) + 1;
    if (bytes.length > BUNDLE_LIMITS.lineBytes + 1)
      throw new BundleError('line-too-long', line, '', 'cannot be read back');
    lines.append(leafHash(bytes.subarray(0, -1)));
    return bytes;
  };
  const { origin } = parseCheckpoint(checkpoint);
  const key = formatVerifierKey(contents.key);
  const header = { format: BUNDLE_FORMAT, key, kind: 'header', mode, origin, subject };
  const announced = contents.mode === 'partial-batch' ? contents.hidden : 0n;
  yield write(canonicalText(mode === 'partial-batch' ? { ...header, hidden: String(announced) } : header));
  yield write(canonicalText({ checkpoint, kind: 'checkpoint' }));

  const tally = new CoverageTally();
  let hidden = 0n;
  for await (const leaf of contents.leaves) {
    if ('leafHash' in leaf) {
      hidden += 1n;
      yield write(hiddenLine(leaf));
      continue;
    }
    const record = strictUtf8.decode(leaf.record);
    yield write(recordLine(leaf, mode, record, Number(lines.size) + 1));
    if (mode === 'whole-log') continue;
    const parsed = JSON.parse(record) as EvidenceRecord;
    tally.take(parsed);
    for (const { path, salt, value } of leaf.disclosures ?? []) {
      yield write(canonicalText({ event: parsed.id, kind: 'disclosure', path, salt, value }));
    }
  }
  if (hidden !== announced) {
    throw new BundleError('incomplete', 1, 'hidden', `${announced} leaves announced without record, ${hidden} written`);
  }
  for (const part of completenessLines(mode === 'whole-log' ? COMPLETE : tally.completeness(hidden))) {
    yield write(canonicalText({ kind: 'completeness', ...part }));
  }
  for (const verdict of contents.mode === 'partial-batch' ? NO_VERDICT : contents.verdict()) {
    yield write(canonicalText({ kind: 'verdict', verdict }));
  }
  yield write(canonicalText({ kind: 'end', lines: String(lines.size), root: encodeBase64(lines.root()) }));
}

/** The record goes in as it is: canonical text within canonical text. */
function recordLine({ logIndex, proof, record }: BundleLeaf, mode: BundleMode, text: string, line: number): string {
  if (mode === 'whole-log') {
    return `{"kind":"record","leaf":"${encodeBase64(leafHash(record))}","logIndex":"${logIndex}","record":${text}}`;
  }
  if (proof === undefined) throw new BundleError('incomplete', line, 'proof', `leaf ${logIndex} has no proof`);
  const hashes = proof.map((hash) => `"${encodeBase64(hash)}"`).join(',');
  return `{"kind":"record","logIndex":"${logIndex}","proof":[${hashes}],"record":${text}}`;
}

function hiddenLine({ logIndex, leafHash: leaf, proof }: HiddenLeaf): string {
  const hashes = proof.map(encodeBase64);
  return canonicalText({ kind: 'hidden', leaf: encodeBase64(leaf), logIndex: String(logIndex), proof: hashes });
}
