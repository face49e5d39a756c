import { describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBlend } from './blended.js';

describe('The blended refinery, in its short form', () => {
  it.each(['memory', 'disk'] as const)(
    'is judged, and a revocation breaks what its supplier went into, once each (log in %s)',
    async (log) => {
      const folder = await mkdtemp(join(tmpdir(), 'lodebook-blend-'));
      try {
        const days = await runBlend({ folder, suppliers: 12, log, copied: 'here', days: [2, 4] });
        // The supplier's lots, and of every day the blend and what it became in two steps.
        expect(days.map(({ day, broken }) => [day, broken])).toEqual([
          [2, 2 + 2 * 3],
          [4, 4 + 4 * 3],
        ]);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});
