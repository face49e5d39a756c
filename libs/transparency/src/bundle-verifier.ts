import { AppendOnlyTree } from './append-only-tree.js';
import { encodeBase64 } from './base64.js';
import {
  BUNDLE_FORMAT,
  BUNDLE_LIMITS,
  BundleError,
  COMPLETE,
  completenessLines,
  CoverageTally,
  isObject,
  NO_VERDICT,
  type BundleHeader,
  type BundleMode,
  type Completeness,
} from './bundle-format.js';
import { BundleLine } from './bundle-line.js';
import { bundleLines } from './bundle-lines.js';
import { type BundleJudge, type BundleVerification, type VerifiedBundle } from './bundle-verification.js';
import { DueLines } from './due-lines.js';
import { requireOpened, type Opening } from './bundle-disclosure.js';
import { verifyCheckpoint, type VerifiedCheckpoint } from './checkpoint.js';
import { KeyRing } from './key-ring.js';
import { leafHash } from './merkle.js';
import { equalBytes, verifyInclusion } from './merkle-verification.js';
import { formatVerifierKey } from './note-keys.js';

/**
 * Verifies an evidence bundle: form, signature, proofs, completeness, and that the judge comes to the verdict claimed.
 * Holds one line at a time, and but for mode `whole-log` a count for each stream.
 * @param chunks the file's bytes, cut anywhere.
 * @throws BundleError with the place; VerificationError `key-malformed` for a trusted key that is none.
 */
export async function verifyBundle(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { trustedKey, judge, limits }: BundleVerification,
): Promise<VerifiedBundle> {
  const ring = trustedKey instanceof KeyRing ? trustedKey : KeyRing.of(trustedKey);
  const reading = new BundleReading(ring, judge);
  for await (const bytes of bundleLines(chunks, { ...BUNDLE_LIMITS, ...limits })) reading.take(bytes);
  return reading.finish();
}

type Kind = 'header' | 'checkpoint' | 'record' | 'hidden' | 'disclosure' | 'completeness' | 'verdict' | 'end';

/** Kinds of line that stand between the checkpoint and the completeness, and the latter. */
const LEAVES: Readonly<Record<BundleMode, readonly Kind[]>> = {
  'whole-log': ['record', 'completeness'],
  batch: ['record', 'disclosure', 'completeness'],
  'partial-batch': ['record', 'hidden', 'disclosure', 'completeness'],
};

const HEADER_FIELDS = ['format', 'key', 'kind', 'mode', 'origin', 'subject'];

/** One pass over a bundle. */
class BundleReading {
  /** Kinds of line that may come next; none after the end. */
  #awaited: readonly Kind[] = ['header'];
  readonly #lines = AppendOnlyTree.empty();
  readonly #leaves = AppendOnlyTree.empty();
  readonly #tally = new CoverageTally();
  #records = 0n;
  #hidden = 0n;
  #disclosures = 0n;
  #opening: Opening | undefined;
  /** Hidden leaves that the header announces. */
  #announced = 0n;
  #lastIndex = -1n;
  #header!: BundleHeader;
  #checkpoint!: VerifiedCheckpoint;
  #bench!: BundleJudge;
  #completeness: Completeness = COMPLETE;
  readonly #verdict: unknown[] = [];
  /** Lines of the completeness, then of the verdict. */
  #due: DueLines | undefined;

  readonly #ring: KeyRing;
  readonly #judge: BundleVerification['judge'];

  constructor(ring: KeyRing, judge: BundleVerification['judge']) {
    this.#ring = ring;
    this.#judge = judge;
  }

