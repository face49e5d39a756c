import Database from 'better-sqlite3';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { EVERYTHING, type Visibility } from '#access';
import { type Verdict } from '#claims';
import { MemoryEventStore } from '#event-store';
import { EventLog } from '../testing/event-log.js';
import { judged } from '../testing/judged-verdicts.js';
import { TOLD } from '../testing/ore-to-cathode.js';
import { withViews } from '../testing/views-folder.js';
import { type Views, VIEWS_FILE } from '../views/views.js';
import { BatchQueries } from './batch-queries.js';
import { ProvenanceQueries } from './provenance-queries.js';
import { RegistryQueries } from './registry-queries.js';
import { VerdictQueries } from './verdict-queries.js';

const PROGRAMME = 'oecd-due-diligence@1';
const MATERIAL = 'cobalt-sulphate-heptahydrate';
const MEMBER: Visibility = { sees: 'organisation', organisationId: 'nihon' };

interface Plan {
  readonly statement: string;
  readonly steps: readonly string[];
}

/** SQLite's plans of the statements run meanwhile that read one of the tables. */
async function plansOf(folder: string, tables: readonly string[], work: () => Promise<unknown>): Promise<Plan[]> {
  const prepare = jest.spyOn(Database.prototype, 'prepare');
  await work();
  const statements = new Set(prepare.mock.calls.map(([statement]) => statement));
  prepare.mockRestore();
  const views = new Database(join(folder, VIEWS_FILE), { readonly: true });
  try {
    return [...statements]
      .filter((statement) => /^\s*(with|select)/i.test(statement) && tables.some((table) => statement.includes(table)))
      .map((statement) => {
        const nothing = Array.from({ length: statement.split('?').length - 1 }, () => null);
        const rows = views.prepare(`EXPLAIN QUERY PLAN ${statement}`).all(...nothing) as { detail: string }[];
        return { statement, steps: rows.map(({ detail }) => detail) };
      });
  } finally {
    views.close();
  }
}

async function withLedger(use: (views: Views, folder: string) => Promise<void>): Promise<void> {
  const store = new MemoryEventStore();
  const log = new EventLog(store);
  await withViews(async (views, folder) => {
    for (const told of TOLD) await log.tell(told);
    await judged(store, views, async () => undefined);
    await use(views, folder);
  });
}

/** Goes through a whole table, or sorts its results before it returns the first. */
function isWalking(step: string): boolean {
  return /^SCAN (?!CONSTANT ROW)/.test(step) || step.includes('TEMP B-TREE FOR ORDER BY');
}

/** Sorts all its results, or goes through a table in an order other than that of an index. */
function isSorting(step: string): boolean {
  return /^SCAN (?!CONSTANT ROW)(?!.* USING (COVERING )?INDEX )/.test(step) || step.includes('TEMP B-TREE');
}

const LISTS: [string, Visibility, { verdict?: 'broken'; siteId?: string; material?: string }][] = [
  ['a verdict', EVERYTHING, { verdict: 'broken' }],
  ['a verdict and a site', EVERYTHING, { verdict: 'broken', siteId: 'plant' }],
  ['a verdict and a material', EVERYTHING, { verdict: 'broken', material: MATERIAL }],
  ['a verdict, a site and a material', EVERYTHING, { verdict: 'broken', siteId: 'plant', material: MATERIAL }],
  ['a site', EVERYTHING, { siteId: 'plant' }],
  ['a material', EVERYTHING, { material: MATERIAL }],
  ['all that an organisation sees', MEMBER, {}],
  ['a material, of what an organisation sees', MEMBER, { material: MATERIAL }],
];

describe('What is listed', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(LISTS)('by %s is found by an index and in its order', async (_, visibility, filter) => {
    await withLedger(async (views, folder) => {
      const plans = await plansOf(folder, ['verdicts'], () =>
        new VerdictQueries(views).batches(visibility, { programme: PROGRAMME, ...filter }),
      );
      expect(plans).toHaveLength(1);
      expect(plans.flatMap(({ steps }) => steps.filter(isWalking))).toEqual([]);
    });
  });

  it('by verdict, of what an organisation sees, is found by whichever leads to fewer rows', async () => {
    const filter = { programme: PROGRAMME, verdict: 'broken' } as const;
    const ways: [limit: number, verdict: Verdict, first: RegExp[]][] = [
      [500, 'broken', [/^SEARCH verdicts_v\d+ .*\(programme=\? AND verdict=\?\)/]],
      [1, 'broken', [/^SEARCH visible_batches_v\d+ .*\(organisation_id=\?\)/]],
      [500, 'holds', []],
    ];
    for (const [limit, verdict, first] of ways) {
      await withLedger(async (views, folder) => {
        const plans = await plansOf(folder, ['verdicts'], () =>
          new VerdictQueries(views).batches(MEMBER, { ...filter, verdict }, { limit }),
        );
        expect(plans.map(({ steps }) => steps[0])).toEqual(first.map((step) => expect.stringMatching(step)));
        // Few rows may be sorted; a page of many is read in its order.
        if (limit === 1) expect(plans.flatMap(({ steps }) => steps.filter(isWalking))).toEqual([]);
      });
    }
  });

  it('by verdict and material is found by both', async () => {
    await withLedger(async (views, folder) => {
      const filter = { programme: PROGRAMME, verdict: 'broken', material: MATERIAL } as const;
      const [plan] = await plansOf(folder, ['verdicts'], () => new VerdictQueries(views).batches(EVERYTHING, filter));
      expect(plan!.steps[0]).toMatch(/^SEARCH verdicts_v\d+ .*programme=\? AND verdict=\? AND material=\?/);
    });
  });

  it.each([
    ['a site', EVERYTHING, { siteId: 'plant' }],
    ['a material', EVERYTHING, { material: MATERIAL }],
    ['what an organisation sees', MEMBER, {}],
  ] as const)('of batches by %s is found by an index and in its order', async (_, visibility, filter) => {
    await withLedger(async (views, folder) => {
      const plans = await plansOf(folder, ['batches'], () => new BatchQueries(views).batches(visibility, filter));
      expect(plans.length).toBeGreaterThan(0);
      expect(plans.flatMap(({ steps }) => steps.filter(isWalking))).toEqual([]);
    });
  });

  it('in the overview of an organisation is read from counts that are kept for it', async () => {
    await withLedger(async (views, folder) => {
      const plans = await plansOf(folder, ['visible_batches', 'verdicts', 'seen_counts', 'batches'], () =>
        new VerdictQueries(views).overview(MEMBER, PROGRAMME),
      );
      expect(plans.map(({ steps }) => steps)).toEqual([
        [
          expect.stringMatching(/^SEARCH seen_counts_v\d+ .*\(organisation_id=\? AND programme=\?\)/),
          expect.stringMatching(/^SEARCH claim_lists_v\d+ .*\(claim_list=\?\)/),
        ],
      ]);
    });
  });

  it('as an overview of all is read from counts that are kept', async () => {
    await withLedger(async (views, folder) => {
      const plans = await plansOf(folder, ['verdicts', 'verdict_counts', 'batches'], () =>
        new VerdictQueries(views).overview(EVERYTHING, PROGRAMME),
      );
      expect(plans.map(({ steps }) => steps)).toEqual([[expect.stringMatching(/^SEARCH verdict_counts_v\d+/)]]);
    });
  });
});

