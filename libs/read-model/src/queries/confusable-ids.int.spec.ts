import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '#event-store';
import { EventLog } from '../testing/event-log.js';
import { TOLD } from '../testing/ore-to-cathode.js';
import { projectAll, withViews } from '../testing/views-folder.js';
import { ConfusableIds, type NamedId } from './confusable-ids.js';

const batch = (id: string): NamedId => ({ kind: 'batch', id });
const ORE = '\u043ere'; // Cyrillic o

describe('Looks for ids that resemble others', () => {
  it('that come together are answered each for itself, by what the tables have at one look for each organisation', async () => {
    const store = new MemoryEventStore();
    const log = new EventLog(store);
    for (const told of TOLD) await log.tell(told);
    await withViews(async (views) => {
      await projectAll({ store, views });
      const confusables = new ConfusableIds(views);
      const owner = await confusables.organisationOfSite('mine');
      expect(owner).toEqual(expect.any(String));
      expect(await confusables.organisationOfSite('mine')).toBe(owner);
      expect(await confusables.organisationOfSite('nowhere')).toBeUndefined();
      const many = Array.from({ length: 300 }, (_, index) => [batch(index === 150 ? ORE : `lot-${index}`)]);
      const [own, others, ofOtherKind, ...lots] = await Promise.all([
        confusables.among([batch(ORE)], owner!),
        confusables.among([batch('plain'), batch(ORE), batch('ore')], 'stranger'),
        confusables.among([{ kind: 'site', id: ORE }], 'stranger'),
        ...many.map((ids) => confusables.among(ids, 'stranger')),
      ]);
      expect(own).toEqual([]);
      expect(others).toEqual([batch(ORE)]);
      expect(ofOtherKind).toEqual([]);
      expect(lots.map((found) => found.length)).toEqual(many.map((_, index) => (index === 150 ? 1 : 0)));
    });
  });

  it('all fail when the tables cannot be asked, and the next are asked anew', async () => {
    await withViews(async (views) => {
      const confusables = new ConfusableIds(views);
      expect(await confusables.among([batch(ORE)], 'stranger')).toEqual([]);
      await views.close();
      const looks = [confusables.among([batch('a')], 'stranger'), confusables.among([batch('b')], 'stranger')];
      const outcomes = await Promise.allSettled(looks);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    });
  });
});
