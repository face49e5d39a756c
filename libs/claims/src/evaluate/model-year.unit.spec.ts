import { describe, expect, it } from '@jest/globals';
import { judgedComposition, leftPlantOn, type BatchNode } from '../graph/index.js';
import { type AlikeProducts } from './model-year.js';
import { judgeModelYear, lawChanges, sharesOfModelYear } from './model-year-verdict.js';
import { ChainWriter, day } from './testing/chain-writer.js';
import { programmeOf } from './testing/programme-files.js';

const eu = programmeOf('eu-battery-2023-1542@1');
const EV = { kind: 'model-year-plant', category: 'ev' } as const;
const AT = day('2037-01-01');

/** A recycler recovers cobalt; the plant mixes it with mined cobalt in its cells and makes runs of packs of those. */
function plantOf(isVouched: boolean): ChainWriter {
  const chain = new ChainWriter();
  chain.open('works', 'DE');
  chain.open('pit', 'CL');
  chain.open('plant', 'DE');
  if (isVouched) {
    for (const site of ['works', 'pit'])
      chain.attest('2021-01-01', `a-${site}`, site, ['site-facts', 'recovered-origin'], '2021-01-01', '2040-01-01');
  }
  chain.register('2022-01-01', 'works', 'old', 1000, { cobalt: 101 }, { origin: { kind: 'end-of-life' } });
  chain.transform('2022-02-01', 'works', { old: 1000 }, { again: [500, { cobalt: 101 }] }, { process: 'recycling' });
  chain.register('2022-02-01', 'pit', 'ore', 1000, { cobalt: 403 });
  for (const [from, batch] of [
    ['works', 'again'],
    ['pit', 'ore'],
  ] as const) {
    chain.dispatch('2022-03-01', from, 'plant', batch);
    chain.receive('2022-03-02', 'plant', from, batch, batch === 'ore' ? 1000 : 500);
  }
  chain.transform('2022-04-01', 'plant', { again: 500, ore: 1000 }, { cells: [1500, { cobalt: 504 }] });
  chain.register('2022-04-01', 'plant', 'unknown', 100, { cobalt: 53 }, { origin: { kind: 'undocumented' } });
  return chain;
}

function run(chain: ChainWriter, runId: string, count: number, inputs: Record<string, number>): string[] {
  const productIds = Array.from({ length: count }, (_, index) => `${runId}-${index}`);
  chain.write('site-plant', 'ProductsAssembled', '2024-01-01', {
    ...{ runId, productIds, kind: 'battery', model: 'm', category: 'ev', products: [] },
    inputs: Object.entries(inputs).map(([batchId, grossGrams]) => ({ batchId, grossGrams })),
  });
  return productIds;
}

const place = (chain: ChainWriter, productId: string, date: string) =>
  chain.write('site-plant', 'ProductPlacedOnMarket', date, { productId, date, country: 'DE' });

function alike(node: BatchNode, count = 1): AlikeProducts {
  const { batchId, contentKnown, declarations } = node;
  const composition = judgedComposition(node);
  return { example: batchId, count, composition, contentKnown, declarations, documented: [] };
}

