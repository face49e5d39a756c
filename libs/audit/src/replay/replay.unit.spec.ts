import { describe, expect, it } from '@jest/globals';
import { type GraphEvent } from '#claims';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { canonicalBytes } from '#transparency';
import { randomLedger } from '../../../claims/src/graph/testing/random-ledger.js';
import { replay } from './replay.js';
import { type ReplayPhase } from './replay-report.js';
import { type ReplaySource } from './replay-source.js';

const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
const now = '2037-01-01T00:00:00.000Z';

function sourceOf(events: readonly GraphEvent[]): ReplaySource {
  return {
    origin: undefined,
    async *records() {
      for (const [index, { logIndex, ...event }] of events.entries()) {
        const record = canonicalBytes({ ...event, revision: String(event.revision) });
        yield { record, event, share: (index + 1) / events.length };
      }
    },
    async *checkpoints() {
      // Nothing was signed.
    },
  };
}

describe('the progress of a replay', () => {
  it('rises through each phase, and tells of judging while it judges', async () => {
    const told: [ReplayPhase, number][] = [];
    let judged = 0;
    const during: number[] = [];
    const { batches } = await replay(sourceOf(randomLedger(7, 1_200)), {
      library,
      programme: 'us-japan-cma-2023',
      now,
      progress: (phase, share) => {
        told.push([phase, share]);
        if (phase === 'judging') during.push(judged);
      },
      verdict: () => judged++,
    });
    expect(batches).toBeGreaterThan(100);
    const shares = (of: ReplayPhase) => told.filter(([phase]) => phase === of).map(([, share]) => share);
    for (const phase of ['reading', 'judging'] as const) {
      expect(shares(phase)).toEqual([...shares(phase)].sort((a, b) => a - b));
      expect(shares(phase).every((share) => share >= 0 && share <= 1)).toBe(true);
    }
    expect(shares('judging').at(-1)).toBe(1);
    // A share between: it is that of the batches that have been judged.
    const between = shares('judging').findIndex((share, index) => during[index]! < judged && share > 0);
    expect(between).toBeGreaterThanOrEqual(0);
    const ofBatches = during[between]! / judged;
    expect(Math.abs(shares('judging')[between]! - ofBatches)).toBeLessThan(0.2);
  });
});