  take(bytes: Uint8Array): void {
    const number = this.#nextLine;
    if (this.#awaited.length === 0) throw new BundleError('bundle-trailing', number, '', 'something follows the end');
    const line = new BundleLine(bytes, number);
    const kind = this.#awaited.find((awaited) => awaited === line.content['kind']);
    switch (kind) {
      case 'header':
        this.#takeHeader(line);
        break;
      case 'checkpoint':
        this.#takeCheckpoint(line);
        break;
      case 'record':
        this.#takeRecord(line);
        break;
      case 'hidden':
        this.#takeHidden(line);
        break;
      case 'disclosure':
        this.#takeDisclosure(line);
        break;
      case 'completeness':
        this.#takeCompleteness(line);
        break;
      case 'verdict':
        this.#takeVerdict(line);
        break;
      case 'end':
        this.#takeEnd(line);
        break;
      case undefined:
        line.fail('order-violated', 'kind', `must be ${this.#awaited.join(' or ')}`);
    }
    this.#lines.append(leafHash(bytes));
  }

  finish(): VerifiedBundle {
    if (this.#awaited.length > 0) {
      throw new BundleError('bundle-truncated', this.#nextLine, '', `no line of kind ${this.#awaited.join(' or ')}`);
    }
    const header = this.#header;
    const checkpoint = this.#checkpoint;
    const records = this.#records;
    const hidden = this.#hidden;
    const disclosures = this.#disclosures;
    const completeness = this.#completeness;
    const verdict = this.#verdict;
    return { header, checkpoint, records, hidden, disclosures, completeness, verdict };
  }

  get #nextLine(): number {
    return Number(this.#lines.size) + 1;
  }

  #takeHeader(line: BundleLine): void {
    const { format, key, mode, origin, subject } = line.content;
    if (format !== BUNDLE_FORMAT) line.fail('version-unsupported', 'format', `not ${BUNDLE_FORMAT}`);
    line.requireFields(mode === 'partial-batch' ? [...HEADER_FIELDS, 'hidden'].sort() : HEADER_FIELDS);
    if (mode !== 'batch' && mode !== 'whole-log' && mode !== 'partial-batch') {
      line.fail('field-malformed', 'mode', 'none of batch, partial-batch and whole-log');
    }
    if (mode === 'partial-batch') {
      this.#announced = line.requireDecimal('hidden');
      if (this.#announced === 0n) line.fail('field-malformed', 'hidden', 'a bundle that hides nothing is not partial');
    }
    if (origin !== this.#ring.origin) line.fail('origin-mismatch', 'origin', `not the log ${this.#ring.origin}`);
    if (typeof key !== 'string' || !this.#ring.has(key)) line.fail('key-unknown', 'key', 'not a key that is trusted');
    if (!isObject(subject) || Array.isArray(subject)) line.fail('field-malformed', 'subject', 'not an object');
    this.#header = { mode, origin: this.#ring.origin, key, subject };
    this.#awaited = ['checkpoint'];
  }

  #takeCheckpoint(line: BundleLine): void {
    line.requireFields(['checkpoint', 'kind']);
    const note = line.requireText('checkpoint');
    this.#checkpoint = line.at('checkpoint', () => verifyCheckpoint(note, this.#ring));
    if (!this.#checkpoint.signedBy.some((key) => formatVerifierKey(key) === this.#header.key)) {
      line.fail('signature-missing', 'checkpoint', 'not signed by the key that the header names');
    }
    this.#bench = judging(line, 'checkpoint', () => this.#judge(this.#header, this.#checkpoint));
    this.#awaited = LEAVES[this.#header.mode];
  }

  #takeRecord(line: BundleLine): void {
    const whole = this.#header.mode === 'whole-log';
    line.requireFields(whole ? ['kind', 'leaf', 'logIndex', 'record'] : ['kind', 'logIndex', 'proof', 'record']);
    const record = line.requireRecord();
    const logIndex = this.#nextIndex(line);
    const leaf = leafHash(line.recordBytes());
    if (whole) {
      // The root over all leaves decides; this names the line where a copy was damaged.
      if (line.content['leaf'] !== encodeBase64(leaf)) line.fail('leaf-mismatch', 'leaf', 'not the hash of the record');
      this.#leaves.append(leaf);
    } else {
      this.#requireIncluded(line, logIndex, leaf);
      line.at('record.revision', () => this.#tally.take(record));
    }
    this.#lastIndex = logIndex;
    this.#records += 1n;
    this.#opening = { record, path: '' };
    judging(line, 'record', () => this.#bench.take(record, logIndex));
  }

  #takeDisclosure(line: BundleLine): void {
    line.requireFields(['event', 'kind', 'path', 'salt', 'value']);
    const { commitment, value, opening } = requireOpened(line, this.#opening);
    this.#opening = opening;
    this.#disclosures += 1n;
    judging(line, 'value', () => this.#bench.disclose?.(commitment, value));
  }

  #takeHidden(line: BundleLine): void {
    line.requireFields(['kind', 'leaf', 'logIndex', 'proof']);
    const logIndex = this.#nextIndex(line);
    this.#requireIncluded(line, logIndex, line.requireHash('leaf'));
    this.#opening = undefined;
    this.#lastIndex = logIndex;
    this.#hidden += 1n;
  }

  #nextIndex(line: BundleLine): bigint {
    const { mode } = this.#header;
    const logIndex = line.requireDecimal('logIndex');
    if (mode === 'whole-log' ? logIndex !== this.#lastIndex + 1n : logIndex <= this.#lastIndex) {
      line.fail('order-violated', 'logIndex', `after ${this.#lastIndex} in mode ${mode}`);
    }
    const { size } = this.#checkpoint;
    if (logIndex >= size) line.fail('index-out-of-range', 'logIndex', `the tree has ${size} leaves`);
    return logIndex;
  }

  #requireIncluded(line: BundleLine, leafIndex: bigint, leaf: Uint8Array): void {
    const { size: treeSize, root } = this.#checkpoint;
    const proof = line.requireHashes('proof');
    line.at('proof', () => verifyInclusion({ leafHash: leaf, leafIndex, treeSize, proof, root }));
  }

  #takeCompleteness(line: BundleLine): void {
    line.requireFields(['kind', 'notProven', 'streams']);
    const due = (this.#due ??= this.#dueCompleteness(line));
    const { notProven, streams } = line.content;
    const difference = due.take({ notProven, streams }, '');
    if (difference !== undefined) line.fail('incomplete', difference.slice(1), 'not what the records show');
    if (!due.isOver) return void (this.#awaited = ['completeness']);
    this.#due = undefined;
    this.#awaited = ['verdict'];
  }

  #dueCompleteness(line: BundleLine): DueLines {
    if (this.#header.mode === 'whole-log') {
      const { size, root } = this.#checkpoint;
      if (this.#records !== size) line.fail('incomplete', '', `${this.#records} records of ${size} stand before`);
      if (!equalBytes(this.#leaves.root(), root))
        line.fail('root-mismatch', '', 'the records are not those of the log');
    } else {
      if (this.#hidden !== this.#announced) {
        line.fail(
          'incomplete',
          '',
          `${this.#hidden} hidden leaves stand before, the header announces ${this.#announced}`,
        );
      }
      this.#completeness = this.#tally.completeness(this.#hidden);
    }
    return new DueLines(completenessLines(this.#completeness));
  }

  #takeVerdict(line: BundleLine): void {
    line.requireFields(['kind', 'verdict']);
    const isJudged = this.#header.mode !== 'partial-batch';
    const reach = (): DueLines => new DueLines(isJudged ? this.#bench.verdict() : NO_VERDICT);
    const due = (this.#due ??= judging(line, 'verdict', reach));
    const claimed = line.content['verdict'];
    const difference = judging(line, 'verdict', () => due.take(claimed, 'verdict'));
    if (difference !== undefined) line.fail('verdict-mismatch', difference, 'not what follows from the records');
    if (isJudged) this.#verdict.push(claimed);
    this.#awaited = due.isOver ? ['end'] : ['verdict'];
  }

  #takeEnd(line: BundleLine): void {
    line.requireFields(['kind', 'lines', 'root']);
    if (line.requireDecimal('lines') !== this.#lines.size)
      line.fail('field-malformed', 'lines', `not ${this.#lines.size}`);
    if (line.requireText('root') !== encodeBase64(this.#lines.root())) {
      line.fail('root-mismatch', 'root', 'not the root over the lines before');
    }
    this.#awaited = [];
  }
}

/** Whatever goes wrong in the judge is a failure of the verification at this place. */
function judging<T>(line: BundleLine, field: string, judge: () => T): T {
  try {
    return judge();
  } catch (error) {
    throw new BundleError('judge-failed', line.number, field, 'the judge could not take it', { cause: error });
  }
}
