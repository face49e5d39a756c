import { type Principal } from '#access';
import { type AnyEvent, type Corrections, type LedgerEvent, type RecordCorrected } from '#custody';
import { type Disclosure } from './disclosing.js';
import { type FoundEvent } from './receipt.js';

/** Snapshots of accounts, a cache over the log: an account not in memory is folded from its last snapshot on. */
export interface SnapshotStore {
  load(siteId: string, version: number): Promise<{ readonly revision: bigint; readonly state: string } | undefined>;
  save(siteId: string, revision: bigint, version: number, state: string): Promise<void>;
}

/** Events by their ids, for logs without such an index. */
export interface EventIndex {
  /** Whether the index has caught up with a position, after waiting this many milliseconds at most. */
  waitFor(position: bigint, longestMs: number): Promise<boolean>;
  byId(eventId: string): Promise<FoundEvent | undefined>;
}

/** Checks the form of a correction's replacement, which depends on the event that it replaces. */
export interface ReplacementCheck {
  /** @throws CommandRefused for a replacement of another form, or one that is not for the principal */
  check(
    root: LedgerEvent<AnyEvent>,
    correction: RecordCorrected,
    corrections: Corrections | undefined,
    context: { readonly principal: Principal; readonly disclosures: readonly Disclosure[] },
  ): void;
}
