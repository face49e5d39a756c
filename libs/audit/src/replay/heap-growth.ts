import { setFlagsFromString } from 'node:v8';

/** Of the heap that was still in use when it was last collected: so much more, in percent, until it is collected again. */
const GROWING_PERCENT = 150;

/**
 * From now on the heaps of this process grow to two and a half times what is in use before they are collected, and not to four, as
 * V8 lets a small heap do on a machine with much memory. What a replay keeps of a ledger outlives the young generation and
 * is dropped soon after: the garbage, and with it the peak, would grow with the time until V8 happens to collect it.
 */
export function growHeapsSlowly(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}
