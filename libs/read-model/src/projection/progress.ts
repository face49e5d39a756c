/** How far the read tables have come, for whoever waits for them, wherever the projector runs. */
export abstract class ReadModelProgress {
  /** Position of the last event in the read tables; undefined before the first. */
  abstract readonly position: bigint | undefined;
  /** Evidence events in the read tables: the log index of the next. */
  abstract readonly logSize: number;
  /**
   * The tables have held the whole log once, and have all their indexes. Before, they must not be asked: what was recorded
   * long ago may be missing, and be looked for in all rows.
   */
  abstract readonly isFilled: boolean;
  /** The log is followed, and that did not fail the last time it was tried. */
  abstract readonly running: boolean;
  /** Resolves to true once the read tables are filled and hold all evidence up to a position, false when that takes too long. */
  abstract waitFor(position: bigint, timeoutMs: number): Promise<boolean>;
  /** Evidence events in the log that are not in the read tables, counted up to {@link LAG_COUNTED}. */
  abstract eventsBehind(): Promise<number>;
}

/** How far judging has come, wherever it is done. */
export abstract class VerdictProgress {
  /** The log index up to which every verdict takes all events into account; −1 before the first is sure. */
  abstract readonly judgedUpTo: number;
  /** Resolves to true once verdicts take all evidence up to a position into account, false when that takes too long. */
  abstract waitFor(position: bigint, timeoutMs: number): Promise<boolean>;
}

/** A lag beyond so many events is not counted further: whoever asks must not wait for a count of the log. */
export const LAG_COUNTED = 1_000;
