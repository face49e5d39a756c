/** Mostly sensible commands on products. */
import { type SiteCommandBodies } from '../site/site-commands.js';
import { type Dice } from './dice.js';
import { type SmallLedger } from './small-ledger.js';

interface Random {
  readonly dice: Dice;
  readonly ledger: SmallLedger;
  newId(prefix: string): string;
  /** Mostly of the site. */
  batchId(siteId: string): string;
  use(siteId: string): { batchId: string; grossGrams: number };
}
type ProductCommand = 'products' | 'product-runs' | 'placements' | 'takebacks' | 'repurposings' | 'product-wastes';
type ProductBodies = { [K in ProductCommand]: (random: Random, siteId: string) => SiteCommandBodies[K] };

export const PRODUCT_BODIES: ProductBodies = {
  products: (random: Random, siteId: string) => ({ productId: random.newId('b'), ...assembly(random, siteId) }),
  'product-runs': (random: Random, siteId: string) => ({
    runId: random.newId('t'),
    productIds: Array.from({ length: 1 + random.dice.below(4) }, () => random.newId('b')),
    ...assembly(random, siteId),
  }),
  placements: (random: Random, siteId: string) => ({
    productId: productId(random, siteId),
    date: random.dice.onceIn(20) ? '2025-02-30' : '2025-01-01',
    country: 'JP',
  }),
  takebacks: (random: Random) => ({ productId: random.dice.pickAny(random.ledger.placedIds()) ?? 'b-none' }),
  repurposings: (random: Random, siteId: string) => ({
    productId: random.newId('b'),
    kind: 'battery',
    model: 'again',
    category: 'industrial',
    products: [productId(random, siteId, true)],
  }),
  'product-wastes': (random: Random, siteId: string) => ({
    batchId: random.newId('b'),
    material: random.dice.onceIn(12) ? 'battery' : 'end-of-life-batteries',
    products: Array.from({ length: 1 + random.dice.below(2) }, () => productId(random, siteId)),
    ...(random.dice.onceIn(3) ? { grossGrams: 1 + random.dice.below(800) } : {}),
  }),
};

/** Mostly a product of the site, one that was taken back if there is any and it is wanted. */
function productId(random: Random, siteId: string, returned = false): string {
  const { dice, ledger } = random;
  const all = [...ledger.account(siteId).batches].filter(([, { product }]) => product);
  const back = all.filter(([, { product }]) => product?.returned);
  const here = (returned && back.length > 0 ? back : all).map(([id]) => id);
  return (dice.onceIn(12) ? undefined : dice.pickAny(here)) ?? random.batchId(siteId);
}

/** What a product or a run is, of a batch or two and a product now and then. */
function assembly(random: Random, siteId: string) {
  const { dice } = random;
  const used = dice.onceIn(4) ? [productId(random, siteId)] : [];
  return {
    kind: dice.pick(['cell', 'battery', 'battery'] as const),
    model: 'm',
    ...(dice.onceIn(20) ? {} : { category: 'ev' as const }),
    ...(dice.onceIn(3) ? { grossGrams: 1 + dice.below(600) } : {}),
    ...(used.length > 0 && dice.onceIn(2) ? {} : { inputs: [random.use(siteId)] }),
    ...(used.length > 0 ? { products: used } : {}),
  } as const;
}
