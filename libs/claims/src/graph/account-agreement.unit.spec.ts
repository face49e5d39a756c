import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MINERALS, type ContentGrams } from '#custody';
import { Dice } from '../../../custody/src/testing/dice.js';
import { RandomCommands } from '../../../custody/src/testing/random-commands.js';
import { SmallLedger } from '../../../custody/src/testing/small-ledger.js';
import { runs } from '../../../../test/properties/runs.js';
import { labelsOn } from './batch-node.js';
import { contentOf } from './composition.js';
import { buildGraph } from './fold.js';
import { type BatchNode } from './graph.types.js';
import { timeOf } from './testing/ledger-writer.js';

const SITES = ['s0', 's1', 's2'] as const;
let [lateLabels, lateAssays] = [0, 0];

/** What commands are accepted, of which labels and assays come late now and then. */
function played(numbers: readonly number[]): SmallLedger {
  const ledger = new SmallLedger();
  for (const siteId of SITES) ledger.open(siteId, ['mining', 'recycling', 'battery'], timeOf(0));
  const random = new RandomCommands(ledger, new Dice(0));
  for (const [index, number] of numbers.entries()) {
    random.dice = new Dice(number + index * 0x9e3779b9);
    const siteId = random.dice.pick(SITES);
    const command = random.next(siteId, false);
    const late = random.late(siteId, command);
    const now = timeOf(index);
    const { accepted } = ledger.submit(siteId, command, { occurredAt: late || now, now, authority: 'customs' });
    if (!accepted || !late) continue;
    if (command.kind === 'labels') lateLabels++;
    if (command.kind === 'assays') lateAssays++;
  }
  return ledger;
}

/** What another site found, and recorded when the batch had come here: the site here knows nothing of it. */
function isStale({ assays, stays }: BatchNode): boolean {
  const arrived = stays.at(-1)?.arrived;
  return assays.some((assay) => assay.logIndex > arrived!.logIndex && assay.occurredAt < arrived!.occurredAt);
}

const nonZero = (content: ContentGrams): ContentGrams =>
  Object.fromEntries(MINERALS.flatMap((mineral) => (content[mineral] ? [[mineral, content[mineral]]] : [])));

describe('accounts and the graph', () => {
  it('tell the same of masses, content and labels of what is at a site', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 5, maxLength: 60, size: 'max' }), (numbers) => {
        const ledger = played(numbers);
        const graph = buildGraph(ledger.log.map((event, logIndex) => ({ ...event, logIndex })));
        for (const siteId of SITES) {
          const { batches } = ledger.account(siteId);
          const here = [...graph.batches.values()].filter((node) => node.siteId === siteId);
          expect(here.map(({ batchId }) => batchId).sort()).toEqual([...batches.keys()].sort());
          for (const node of here) {
            const batch = batches.get(node.batchId)!;
            expect([
              node.grossGrams,
              labelsOn(node)
                .map(({ labelId }) => labelId)
                .sort(),
            ]).toEqual([batch.grossGrams, [...batch.labels.keys()].sort()]);
            if (!isStale(node)) expect(contentOf(node.composition)).toEqual(nonZero(batch.contentGrams));
          }
        }
      }),
      runs(600),
    );
    expect(lateLabels).toBeGreaterThan(10);
    expect(lateAssays).toBeGreaterThan(5);
  });
});
