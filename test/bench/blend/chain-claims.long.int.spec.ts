import { describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimsOfChain } from './claims-of-chain.js';

/** Log index of the last event: a site is opened, then each batch is made by one event. */
const lastOf = (batches: number): number => batches;

describe('Claims along a chain, in their short form', () => {
  it.each([2, 60])('are those of the whole chain of %d, without reasons', async (batches) => {
    const folder = await mkdtemp(join(tmpdir(), 'lodebook-claims-'));
    try {
      const { milliseconds, answer } = await claimsOfChain({ folder, batches, filled: false, times: 2 });
      expect(milliseconds).toHaveLength(2);
      const claims = JSON.parse(answer) as Record<string, unknown>;
      expect(claims).toMatchObject({
        batchId: `b${batches - 1}`,
        verdict: 'unproven',
        knownAt: { logIndex: lastOf(batches) },
      });
      expect(Object.keys(claims)).not.toContain('reasons');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
