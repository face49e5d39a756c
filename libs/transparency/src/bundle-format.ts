import { canonicalText } from './canonical-json.js';
import { VerificationError, type VerificationErrorCode } from './verification-error.js';

/*
 * The evidence bundle, version 1: NDJSON, each line in RFC 8785 form and ended by one newline, in this order:
 *
 *   {"format","key","kind":"header","mode","origin","subject"}   what is asked, of which log, under which key
 *   {"checkpoint","kind":"checkpoint"}                           early: what another key signed is not read on
 *   {"kind":"record","logIndex","proof","record"}                batch: some leaves, each with its inclusion proof
 *   {"kind":"record","leaf","logIndex","record"}                 whole-log: every leaf, proved together by the root
 *   {"kind":"hidden","leaf","logIndex","proof"}                  partial-batch: a leaf whose record is not shown
 *   {"event","kind":"disclosure","path","salt","value"}          but for whole-log: opens a commitment of the record before
 *   {"kind":"completeness","notProven","streams"}                what the bundle does not prove, in plain words
 *   {"kind":"verdict","verdict"}                                 what the ledger claims; null in a partial-batch
 *   {"kind":"end","lines","root"}                                Merkle root over the lines before
 *
 * Completeness and verdict grow with the chain: each is as many lines as it takes, so that no line does. A line of
 * completeness names 1,000 streams at most; how a verdict is cut is the judge's business. A bundle without its end line is
 * one that was not written to its end, and fails.
 *
 * What each byte is held by: records by their proofs or the root, disclosures by the commitments in records, the checkpoint by its signature, key and origin by the
 * trusted key, completeness and verdict by being computed again, and the subject by the end line, as is anything that two
 * of these would let pass (a cosignature, say). The end line guards against damage, not against its author: whoever
 * changes the subject has asked another question, and the verdict must then be the answer to that.
 *
 * A header of mode `partial-batch` has one more field, `hidden`: how many leaves are without their record. What is hidden
 * may turn any verdict, to the better as to the worse: a partial bundle claims none, so that whoever hides a record has
 * nothing to gain by it. Its subject is the question that was asked, and nothing in it is proved.
 */

export const BUNDLE_FORMAT = 'lodebook-evidence/1';

/**
 * `whole-log`: every leaf up to the checkpoint. `batch`: those that bear on the subject. `partial-batch`: of these, some
 * without their record, and no verdict.
 */
export type BundleMode = 'whole-log' | 'batch' | 'partial-batch';

/** First line. */
export interface BundleHeader {
  readonly mode: BundleMode;
  /** Of the log's checkpoints. */
  readonly origin: string;
  /** Verifier key of the log, in its text form. */
  readonly key: string;
  /** What the verdict is about, e.g. batch, moment and versions of programmes: the judge's business, opaque here. */
  readonly subject: Readonly<Record<string, unknown>>;
}

/** An event as the log hashes it (`docs/audit.md`). `revision` is a decimal string. */
export interface EvidenceRecord {
  readonly data: Readonly<Record<string, unknown>>;
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly revision: string;
  readonly stream: string;
  readonly type: string;
}

/**
 * What a verified bundle leaves open.
 * - `absent-streams`: streams of which nothing is included may hold an event that bears on the subject;
 * - `stream-tails`: an included stream may have further events before the checkpoint, after the last one included;
 * - `stream-gaps`: some included streams are not there from their beginning without a gap;
 * - `hidden-records`: what hidden records say, that they bear on the subject, and so any verdict on it.
 */
export type NotProven = 'absent-streams' | 'stream-tails' | 'stream-gaps' | 'hidden-records';

/** How much of one stream a bundle holds. */
export interface StreamCoverage {
  readonly stream: string;
  /** Events included. */
  readonly events: string;
  /** Their revisions are 0 to events − 1: nothing is left out before the last one. */
  readonly gapless: boolean;
}

export interface Completeness {
  readonly notProven: readonly NotProven[];
  /** In ascending order of names. None for a whole log, which needs no such argument. */
  readonly streams: readonly StreamCoverage[];
}

export interface BundleLimits {
  /** Longest line in bytes, without its newline. */
  readonly lineBytes: number;
  readonly lines: number;
  /** Whole file in bytes. */
  readonly bytes: number;
}

/** Wide enough for a log of tens of millions of events; narrow enough that a hostile file ends in minutes, not days. */
export const BUNDLE_LIMITS: BundleLimits = { lineBytes: 4 << 20, lines: 100_000_000, bytes: 2 ** 37 };

/** A bundle that failed, and where. */
export class BundleError extends VerificationError {
  override readonly name = 'BundleError';

  constructor(
    code: VerificationErrorCode,
    /** 1-based. */
    readonly line: number,
    /** Path within the line, e.g. `proof[3]`; empty for the line as a whole. */
    readonly field: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(code, `line ${line}${field === '' ? '' : `, ${field}`}: ${reason}`, options);
  }
}

/** Tells, record by record in log order, what a bundle of mode `batch` or `partial-batch` covers. */
export class CoverageTally {
  readonly #streams = new Map<string, { events: bigint; last: bigint }>();

  /** @throws VerificationError `order-violated`: a stream's revisions must rise as the log does. */
  take(record: EvidenceRecord): void {
    const revision = BigInt(record.revision);
    const seen = this.#streams.get(record.stream);
    if (seen === undefined) {
      this.#streams.set(record.stream, { events: 1n, last: revision });
      return;
    }
    if (revision <= seen.last) throw new VerificationError('order-violated', 'a revision that is not above the last');
    seen.events += 1n;
    seen.last = revision;
  }

  /** @param hidden leaves without their record: of which streams these are is not told. */
  completeness(hidden: bigint): Completeness {
    const streams = [...this.#streams]
      // Revisions rise, so as many events as the last revision says are all of them.
      .map(([stream, { events, last }]) => ({ stream, events: String(events), gapless: events === last + 1n }))
      .sort((a, b) => (a.stream < b.stream ? -1 : 1));
    const gaps = streams.some(({ gapless }) => !gapless);
    const notProven: NotProven[] = ['absent-streams', 'stream-tails'];
    if (gaps) notProven.push('stream-gaps');
    if (hidden > 0n) notProven.push('hidden-records');
    return { notProven, streams };
  }
}

/** Streams named by one line of completeness. */
const STREAMS_A_LINE = 1_000;

/** Completeness as lines have it, one at least. */
export function* completenessLines({ notProven, streams }: Completeness): Generator<Completeness> {
  for (let from = 0; from === 0 || from < streams.length; from += STREAMS_A_LINE) {
    yield { notProven, streams: streams.slice(from, from + STREAMS_A_LINE) };
  }
}

/** Of a whole log nothing is left open: the root over all leaves is the one that was signed. */
export const COMPLETE: Completeness = { notProven: [], streams: [] };

/** What stands in the place of the verdict of a partial bundle. */
export const NO_VERDICT: readonly unknown[] = [null];

/** The path of the first place where two JSON values differ, undefined when they are the same. */
export function firstDifference(a: unknown, b: unknown, path: string): string | undefined {
  if (isObject(a) && isObject(b) && Array.isArray(a) === Array.isArray(b)) {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const at = Array.isArray(a) ? `${path}[${name}]` : `${path}.${name}`;
      if (!Object.hasOwn(a, name) || !Object.hasOwn(b, name)) return at;
      const difference = firstDifference(a[name], b[name], at);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  return canonicalText(a) === canonicalText(b) ? undefined : path;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
