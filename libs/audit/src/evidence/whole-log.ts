import { createHash, type Hash } from 'node:crypto';
import { isCorrecting, programmeReference, type Programme } from '#claims';
import {
  canonicalBytes,
  writeBundle,
  type BundleHeader,
  type BundleJudge,
  type BundleLeaf,
  type EvidenceRecord,
  type KeyRing,
} from '#transparency';
import { type ProgrammeLibrary } from '#programmes';
import { isInstant } from '#vocabulary';
import { type SignedCheckpoint } from '../checkpoints/checkpoint-events.js';
import { eventOfEvidence, namedProgramme, programmesNamed } from './evidence-judge.js';
import { replay, type ReplayRequest } from '../replay/replay.js';
import { type ReplaySource } from '../replay/replay-source.js';
import { VerdictDigest } from '../replay/verdict-digest.js';
import { GatheredCorrections, VerdictFold } from '../replay/verdict-fold.js';

/** What a bundle of the whole log claims: the digest of a replay, and how many batches it judged. */
interface WholeLogVerdict {
  readonly batches: number;
  readonly digest: string;
}

/**
 * Writes the log as far as a checkpoint goes, with the digest of its replay. The source is read twice, one line in memory.
 * @throws as `replay`
 */
export async function writeWholeLog(
  source: ReplaySource,
  checkpoint: SignedCheckpoint,
  ring: KeyRing,
  request: Omit<ReplayRequest, 'until'>,
): Promise<AsyncIterable<Uint8Array>> {
  const { size } = checkpoint;
  const until = size === 0n ? undefined : String(size - 1n);
  const { validAt, programmes: references, batches, digest } = await replay(source, { ...request, until });
  const programmes = request.library.programmes.filter((each) => references.includes(programmeReference(each)));
  const verdict: WholeLogVerdict = { batches, digest };
  return writeBundle({
    mode: 'whole-log',
    key: ring.keysAt(size).at(-1)!,
    checkpoint: checkpoint.text,
    subject: { validAt, programmes: inOrder(programmes, references).map(namedProgramme) },
    leaves: leavesUpTo(source, size),
    verdict: () => [verdict],
  });
}

async function* leavesUpTo(source: ReplaySource, size: bigint): AsyncGenerator<BundleLeaf> {
  let logIndex = 0n;
  for await (const { record } of source.records()) {
    if (logIndex >= size) return;
    yield { logIndex: logIndex++, record };
  }
}

function inOrder(programmes: readonly Programme[], references: readonly string[]): Programme[] {
  return references.map((reference) => programmes.find((each) => programmeReference(each) === reference)!);
}

/** What a first, trustless reading of a bundle says of its corrections, which a fold in one pass must know beforehand. */
export class AnnouncedCorrections {
  readonly gathered = new GatheredCorrections();
  readonly #hash: Hash = createHash('sha256');

  take(record: EvidenceRecord, logIndex: number): void {
    if (!isCorrecting(record)) return;
    this.gathered.take(eventOfEvidence(record, logIndex));
    this.#hash.update(canonicalBytes(record)).update('\n');
  }

  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}

/** Replays a bundle of the whole log as its records are verified. */
export class WholeLogJudge implements BundleJudge {
  readonly #fold: VerdictFold;
  readonly #taken = new AnnouncedCorrections();

  readonly #announced: AnnouncedCorrections;
  readonly #validAt: string | undefined;
  readonly #programmes: readonly Programme[];

  private constructor(announced: AnnouncedCorrections, validAt: string | undefined, programmes: readonly Programme[]) {
    this.#announced = announced;
    this.#validAt = validAt;
    this.#programmes = programmes;
    const corrections = announced.gathered.upTo(Number.MAX_SAFE_INTEGER);
    this.#fold = new VerdictFold({ corrections, validAt });
  }

  /** @throws Error when the subject is none, or names programmes that are not here */
  static of({ subject }: BundleHeader, library: ProgrammeLibrary, announced: AnnouncedCorrections): WholeLogJudge {
    const { validAt, programmes } = subject;
    if (validAt !== null && !isInstant(validAt)) throw new Error('the subject names no moment');
    return new WholeLogJudge(announced, validAt ?? undefined, programmesNamed(programmes, library.programmes));
  }

  take(record: EvidenceRecord, logIndex: bigint): void {
    const { occurredAt, recordedAt } = record.metadata;
    if (!isInstant(occurredAt) || !isInstant(recordedAt)) throw new Error('the record has no time');
    this.#taken.take(record, Number(logIndex));
    this.#fold.take(eventOfEvidence(record, Number(logIndex)));
  }

  verdict(): [WholeLogVerdict] {
    if (this.#taken.digest() !== this.#announced.digest()) throw new Error('the file has changed while it was read');
    const digest = new VerdictDigest();
    try {
      for (const verdict of this.#validAt === undefined ? [] : this.#fold.verdicts(this.#programmes, this.#validAt)) {
        digest.take(verdict);
      }
      return [{ batches: digest.batches, digest: digest.digestAtOnce() }];
    } finally {
      digest.close();
      this.#fold.close();
    }
  }
}
