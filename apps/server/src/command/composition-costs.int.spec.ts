import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPERATOR } from '#access';
import { MINERALS, type SiteCommand, type SiteEvent } from '#custody';
import { MemoryEventStore } from '#event-store';
import { CompositionWidths, openViews, Projector, type Views } from '#read-model';
import { CommandRefused, Recorder, type CommandContext } from '#recording';
import { CompositionCosts, type CostLimits } from './composition-costs.js';

const CONTEXT: CommandContext = {
  principal: OPERATOR,
  occurredAt: undefined,
  idempotencyKey: undefined,
  requestSha256: undefined,
  ifMatch: undefined,
  signature: undefined,
  disclosures: [],
};
const GROSS = 1_000_000;
const CONTENT = Object.fromEntries(MINERALS.map((mineral) => [mineral, 10_000]));
/** A batch of all minerals has so many shares when it is of one origin. */
const SHARES = MINERALS.length;

const registration = (batchId: string, kind: 'extracted' | 'end-of-life' | 'undocumented'): SiteCommand => ({
  kind: 'batches',
  body: { batchId, material: 'black-mass', grossGrams: GROSS, contentGrams: CONTENT, origin: { kind } },
});

/**
 * A part of each input into equal outputs.
 * @param level how many blends the inputs came from: each takes a tenth of what the one before left, and loses some content
 */
function blend(
  transformationId: string,
  inputs: readonly string[],
  outputs: readonly string[],
  level = 0,
): SiteCommand {
  const taken = GROSS / 10 ** (level + 1);
  const of = (part: number): number => Math.floor((inputs.length * taken * part) / outputs.length);
  const contentGrams = Object.fromEntries(MINERALS.map((mineral) => [mineral, of(0.008 - level * 0.002)]));
  return {
    kind: 'transformations',
    body: {
      transformationId,
      process: 'blending',
      chainOfCustody: 'controlled-blending',
      inputs: inputs.map((batchId) => ({ batchId, grossGrams: taken })),
      outputs: outputs.map((batchId) => ({ batchId, material: 'black-mass', grossGrams: of(1), contentGrams })),
    },
  };
}

