import { describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runWide } from './wide-flow.js';

describe('The wide transformation, in its short form', () => {
  it('uses up what went in, and its flows are its inputs and its outputs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lodebook-wide-'));
    try {
      const { edges, spent, wideMs, narrowMs } = await runWide({ folder, width: 60, narrow: 10 });
      // 60 into 60 through its node; ten times, and once before, 6 into one.
      expect(edges).toBe(60 + 60 + 11 * 6);
      expect(spent).toBe(60 + 11 * 6);
      expect(wideMs).toBeGreaterThan(0);
      expect(narrowMs).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
