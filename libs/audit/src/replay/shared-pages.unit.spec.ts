import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SharedPages } from './shared-pages.js';

describe('pages in shared memory', () => {
  it('keep their bytes until they are taken back, in the order in which they were lent', () => {
    const steps = fc.array(fc.option(fc.uint8Array({ maxLength: 20_000 }), { freq: 2 }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (all) => {
        const pages = new SharedPages();
        const lent: { copy: Uint8Array; bytes: Uint8Array }[] = [];
        for (const bytes of all) {
          if (bytes === null) {
            pages.takeBack();
            lent.shift();
          } else {
            lent.push({ copy: pages.lend(bytes), bytes });
          }
          for (const { copy, bytes: expected } of lent) expect(Buffer.compare(copy, expected)).toBe(0);
        }
      }),
    );
  });

  it('use memory again, unless it is too small', () => {
    const pages = new SharedPages();
    const first = pages.lend(new Uint8Array(5_000)).buffer;
    const second = pages.lend(new Uint8Array(5_000)).buffer;
    expect(second).not.toBe(first);
    pages.takeBack();
    expect(pages.lend(new Uint8Array(6_000)).buffer).toBe(first);
    pages.takeBack();
    expect(pages.lend(new Uint8Array(100_000)).buffer.byteLength).toBeGreaterThanOrEqual(100_000);
  });
});
