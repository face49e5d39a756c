/** Delays before a retry after a failure, milliseconds: doubled each time, up to the longest. */
export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
}

const USUAL: BackOff = { firstMs: 50, longestMs: 5_000 };

/** @param attempt 1 after the first failure. @returns milliseconds */
export function retryDelay(attempt: number, { firstMs, longestMs }: BackOff = USUAL): number {
  return Math.min(firstMs * 2 ** (attempt - 1), longestMs);
}
