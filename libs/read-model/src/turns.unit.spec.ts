import { describe, expect, it } from '@jest/globals';
import { giveTurn } from './turns.js';

const STEP_MS = 3;

function busyFor(ms: number): void {
  const ends = performance.now() + ms;
  while (performance.now() < ends);
}

/** Many short pieces of work, one after the other. */
async function work(note: () => void): Promise<void> {
  for (let step = 0; step < 40; step++) {
    busyFor(STEP_MS);
    note();
    await giveTurn();
  }
}

describe('Turns of the event loop', () => {
  it('comes between pieces of work that are short by themselves', async () => {
    let fired = 0;
    const timer = setInterval(() => fired++, 1);
    await work(() => undefined);
    clearInterval(timer);
    // 120 ms in turns of 20.
    expect(fired).toBeGreaterThanOrEqual(3);
  });

  it('goes round all who wait, and no turn is longer for it', async () => {
    const order: number[] = [];
    const between: number[] = [];
    let turned = performance.now();
    const timer = setInterval(() => {
      between.push(order.length);
      turned = performance.now();
    }, 1);
    await Promise.all([0, 1, 2].map((who) => work(() => order.push(who))));
    clearInterval(timer);
    expect(turned).toBeGreaterThan(0);
    // 120 pieces of 3 ms: none of the three has all its turns before another.
    expect(order.slice(0, 60).includes(2)).toBe(true);
    expect(order.slice(60).includes(0)).toBe(true);
    const most = Math.max(...between.map((count, index) => count - (between[index - 1] ?? 0)));
    expect(most).toBeLessThanOrEqual(12);
  });
});
