import { describe, expect, it } from '@jest/globals';
import { type ProvenanceTransformation, type Provenance } from '../api/answers.js';
import { foldChain, FOLDS, type Fold, type FoldBy, type Place } from './chain-folding.js';
import { layOutChain } from './chain-layout.js';

interface Run {
  readonly batchId: string;
  readonly siteId: string;
  /** Of June 2026. */
  readonly day: number;
  readonly process?: string;
}

/** Batches of one material, each made of its own ore, mixed into one. */
function chainOf(runs: readonly Run[]): Provenance {
  const batch = (batchId: string, depth: number): Provenance['batches'][number] => ({
    batchId,
    depth,
    material: batchId === 'mixed' ? 'cathode' : 'powder',
    status: 'spent',
    grossGrams: 0,
    contentGrams: {},
    contentKnown: true,
    composition: {},
    labels: [],
    held: false,
  });
  const making = (
    id: string,
    inputs: string[],
    outputs: string[],
    more: Pick<ProvenanceTransformation, 'siteId'> & Partial<ProvenanceTransformation>,
  ): ProvenanceTransformation => ({
    kind: 'transformation',
    eventId: id,
    occurredAt: '2026-07-01T00:00:00.000Z',
    inputs: inputs.map((batchId) => ({ batchId, grossGrams: 1_000 })),
    outputs: outputs.map((batchId) => ({ batchId, grossGrams: 1_000 })),
    ...more,
  });
  return {
    batches: [batch('mixed', 0), ...runs.map(({ batchId }) => batch(batchId, 1))],
    transformations: [
      making(
        'mixing',
        runs.map(({ batchId }) => batchId),
        ['mixed'],
        { siteId: 'works', process: 'mixing' },
      ),
      ...runs.map(({ batchId, siteId, day, process = 'milling' }) =>
        making(`made ${batchId}`, [], [batchId], {
          siteId,
          process,
          occurredAt: new Date(Date.UTC(2026, 5, day)).toISOString(),
        }),
      ),
    ],
    hops: [],
    truncated: false,
  };
}

const PLACES = new Map<string, Place>([
  ['mill', { country: 'JP', organisationId: 'seto' }],
  ['other-mill', { country: 'KR', organisationId: 'seto' }],
]);
const CHAIN = chainOf([
  { batchId: 'a', siteId: 'mill', day: 1 },
  { batchId: 'b', siteId: 'mill', day: 8 },
  { batchId: 'c', siteId: 'mill', day: 16 },
  { batchId: 'd', siteId: 'mill', day: 17 },
  { batchId: 'e', siteId: 'mill', day: 18, process: 'sieving' },
  { batchId: 'f', siteId: 'other-mill', day: 2 },
  { batchId: 'g', siteId: 'far-mill', day: 2 },
]);

function read(by: FoldBy | undefined, unfolded: readonly string[] = [], chain = CHAIN): string[] {
  const fold: Fold = { by, unfolded: new Set(unfolded) };
  return layOutChain(chain, PLACES, fold).nodes.map(({ batchIds }) => [...batchIds].sort().join(''));
}

