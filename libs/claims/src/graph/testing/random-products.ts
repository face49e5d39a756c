/** Of random ledgers: products, mostly such as a plant would make, place, take back and waste. */
import { type SiteEvents } from '#custody';
import { type BatchNode, type ProvenanceGraph } from '../graph.types.js';

export interface RandomTools {
  readonly world: ProvenanceGraph;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  some<T>(from: readonly T[], most: number): T[];
  partOf(grams: number): number;
  mass(): number;
  name(prefix: string): string;
  append<T extends keyof SiteEvents>(siteId: string, type: T, data: SiteEvents[T]): void;
}

/** Of batches and of products, one or some alike, whole or in part. */
export function assembleAtRandom(tools: RandomTools, at: string, here: BatchNode[]): void {
  const used = tools.some(here, 4);
  const inputs = used.filter(({ product }) => product === undefined);
  const alike = {
    kind: tools.pick(['cell', 'module', 'battery'] as const),
    model: tools.pick(['m1', 'm2']),
    category: tools.pick(['ev', 'industrial'] as const),
    ...(tools.chance(0.3) ? { grossGrams: tools.mass() } : {}),
    inputs: inputs.map(({ batchId, grossGrams }) => ({ batchId, grossGrams: tools.partOf(grossGrams) })),
    products: used.filter(({ product }) => product !== undefined).map(({ batchId }) => batchId),
  };
  if (tools.chance(0.5)) return tools.append(at, 'ProductAssembled', { productId: tools.name('p'), ...alike });
  const productIds = Array.from({ length: tools.pick([1, 2, 3, 7]) }, () => tools.name('p'));
  tools.append(at, 'ProductsAssembled', { runId: tools.name('r'), productIds, ...alike });
}

/** A product of the site is placed on the market, or one that is there comes back. */
export function marketAtRandom(tools: RandomTools, at: string, { batchId, product }: BatchNode): void {
  const placed = [...tools.world.batches.values()].filter(({ status }) => status === 'on-market');
  const back = placed.length === 0 ? undefined : tools.pick(placed);
  const asItLeft = { kind: product?.kind ?? 'cell', grossGrams: 1, contentGrams: {}, labels: [] };
  if (product !== undefined && tools.chance(0.7)) {
    const date = `${tools.pick([2031, 2032, 2033])}-03-01`;
    tools.append(at, 'ProductPlacedOnMarket', { productId: batchId, date, country: 'DE', ...asItLeft });
  } else if (back !== undefined) tools.append(at, 'ProductReturned', { productId: back.batchId, ...asItLeft });
}

export function reworkAtRandom(tools: RandomTools, at: string, here: BatchNode[]): void {
  const products = tools
    .some(
      here.filter(({ product }) => product !== undefined),
      3,
    )
    .flatMap((node) => node?.batchId ?? []);
  if (products.length === 0) return;
  if (tools.chance(0.3)) {
    const made = { productId: tools.name('p'), kind: 'battery', model: 'again', category: 'industrial' } as const;
    return tools.append(at, 'ProductRepurposed', { ...made, products });
  }
  tools.append(at, 'ProductWasted', {
    batchId: tools.name('b'),
    material: 'end-of-life-batteries',
    process: tools.pick(['take-back', 'cell', 'battery']),
    products,
    ...(tools.chance(0.3) ? { grossGrams: tools.mass() } : {}),
  });
}
