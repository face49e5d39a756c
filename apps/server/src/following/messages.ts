import { type KeptSnapshot } from '#read-model';
import { type Say } from '#following';

/** What a thread that follows the log is started with. */
export interface FollowerOrder {
  readonly eventStoreUrl: string;
  readonly streamPrefix: string | undefined;
  readonly dataFolder: string;
  /** The ledger's time, RFC 3339 UTC: the thread's own clock begins no earlier. */
  readonly now: string;
}

/** How far the thread has come. */
export interface Standing {
  readonly position: bigint | undefined;
  readonly logSize: number;
  readonly isFilled: boolean;
  readonly running: boolean;
  readonly judgedUpTo: number;
}

export type Awaited = 'tables' | 'verdicts';

export type ToFollower =
  /** The answer to `caught-up`, when there is more. */
  | { readonly kind: 'grown'; readonly now: string }
  | {
      readonly kind: 'wait';
      readonly id: number;
      readonly what: Awaited;
      readonly position: bigint;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'snapshot'; readonly snapshot: KeptSnapshot }
  | { readonly kind: 'stop' };

export type FromFollower =
  | { readonly kind: 'standing'; readonly standing: Standing }
  /** It has read everything, and asks to be woken: one message for any number of commits. */
  | { readonly kind: 'caught-up' }
  | { readonly kind: 'waited'; readonly id: number; readonly reached: boolean }
  | { readonly kind: 'said'; readonly said: Parameters<Say> };
