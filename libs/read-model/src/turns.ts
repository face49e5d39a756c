/** Work goes on for so long, milliseconds, before everything else that waits for the event loop has its turn. */
const TURN_MS = 20;

const NOT_YET = Promise.resolve();
const waiting: (() => void)[] = [];
let turnedAt = performance.now();

/**
 * Asked often by whatever may take long, it lets the event loop turn now and then, however many pieces of work, each short by
 * itself, follow one another: to await what is there already never lets it turn. Where several wait, each goes on in a turn
 * of its own, one after the other.
 */
export function giveTurn(): Promise<void> {
  if (performance.now() - turnedAt < TURN_MS) return NOT_YET;
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(next);
  });
}

function next(): void {
  turnedAt = performance.now();
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(next);
}
