/** What a replay and its second thread tell each other. Messages are taken in the order in which they are sent. */
import { type Checkpoint } from '#transparency';
import { AlteredLogError } from '../log/altered-log-error.js';
import { type ExaminedLog } from './log-examination.js';
import { UnreadableRecord } from './replay-page.js';
import { type StoredTree } from './replay-source.js';
import { type BatchLines } from './verdict-digest.js';

export type Signed = Pick<Checkpoint, 'size' | 'root'>;

export type ToExamination =
  /** The log is read from its beginning. */
  | {
      readonly kind: 'examine';
      readonly origin: string | undefined;
      readonly stored: StoredTree | undefined;
      readonly onlyRoot: boolean;
    }
  | {
      readonly kind: 'page';
      readonly first: number;
      readonly bytes: Uint8Array;
      readonly ends: readonly number[];
      readonly share: number;
    }
  /** Those that were asked for, none when there are no more. */
  | { readonly kind: 'checkpoints'; readonly signed: readonly Signed[] }
  | { readonly kind: 'end-of-log' }
  /** @see VerdictDigest.takeLines; `lists` are those that come new with them */
  | { readonly kind: 'verdicts'; readonly lines: readonly BatchLines[]; readonly lists: readonly string[] }
  | { readonly kind: 'end-of-verdicts' };

export type FromExamination =
  /** A page, or verdicts, are done with. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'checkpoints-wanted' }
  | { readonly kind: 'examined'; readonly log: ExaminedLog }
  /** So many batches are in the digest. */
  | { readonly kind: 'digested'; readonly batches: number }
  | { readonly kind: 'digest'; readonly digest: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** An error in a form that arrives as it was sent. */
export type Failure =
  | { readonly kind: 'altered'; readonly finding: string; readonly logIndex: bigint | undefined }
  | { readonly kind: 'unreadable'; readonly logIndex: number }
  | { readonly kind: 'other'; readonly error: unknown };

export function failureOf(error: unknown): Failure {
  if (error instanceof AlteredLogError) return { kind: 'altered', finding: error.finding, logIndex: error.logIndex };
  if (error instanceof UnreadableRecord) return { kind: 'unreadable', logIndex: error.logIndex };
  return { kind: 'other', error };
}

export function errorOf(failure: Failure): Error {
  if (failure.kind === 'altered') return new AlteredLogError(failure.finding, failure.logIndex);
  if (failure.kind === 'unreadable') return new UnreadableRecord(failure.logIndex, undefined);
  return failure.error instanceof Error ? failure.error : new Error(String(failure.error));
}
