import { AppendOnlyTree } from './append-only-tree.js';
import { encodeBase64 } from './base64.js';
import {
  BUNDLE_FORMAT,
  BUNDLE_LIMITS,
  BundleError,
  COMPLETE,
  CoverageTally,
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
  /** Inclusion proof at the checkpoint's size. Needed in mode `batch`, not written in mode `whole-log`. */
  readonly proof?: readonly Uint8Array[];
}

export interface BundleContents {
  readonly mode: BundleMode;
  /** Key that signed the checkpoint. */
  readonly key: VerifierKey;
  /** Signed checkpoint; cosignatures may stand in it. */
  readonly checkpoint: string;
  readonly subject: Readonly<Record<string, unknown>>;
  /** In log order; all of them, from 0, in mode `whole-log`. */
  readonly leaves: Iterable<BundleLeaf> | AsyncIterable<BundleLeaf>;
  /** Asked for after the last leaf was taken, so that it may be folded from them while they pass. */
  readonly verdict: () => unknown;
}

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Writes an evidence bundle, a chunk a line, at constant memory.
 * @throws VerificationError for a checkpoint or subject that is none, BundleError `line-too-long` for a record that no
 *   verifier would take, `incomplete` for a leaf without its proof.
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
  yield write(canonicalText({ format: BUNDLE_FORMAT, key, kind: 'header', mode, origin, subject }));
  yield write(canonicalText({ checkpoint, kind: 'checkpoint' }));

  const tally = new CoverageTally();
  for await (const leaf of contents.leaves) {
    const record = strictUtf8.decode(leaf.record);
    if (mode === 'batch') tally.take(JSON.parse(record) as EvidenceRecord);
    yield write(recordLine(leaf, mode, record, Number(lines.size) + 1));
  }
  const { notProven, streams } = mode === 'batch' ? tally.completeness() : COMPLETE;
  yield write(canonicalText({ kind: 'completeness', notProven, streams }));
  yield write(canonicalText({ kind: 'verdict', verdict: contents.verdict() }));
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
