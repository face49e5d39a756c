import { type Principal } from '#access';
import { type AnyEvent, type Corrections, type LedgerEvent, type RecordCorrected } from '#custody';
import { type Disclosure } from './disclosing.js';
import { type FoundEvent } from './receipt.js';

/** Snapshots of accounts, which the log can replace: a cold account is then folded from its last one on. */
export interface SnapshotStore {
  load(siteId: string, version: number): Promise<{ readonly revision: bigint; readonly state: string } | undefined>;
  save(siteId: string, revision: bigint, version: number, state: string): Promise<void>;
}

/** Events by their ids, for logs without an index of those. */
export interface EventIndex {
  /** Whether it has the log up to there, after so many milliseconds at most. */
  waitFor(position: bigint, longestMs: number): Promise<boolean>;
  byId(eventId: string): Promise<FoundEvent | undefined>;
}

/** Judges the form of a correction's replacement, which is known only when the event that it stands in for is. */
export interface ReplacementCheck {
  /** @throws CommandRefused for a replacement of another form, or one that is not for the principal */
  check(
    root: LedgerEvent<AnyEvent>,
    correction: RecordCorrected,
    corrections: Corrections | undefined,
    context: { readonly principal: Principal; readonly disclosures: readonly Disclosure[] },
  ): void;
}
