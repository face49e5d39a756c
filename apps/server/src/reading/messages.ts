import { type MismatchBell } from '#audit';
import { type ProblemCode, type ProblemLine } from '../problem/problem.js';
import { type LongRead } from './long-reads.js';

/** What a thread that reads is started with. */
export interface ReadingOrder {
  readonly eventStoreUrl: string;
  readonly dataFolder: string;
}

export type ToReader =
  /** @param now the ledger's time, RFC 3339 UTC: the thread's own clock must not be earlier */
  | { readonly kind: 'read'; readonly id: number; readonly read: LongRead; readonly now: string }
  /** Room for one more chunk. */
  | { readonly kind: 'pull'; readonly id: number }
  /** Nobody waits for it any more. */
  | { readonly kind: 'drop'; readonly id: number }
  | { readonly kind: 'stop' };

/** Messages about one read: `began`, then chunks and `ended`; or `failed` at any point. */
export type FromReader = OfOneRead | Mismatched;

/** A withheld value that does not match its commitment. */
export interface Mismatched {
  readonly kind: 'mismatched';
  readonly value: Parameters<MismatchBell>[0];
}

export type OfOneRead =
  | { readonly kind: 'began'; readonly id: number }
  | { readonly kind: 'chunk'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'ended'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: ReadFailure };

/** A `Problem`, or an unexpected error. */
export type ReadFailure =
  | {
      readonly problem: {
        readonly code: ProblemCode;
        readonly detail: string;
        readonly errors: readonly ProblemLine[];
        readonly retryAfterSeconds: number | undefined;
        readonly status: number;
        /** What failed in the log: for the operator, not for the caller. */
        readonly because: string | undefined;
      };
    }
  | { readonly error: { readonly name: string; readonly message: string; readonly stack: string | undefined } };