const SITE_LISTS: [string, Visibility, { siteId?: string }][] = [
  ['everybody', EVERYTHING, {}],
  ['a site', EVERYTHING, { siteId: 'plant' }],
];

describe('What is said of sites', () => {
  it.each(SITE_LISTS)('is listed of %s by an index and in its order', async (_, visibility, filter) => {
    await withLedger(async (views, folder) => {
      const registry = new RegistryQueries(views);
      const plans = await plansOf(folder, ['attestations', 'concerns'], async () => {
        await registry.attestations(visibility, filter);
        await registry.concerns(visibility, filter);
      });
      expect(plans).toHaveLength(2);
      expect(plans.flatMap(({ steps }) => steps.filter(isSorting))).toEqual([]);
    });
  });

  it('is listed of what an organisation knows in the order of an index', async () => {
    await withLedger(async (views, folder) => {
      const registry = new RegistryQueries(views);
      const plans = await plansOf(folder, ['attestations'], () => registry.attestations(MEMBER, {}));
      expect(plans.flatMap(({ steps }) => steps.filter(isSorting))).toEqual([]);
    });
  });
});

describe('Shipments of a site', () => {
  it.each([
    ['all', {}],
    ['those that come in', { direction: 'in' }],
    ['those on their way', { status: 'in-transit' }],
  ] as const)('%s are found by an index and in its order', async (_, filter) => {
    await withLedger(async (views, folder) => {
      const plans = await plansOf(folder, ['shipments'], () =>
        new BatchQueries(views).shipments(EVERYTHING, 'plant', filter),
      );
      expect(plans.length).toBeGreaterThan(0);
      for (const { steps } of plans)
        expect(steps).toEqual([
          expect.stringMatching(/\((consignor|consignee)_site_id=\? AND status=\? AND dispatched_by>\?\)/),
        ]);
    });
  });
});

describe('Who sees a batch', () => {
  it('is found by the batch', async () => {
    await withLedger(async (views, folder) => {
      const { db } = views;
      const plans = await plansOf(folder, ['visible_batches'], () =>
        db.selectFrom('visible_batches').select('organisation_id').where('batch_id', '=', 'ore').execute(),
      );
      expect(plans.flatMap(({ steps }) => steps)).toEqual([
        expect.stringMatching(/^SEARCH visible_batches_v\d+ USING PRIMARY KEY \(batch_id=\?\)/),
      ]);
    });
  });
});

describe('How far verdicts are judged', () => {
  it('is found by the first mark of each kind, however many there are', async () => {
    const store = new MemoryEventStore();
    const log = new EventLog(store);
    await withViews(async (views, folder) => {
      for (const told of TOLD) await log.tell(told);
      const plans = await plansOf(folder, ['unjudged'], () => judged(store, views, async () => undefined));
      const asking = plans.filter(({ statement }) => statement.includes('min("since")'));
      expect(asking.map(({ steps }) => steps)).toEqual([
        [expect.stringMatching(/^SEARCH unjudged_v\d+ USING COVERING INDEX .*\(spread=\?\)/)],
      ]);
    });
  });
});

describe('A chain as of the past', () => {
  it('is found batch by batch, and not among all that was known', async () => {
    await withLedger(async (views, folder) => {
      const provenances = new ProvenanceQueries(views);
      const plans = await plansOf(folder, ['event_batches'], async () => {
        await provenances.chainEvents(EVERYTHING, 'cathode', { knownAt: 15 });
        await provenances.chainSize(EVERYTHING, 'cathode', 15);
        await provenances.provenance(EVERYTHING, 'ore', { direction: 'downstream', knownAt: 15 });
      });
      expect(plans).toHaveLength(3);
      for (const { steps } of plans) {
        expect(steps).toContainEqual(
          expect.stringMatching(/^SEARCH event_batches_v\d+ .*\(batch_id=\? AND log_index<\?\)/),
        );
      }
    });
  });
});