describe('a chain that is read folded', () => {
  it.each([
    ['batch', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'mixed']],
    // Seven days between two are one campaign, eight are not; another process is another.
    ['campaign', ['ab', 'cd', 'e', 'f', 'g', 'mixed']],
    ['site', ['abcde', 'f', 'g', 'mixed']],
    ['organisation', ['abcdef', 'g', 'mixed']],
    ['stage', ['abcdefg', 'mixed']],
  ] as const)('by %s', (by, groups) => {
    expect(read(by).sort()).toEqual(groups);
  });

  it('is as fine as leaves 60 to be drawn, when nobody has said how', () => {
    const far = chainOf(Array.from({ length: 70 }, (_, n) => ({ batchId: `b${n}`, siteId: `mill-${n}`, day: 1 })));
    const often = chainOf(
      Array.from({ length: 70 }, (_, n) => ({ batchId: `b${n}`, siteId: 'mill', day: 1 + (n % 3) })),
    );
    const columns = new Map(far.batches.map(({ batchId, depth }) => [batchId, 1 - depth]));
    const byOf = (chain: Provenance): FoldBy =>
      foldChain(chain, columns, PLACES, { by: undefined, unfolded: new Set() }).by;
    expect([byOf(CHAIN), byOf(often), byOf(far)]).toEqual(['batch', 'campaign', 'stage']);
  });

  it('unfolds where one looks, to the next that shows something else, and folds again', () => {
    const keyOf = (by: FoldBy, unfolded: string[], batchId: string): string =>
      layOutChain(CHAIN, PLACES, { by, unfolded: new Set(unfolded) }).nodes.find(({ batchIds }) =>
        batchIds.includes(batchId),
      )!.key;
    const stage = keyOf('stage', [], 'a');
    expect(read('stage', [stage]).sort()).toEqual(['abcdef', 'g', 'mixed']);
    const organisation = keyOf('stage', [stage], 'a');
    expect(read('stage', [stage, organisation]).sort()).toEqual(['abcde', 'f', 'g', 'mixed']);
    const site = keyOf('stage', [stage, organisation], 'a');
    const campaign = keyOf('stage', [stage, organisation, site], 'a');
    expect(read('stage', [stage, organisation, site, campaign]).sort()).toEqual([
      'a',
      'b',
      'cd',
      'e',
      'f',
      'g',
      'mixed',
    ]);
    expect(read('stage', [stage]).sort()).toEqual(['abcdef', 'g', 'mixed']);
  });

  it('skips a step that would draw the same again', () => {
    const chain = chainOf([1, 2, 3].map((day) => ({ batchId: `b${day}`, siteId: 'mill', day })));
    const [folded] = layOutChain(chain, PLACES, { by: 'stage', unfolded: new Set() }).nodes;
    expect(read('stage', [folded!.key], chain).sort()).toEqual(['b1', 'b2', 'b3', 'mixed']);
  });

  it('says of what is folded what all of it has: from when until when, what made it, whose it is', () => {
    const nodes = FOLDS.map((by) => {
      const { nodes } = layOutChain(CHAIN, PLACES, { by, unfolded: new Set() });
      const { siteId, organisationId, process, country } = nodes.find(({ batchIds }) => batchIds.includes('a'))!;
      return [by, siteId, organisationId, process, country];
    });
    expect(nodes).toEqual([
      ['stage', undefined, undefined, undefined, undefined],
      ['organisation', undefined, 'seto', undefined, undefined],
      ['site', 'mill', 'seto', undefined, 'JP'],
      ['campaign', 'mill', 'seto', 'milling', 'JP'],
      ['batch', 'mill', 'seto', 'milling', 'JP'],
    ]);
    const { from, until, grossGrams } = layOutChain(CHAIN, PLACES, { by: 'campaign', unfolded: new Set() }).nodes.find(
      ({ batchIds }) => batchIds.length === 2 && batchIds.includes('c'),
    )!;
    expect([from, until, grossGrams]).toEqual(['2026-06-16T00:00:00.000Z', '2026-06-17T00:00:00.000Z', 2_000]);
  });

  it('keeps a site that the reader unfolded unfolded when its country and organisation become known', () => {
    const before = layOutChain(CHAIN, new Map(), { by: 'site', unfolded: new Set() });
    const mill = before.nodes.find(({ batchIds }) => batchIds.length === 5)!;
    const fold: Fold = { by: 'site', unfolded: new Set([mill.key]) };
    const keysWith = (places: ReadonlyMap<string, Place>): string[] =>
      layOutChain(CHAIN, places, fold)
        .nodes.map(({ key }) => key)
        .sort();
    expect(keysWith(PLACES)).toEqual(keysWith(new Map()));
    expect(keysWith(PLACES)).not.toContain(mill.key);
  });
});