const ids = (name: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${name}-${index}`);

describe('what a command costs in compositions', () => {
  let folder: string;
  let store: MemoryEventStore;
  let views: Views;
  let projector: Projector;
  let recorder: Recorder;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lodebook-costs-'));
    store = new MemoryEventStore();
    views = await openViews('sqlite:', { dataFolder: folder, records: store.records });
    projector = new Projector({ store, views });
  });
  afterEach(async () => {
    await projector.stop();
    await views.close();
    await rm(folder, { recursive: true });
  });

  async function begin(limits: CostLimits): Promise<void> {
    recorder = new Recorder({ store, compositions: new CompositionCosts(new CompositionWidths(views), limits) });
    await recorder.registry.organisation(
      'o',
      { kind: 'organisations', body: { organisationId: 'o', name: 'O', country: 'JP', roles: ['recycler'] } },
      CONTEXT,
    );
    const activities = ['mining', 'refining', 'recycling'] as const;
    await recorder.registry.siteOpening(
      { siteId: 's', organisationId: 'o', name: 'S', country: 'JP', activities: [...activities] },
      CONTEXT,
    );
    for (const kind of ['extracted', 'end-of-life', 'undocumented'] as const) await at(registration(kind, kind));
  }
  const THREE = ['extracted', 'end-of-life', 'undocumented'];

  const at = (command: SiteCommand): Promise<string> =>
    recorder.atSite({ siteId: 's', command, context: CONTEXT }).then(
      () => 'recorded',
      (error: unknown) => {
        if (error instanceof CommandRefused) return error.code;
        throw error;
      },
    );

  const POOL = 3 * SHARES;
  /** Enough for a pool of all three and `outputs` batches made of it, as the tables count what is usual. */
  const limitsFor = (outputs: number): CostLimits => ({
    pool: POOL,
    command: 3 * 64 + POOL * outputs,
    patienceMs: 5_000,
  });

  it('is bounded by keys times outputs, and a batch by its keys', async () => {
    await begin(limitsFor(4));
    await projector.start();
    expect(await at(blend('t', THREE, ids('a', 5)))).toBe('composition-too-wide');
    expect(await at(blend('t', THREE, ids('a', 4)))).toBe('recorded');
    // Again and again: whatever was made of it is as wide.
    expect(await at(blend('u', [ids('a', 4)[0]!], ids('b', 100), 1))).toBe('composition-too-wide');
    const split = (parts: string[]): SiteCommand => ({
      kind: 'splits',
      body: { batchId: 'a-1', parts: parts.map((batchId) => ({ batchId, grossGrams: 1 })) },
    });
    expect(await at(split(ids('p', 100)))).toBe('composition-too-wide');
    expect(await at(split(ids('p', 3)))).toBe('recorded');
  });

  it('is bounded for products of a run as for batches', async () => {
    await begin(limitsFor(4));
    await projector.start();
    await projector.waitFor((await store.head())!, 10_000);
    const costs = new CompositionCosts(new CompositionWidths(views), limitsFor(4));
    const run = (productIds: string[]): SiteEvent =>
      ({
        type: 'ProductsAssembled',
        data: { kind: 'cell', runId: 'run', productIds, inputs: THREE.map((batchId) => ({ batchId })), products: [] },
      }) as unknown as SiteEvent;
    await expect(costs.check('s', [run(ids('cell', 5))])).rejects.toMatchObject({ code: 'composition-too-wide' });
    await costs.check('s', [run(ids('cell', 4))]);
  });

  it('counts the keys of all inputs together, each once', async () => {
    await begin(limitsFor(4));
    await projector.start();
    for (const batchId of ids('more', 3)) await at(registration(batchId, 'extracted'));
    // Six batches of three origins; as six origins they would be too many.
    const inputs = [...THREE, ...ids('more', 3)];
    expect(await at(blend('t', inputs, ids('a', 2)))).toBe('composition-too-wide'); // 6 × 64 are read
    recorder = new Recorder({
      store,
      compositions: new CompositionCosts(new CompositionWidths(views), { ...limitsFor(4), command: 6 * 64 + 4 * POOL }),
    });
    expect(await at(blend('t', inputs, ids('a', 4)))).toBe('recorded');
    expect(await at(blend('v', [ids('a', 4)[0]!, ...THREE], ids('c', 14), 1))).toBe('composition-too-wide');
  });

  it('waits for the tables where what is used was recorded a moment ago, in one turn even', async () => {
    await begin({ ...limitsFor(4), patienceMs: 10_000 });
    const outcomes = [at(registration('late', 'extracted')), at(blend('t', ['late', 'extracted'], ids('a', 4)))];
    await projector.start();
    expect(await Promise.all(outcomes)).toEqual(['recorded', 'recorded']);
  });

  it('is said to be too much for now while the tables stay behind', async () => {
    await begin({ ...limitsFor(4), patienceMs: 50 });
    expect(await at(blend('t', THREE, ids('a', 4)))).toBe('overloaded');
    await projector.start();
    await projector.waitFor((await store.head())!, 10_000);
    expect(await at(blend('t', THREE, ids('a', 4)))).toBe('recorded');
  });

  it('is bounded for what is made of one another before the tables have any of it', async () => {
    await begin({ pool: 1_000, command: 2_000, patienceMs: 50 });
    // As far as anybody knows here, 64 shares of each of three, in each of two.
    await projector.start();
    await projector.waitFor((await store.head())!, 10_000);
    await projector.stop();
    expect(await at(blend('t', THREE, ids('a', 2)))).toBe('recorded');
    expect(await at(blend('u', ids('a', 2), ids('b', 2), 1))).toBe('recorded');
    expect(await at(blend('v', ids('b', 2), ids('c', 2), 2))).toBe('overloaded');
    await projector.start();
    await projector.waitFor((await store.head())!, 10_000);
    expect(await at(blend('v', ids('b', 2), ids('c', 2), 2))).toBe('recorded');
  });
});
