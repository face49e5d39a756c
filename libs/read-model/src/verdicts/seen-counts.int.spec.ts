import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Visibility } from '#access';
import { MemoryEventStore } from '#event-store';
import { VerdictQueries } from '../queries/verdict-queries.js';
import { EventLog } from '../testing/event-log.js';
import { judged, seenVerdicts } from '../testing/judged-verdicts.js';
import { TOLD } from '../testing/ore-to-cathode.js';
import { withViews } from '../testing/views-folder.js';

const PROGRAMME = 'oecd-due-diligence@1';
const memberOf = (organisationId: string): Visibility => ({ sees: 'organisation', organisationId });

describe('The verdicts that an organisation sees', () => {
  it('are counted as they are one by one, whether it saw the batch before or after it was judged', async () => {
    const cuts = fc.uniqueArray(fc.nat({ max: TOLD.length }), { minLength: 1, maxLength: 4 });
    let counts = 0;
    await fc.assert(
      fc.asyncProperty(cuts, async (pieces) => {
        const store = new MemoryEventStore();
        const log = new EventLog(store);
        await withViews(async (views) => {
          let told = 0;
          for (const until of [...pieces.sort((a, b) => a - b), TOLD.length]) {
            await judged(store, views, async () => {
              for (; told < until; told++) await log.tell(TOLD[told]!);
            });
            const { counted, oneByOne } = await seenVerdicts(views);
            expect(counted).toEqual(oneByOne);
            counts += counted.length;
          }
          const queries = new VerdictQueries(views);
          const { verdicts } = await queries.overview(memberOf('nihon'), PROGRAMME);
          const listed = await queries.batches(memberOf('nihon'), { programme: PROGRAMME }, { limit: 1_000 });
          expect(Object.values(verdicts).reduce((sum, each) => sum + each, 0)).toBe(listed.items.length);
        });
      }),
      { numRuns: 6 },
    );
    expect(counts).toBeGreaterThan(0);
  });

  it('are none of a programme that is not judged by', async () => {
    await withViews(async (views) => {
      const store = new MemoryEventStore();
      const log = new EventLog(store);
      for (const told of TOLD) await log.tell(told);
      await judged(store, views, async () => undefined);
      const overview = await new VerdictQueries(views).overview(memberOf('nihon'), 'oecd-due-diligence@0');
      expect(overview).toMatchObject({ verdicts: {}, claims: [] });
    });
  });
});
