import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Visibility } from '#access';
import { VERDICTS } from '#claims';
import { MemoryEventStore } from '#event-store';
import { type PageRequest } from '../answers/index.js';
import { EventLog } from '../testing/event-log.js';
import { judged } from '../testing/judged-verdicts.js';
import { TOLD } from '../testing/ore-to-cathode.js';
import { openViews, type Views } from '../views/views.js';
import { VerdictQueries } from './verdict-queries.js';

const PROGRAMME = 'oecd-due-diligence@1';
const MEMBER: Visibility = { sees: 'organisation', organisationId: 'nihon' };

describe('Verdicts of what an organisation sees', () => {
  let folder: string;
  let views: Views;
  let queries: VerdictQueries;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lodebook-views-'));
    const store = new MemoryEventStore();
    const log = new EventLog(store);
    for (const told of TOLD) await log.tell(told);
    views = await openViews('sqlite:', { dataFolder: folder, records: store.records });
    await judged(store, views, async () => undefined);
    queries = new VerdictQueries(views);
  });
  afterAll(async () => {
    await views.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function listed(filter: { verdict?: (typeof VERDICTS)[number]; material?: string }, limit: number) {
    const ids: string[] = [];
    let page: PageRequest | undefined = { limit };
    while (page !== undefined) {
      const { items, next }: Awaited<ReturnType<VerdictQueries['batches']>> = await queries.batches(
        MEMBER,
        { programme: PROGRAMME, ...filter },
        page,
      );
      ids.push(...items.map(({ batchId }) => String(batchId)));
      page = next === null ? undefined : { limit, cursor: next };
    }
    return ids;
  }

  it('are the same, in the same order, whichever way they are found', async () => {
    const all = await listed({}, 500);
    expect(all.length).toBeGreaterThan(3);
    const parted = await Promise.all(VERDICTS.map((verdict) => listed({ verdict }, 500)));
    expect(parted.flat().sort()).toEqual([...all].sort());
    for (const [index, verdict] of VERDICTS.entries()) {
      expect(parted[index]).toEqual(all.filter((id) => parted[index]!.includes(id)));
      expect(await listed({ verdict }, 1)).toEqual(parted[index]);
      const ofMaterial = await listed({ verdict, material: 'polymetallic-ore' }, 500);
      expect(await listed({ verdict, material: 'polymetallic-ore' }, 1)).toEqual(ofMaterial);
    }
  });
});
