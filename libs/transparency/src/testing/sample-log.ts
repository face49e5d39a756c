import {
  AppendOnlyTree,
  canonicalBytes,
  formatCheckpoint,
  inclusionProof,
  leafHash,
  noteSigner,
  signNote,
  writeBundle,
  type BundleContents,
  type BundleHeader,
  type BundleJudge,
  type BundleMode,
  type EvidenceRecord,
  type HiddenLeaf,
  type ProvedLeaf,
} from '../index.js';
import { MemoryNodes } from './memory-nodes.js';

export const ORIGIN = 'ledger.example/lodebook';
export const signer = noteSigner(ORIGIN, new Uint8Array(32).fill(1));

/** A small log of three streams, with text that escapes and surrogate pairs. */
export function sampleRecords(size: number): EvidenceRecord[] {
  const revisions = new Map<string, number>();
  return Array.from({ length: size }, (_, i) => {
    const stream = ['site-a', 'site-b', 'attestation-1'][i % 3]!;
    const revision = revisions.get(stream) ?? 0;
    revisions.set(stream, revision + 1);
    return {
      data: { batchId: `b-${i}`, grossGrams: i * 1000, note: 'é "quoted"\n\u{1f600}' },
      id: `00000000-0000-5000-8000-${String(i).padStart(12, '0')}`,
      metadata: { actor: { organisation: 'acme' }, occurredAt: '2026-01-01T00:00:00.000Z', schemaVersion: 1 },
      revision: String(revision),
      stream,
      type: 'BatchRegistered',
    };
  });
}

interface SampleLog {
  readonly checkpoint: string;
  readonly leaves: readonly ProvedLeaf[];
}

export function sampleLog(records: readonly EvidenceRecord[], signers = [signer]): SampleLog {
  const nodes = new MemoryNodes();
  const tree = AppendOnlyTree.empty();
  for (const record of records) tree.append(leafHash(canonicalBytes(record)), nodes);
  const text = formatCheckpoint({ origin: ORIGIN, size: tree.size, root: tree.root() });
  const leaves = records.map((record, i) => ({
    logIndex: BigInt(i),
    record: canonicalBytes(record),
    proof: inclusionProof(BigInt(i), tree.size, nodes),
  }));
  return { checkpoint: signNote(text, ...signers), leaves };
}

/** A judge whose verdict shows all that it was given. */
export function countingJudge(header: BundleHeader): BundleJudge {
  let grams = 0;
  const seen: string[] = [];
  return {
    take: ({ data }, logIndex) => {
      grams += Number(data['grossGrams']);
      seen.push(String(logIndex));
    },
    verdict: () => [{ about: header.subject['batchId'], grams, seen: seen.length, verdict: 'holds' }],
  };
}

export const SUBJECT = { batchId: 'b-1', programmes: ['oecd-due-diligence@1'], validAt: '2026-02-01T00:00:00.000Z' };

/** Writes a bundle of these leaves with the verdict of {@link countingJudge}. */
export async function sampleBundle(
  mode: Exclude<BundleMode, 'partial-batch'>,
  { checkpoint, leaves }: SampleLog,
  pick: (logIndex: bigint) => boolean = () => true,
): Promise<Uint8Array> {
  const judge = countingJudge({ mode, origin: ORIGIN, key: '', subject: SUBJECT });
  const picked = leaves.filter(({ logIndex }) => pick(logIndex));
  for (const { logIndex, record } of picked) {
    judge.take(JSON.parse(Buffer.from(record).toString()) as EvidenceRecord, logIndex);
  }
  return written({
    mode,
    key: signer.key,
    checkpoint,
    subject: SUBJECT,
    leaves: picked,
    verdict: () => judge.verdict(),
  });
}

/** Writes a bundle of these leaves, with the hashes of those that it hides. */
export async function partialBundle(
  { checkpoint, leaves }: SampleLog,
  pick: (logIndex: bigint) => boolean,
  hides: (logIndex: bigint) => boolean,
): Promise<Uint8Array> {
  const picked = leaves.filter(({ logIndex }) => pick(logIndex));
  return written({
    mode: 'partial-batch',
    key: signer.key,
    checkpoint,
    subject: SUBJECT,
    hidden: BigInt(picked.filter(({ logIndex }) => hides(logIndex)).length),
    leaves: picked.map((leaf) => (hides(leaf.logIndex) ? hiddenLeaf(leaf) : leaf)),
  });
}

export function hiddenLeaf({ logIndex, record, proof }: ProvedLeaf): HiddenLeaf {
  return { logIndex, leafHash: leafHash(record), proof };
}

async function written(contents: BundleContents): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeBundle(contents)) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}