describe('what a plant made of a model in a year', () => {
  it('has the sum of the shares of its products, to the milligram', () => {
    const chain = plantOf(true);
    const ids = [...run(chain, 'one', 7, { cells: 700 }), ...run(chain, 'two', 3, { cells: 300, unknown: 50 })];
    const graph = chain.graph(AT);
    const standing = chain.standing();
    const nodes = ids.map((id) => graph.batches.get(id)!);
    const examples = { one: 'one-0', two: 'two-0' } as const;
    const products = nodes.map((node) => ({
      ...alike(node),
      example: examples[node.batchId.slice(0, 3) as keyof typeof examples],
    }));
    const [cobalt] = sharesOfModelYear({ graph, standing }, eu, products, AT);
    const sum = (of: (key: string) => boolean): number =>
      nodes.reduce((all, node) => {
        const pool = judgedComposition(node)['cobalt'] ?? {};
        return all + Object.keys(pool).reduce((each, key) => each + (of(key) ? pool[key]! : 0), 0);
      }, 0);
    expect(cobalt!.milligrams).toBe(sum(() => true));
    expect(cobalt!.classes.map((each) => [each.class, each.milligrams])).toEqual([
      ['primary', sum((key) => key.includes('primary'))],
      ['post-consumer', sum((key) => key.includes('post-consumer'))],
      ['undeclared', sum((key) => key.includes('undeclared'))],
    ]);
    const recycled = sum((key) => key.includes('post-consumer'));
    expect(Number(cobalt!.lower)).toBeCloseTo(recycled / cobalt!.milligrams, 5);
    const upper = (recycled + sum((key) => key.includes('undeclared'))) / cobalt!.milligrams;
    expect(Number(cobalt!.upper)).toBeCloseTo(upper, 5);
  });

  it('counts those that are alike as one, with the same answer as one by one', () => {
    const chain = plantOf(true);
    const ids = run(chain, 'run', 8, { cells: 720 });
    const graph = chain.graph(AT);
    const facts = { graph, standing: chain.standing() };
    const nodes = ids.map((id) => graph.batches.get(id)!);
    const oneByOne = nodes.map((node) => ({ ...alike(node), example: 'run-0' }));
    const kinds = new Map<string, AlikeProducts>();
    for (const each of oneByOne) {
      const key = JSON.stringify(each.composition);
      kinds.set(key, { ...each, count: (kinds.get(key)?.count ?? 0) + 1 });
    }
    expect(kinds.size).toBeLessThan(8);
    const question = { validAt: AT, regulated: { ...EV, placedOnMarket: day('2031-08-18') } };
    expect(judgeModelYear(facts, eu, [...kinds.values()], question)).toEqual(
      judgeModelYear(facts, eu, oneByOne, question),
    );
  });

  it.each([
    ['2031-08-17', 'not-in-force'],
    ['2031-08-18', 'holds'],
    ['2036-08-17', 'holds'],
    ['2036-08-18', 'broken'],
  ])('placed on the market on %s: cobalt %s', (date, verdict) => {
    const chain = plantOf(true);
    const [first] = run(chain, 'run', 2, { cells: 100 });
    const graph = chain.graph(AT);
    const products = [alike(graph.batches.get(first!)!, 2)];
    const regulated = { ...EV, placedOnMarket: day(date) };
    const answer = judgeModelYear({ graph, standing: chain.standing() }, eu, products, { validAt: AT, regulated });
    const lines = answer.claims.filter(({ claim, mineral }) => claim === 'recycled-content' && mineral === 'cobalt');
    expect(lines.map((line) => line.verdict)).toEqual([verdict]);
    expect(lines[0]).not.toHaveProperty('indicative');
    const declared = answer.claims.find(({ claim }) => claim === 'documented');
    expect(declared?.verdict).toBe('undetermined');
    expect(declared?.act).toContain('delegated act of Art. 8(1)');
    expect(answer.rulesAt).toBe(day(date));
  });

  it('is proven only where the recycler was vouched for, and names no batch that is not there', () => {
    const chain = plantOf(false);
    const [first] = run(chain, 'run', 2, { cells: 100 });
    const graph = chain.graph(AT);
    const facts = { graph, standing: chain.standing() };
    const products = [alike(graph.batches.get(first!)!, 2)];
    expect(sharesOfModelYear(facts, eu, products, AT)).toMatchObject([{ mineral: 'cobalt', lower: '0.000000' }]);
    const regulated = { ...EV, placedOnMarket: day('2032-01-01') };
    const { claims, reasons } = judgeModelYear(facts, eu, products, { validAt: AT, regulated });
    expect(claims.find(({ mineral, claim }) => claim === 'recycled-content' && mineral === 'cobalt')).toMatchObject({
      verdict: 'unproven',
      lower: '0.000000',
    });
    const events = new Set(chain.events.map(({ id }) => id));
    for (const { batchId, eventIds } of reasons) {
      expect(batchId === undefined || graph.batches.has(batchId)).toBe(true);
      expect(eventIds.filter((id) => !events.has(id))).toEqual([]);
    }
    expect(reasons.some(({ because }) => because === 'not-vouched')).toBe(true);
  });

  it('is no duty on what is no battery, and nothing where nothing was made', () => {
    const chain = plantOf(true);
    const graph = chain.graph(AT);
    const facts = { graph, standing: chain.standing() };
    expect(sharesOfModelYear(facts, eu, [], AT)).toEqual([]);
    const [first] = run(chain, 'run', 1, { cells: 100 });
    const later = chain.graph(AT);
    const products = [alike(later.batches.get(first!)!)];
    const answer = judgeModelYear({ ...facts, graph: later }, eu, products, {
      validAt: AT,
      rulesAt: day('2032-01-01'),
    });
    expect(new Set(answer.claims.map(({ verdict }) => verdict))).toEqual(new Set(['out-of-scope']));
  });

  it('is kept apart on the days on which the law changes', () => {
    const days = lawChanges(eu).map((instant) => instant.slice(0, 10));
    expect(days).toEqual(['2028-08-18', '2031-08-18', '2033-08-18', '2036-08-18']);
  });
});

describe('a product leaves its plant', () => {
  const leaves = (write: (chain: ChainWriter) => void): string | undefined => {
    const chain = plantOf(true);
    run(chain, 'run', 1, { cells: 100 });
    write(chain);
    return leftPlantOn(chain.graph(AT).batches.get('run-0')!);
  };
  const send = (chain: ChainWriter, date: string): void => {
    chain.dispatch(date, 'plant', 'works', 'run-0');
  };

  it('when it is first sent away, or placed on the market from there', () => {
    expect(leaves(() => undefined)).toBeUndefined();
    expect(leaves((chain) => place(chain, 'run-0', '2025-12-31'))).toBe('2025-12-31');
    expect(leaves((chain) => send(chain, '2025-12-31'))).toBe('2025-12-31');
    expect(
      leaves((chain) => {
        send(chain, '2025-12-31');
        chain.receive('2026-01-02', 'works', 'plant', 'run-0', 100);
        chain.write('site-works', 'ProductPlacedOnMarket', '2026-01-03', {
          ...{ productId: 'run-0', date: '2026-01-03', country: 'DE' },
        });
      }),
    ).toBe('2025-12-31');
  });

  it('not by a shipment that was refused and taken back', () => {
    const refused = (chain: ChainWriter): void => {
      send(chain, '2025-12-30');
      const shipmentId = 's-run-0-plant-works';
      chain.write('site-works', 'ShipmentRefused', '2025-12-31', { shipmentId, reason: 'wrong' });
      const batches = [{ batchId: 'run-0', material: 'battery', grossGrams: 100, contentGrams: {}, labels: [] }];
      chain.write('site-plant', 'ShipmentReturned', '2026-01-02', { shipmentId, batches });
    };
    expect(leaves(refused)).toBeUndefined();
    expect(
      leaves((chain) => {
        refused(chain);
        place(chain, 'run-0', '2026-01-05');
      }),
    ).toBe('2026-01-05');
  });
});
