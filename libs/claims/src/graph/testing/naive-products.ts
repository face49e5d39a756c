/** Of the naive ledger: what goes into a making, and what becomes of products. */
import { MINERALS, type ProductPlacedOnMarket, type ProductReturned, type ProductWasted } from '#custody';
import { type GraphEvent } from '../graph.types.js';
import { parted, sum, type Lot } from './naive-lots.js';

export interface Fact {
  gross: bigint;
  place: { kind: 'site' | 'transit' | 'market' | 'gone' | 'nowhere'; at: string };
  known: boolean;
  scrapOf?: { siteId: string; process: string };
  /** Lots derived for it, before the assays since it was last used. */
  derived?: Lot[] | undefined;
  /** Of what kind all is that is found in it. */
  root?: Pick<Lot, 'country' | 'class'> | undefined;
  parents: Set<string>;
  origins: Set<string>;
  originKnown: boolean;
  made: boolean;
  /** Where it was, one after the other. */
  visits: Visit[];
  /** When it was used, and how many of its visits had ended by then. */
  uses: { time: string; ended: number }[];
  /** What went missing on the way after so many visits. */
  losses: { ended: number; of: bigint; arrived: bigint }[];
  /** Of the assay that its content is of, unless it was used since. */
  assayed?: string | undefined;
  /** What was told of its labels, in the order of the log. */
  told: Told[];
}

export interface Visit {
  site: string;
  from: string;
  until?: string;
  /** It ended by a dispatch or for the market. */
  sent?: true;
}

/** `late`: of which visit that is over a label is told. `sent`: with the labels listed, at the end of which visit. */
export type Told =
  | { kind: 'late'; labelId: string; visit: number }
  | { kind: 'sent'; labelIds: readonly string[]; visit: number }
  | { kind: 'received'; visits: number };

export interface NaiveTools {
  site: string;
  fact: (batchId: string) => Fact;
  touch: (batchId: string) => Fact;
  draw: (batchId: string, grams: bigint) => Lot[];
  finish: (batchId: string, asked: bigint, had: bigint) => void;
  make: (batchId: string, gross: bigint, lots: Lot[], rest: Partial<Fact>) => void;
  complain: (batchId: string, code: string) => void;
  come: (fact: Fact) => void;
  leave: (fact: Fact) => void;
}

interface NaiveAssembly {
  productId?: string;
  productIds?: string[];
  kind: string;
  inputs?: { batchId: string; grossGrams: number }[];
  products: string[];
  grossGrams?: number;
}

/** A lot as it enters a process at a site. @param maker whose scrap it is */
function entered(lot: Lot, process: string, site: string, maker: Fact['scrapOf']): Lot {
  if (lot.class === 'primary' && maker !== undefined && process === 'recycling') {
    return { ...lot, class: 'manufacturing-waste', madeAt: maker, recycledAt: site };
  }
  if (lot.class === 'post-consumer' && process === 'recycling') return { ...lot, recycledAt: lot.recycledAt ?? site };
  const isBack = lot.madeAt?.siteId === site && lot.madeAt.process === process;
  return isBack ? { ...lot, returned: true } : lot;
}

/** Applies the event if it is about products. @returns how inputs are pooled, whatever the event */
export function tellOfProducts(event: GraphEvent, data: unknown, tools: NaiveTools) {
  const { site, touch, draw, finish, make, complain } = tools;
  /** What inputs give, as it enters a process; products whole, and of none that is left a gram in vain. */
  const pooled = (inputs: readonly { batchId: string; grossGrams?: number }[], process: string) => {
    const into = { lots: [] as Lot[], gross: 0n, known: true, originKnown: true, origins: new Set<string>() };
    for (const { batchId, grossGrams } of inputs) {
      const fact = touch(batchId);
      const had = fact.gross;
      const asked = grossGrams === undefined ? (had > 1n ? had : 1n) : BigInt(grossGrams);
      const entering = draw(batchId, asked).map((lot) => entered(lot, process, site, fact.scrapOf));
      into.lots.push(...entering);
      into.gross += asked < had ? asked : had;
      into.known &&= fact.known;
      into.originKnown &&= fact.originKnown;
      for (const origin of fact.origins) into.origins.add(origin);
      finish(batchId, asked, had);
    }
    return into;
  };

  switch (event.type) {
    case 'ProductAssembled':
    case 'ProductsAssembled':
    case 'ProductRepurposed': {
      const made = data as NaiveAssembly;
      const ids = made.productIds ?? [made.productId ?? ''];
      const process = event.type === 'ProductRepurposed' ? 'repurposing' : made.kind === 'cell' ? 'cell' : 'battery';
      const inputs = [...(made.inputs ?? []), ...made.products.map((batchId) => ({ batchId }))];
      const { lots, gross, known, originKnown, origins } = pooled(inputs, process);
      const parents = new Set(inputs.map(({ batchId }) => batchId));
      const count = BigInt(ids.length);
      const each = (total: bigint, index: bigint): bigint => (total * (index + 1n)) / count - (total * index) / count;
      let pool = lots;
      for (const [place, batchId] of ids.entries()) {
        const own: Lot[] = [];
        for (const mineral of MINERALS) {
          const grams = sum(lots.filter((lot) => lot.mineral === mineral)) / 1000n;
          const [taken, left] = parted(pool, mineral, 1000n * each(grams, BigInt(place)));
          own.push(...taken);
          pool = left;
        }
        const weighs = made.grossGrams === undefined ? each(gross, BigInt(place)) : BigInt(made.grossGrams);
        make(batchId, weighs, own, { known, originKnown, origins, parents });
      }
      return { pooled };
    }
    case 'ProductPlacedOnMarket': {
      const fact = touch((data as ProductPlacedOnMarket).productId);
      tools.leave(fact);
      fact.place = { kind: 'market', at: fact.place.at };
      return { pooled };
    }
    case 'ProductReturned': {
      const { productId } = data as ProductReturned;
      const fact = tools.fact(productId);
      if (fact.place.kind !== 'market') complain(productId, 'received-unsent');
      tools.come(fact);
      return { pooled };
    }
    case 'ProductWasted': {
      const { batchId, products, process, grossGrams } = data as ProductWasted;
      const isOld = process === 'take-back';
      const { lots, gross, known, originKnown, origins } = pooled(
        products.map((product) => ({ batchId: product })),
        process,
      );
      const waste = isOld
        ? lots.map(({ mineral, country, milligrams }): Lot => {
            return { batchId, mineral, country, class: 'post-consumer', milligrams };
          })
        : lots;
      make(batchId, grossGrams === undefined ? gross : BigInt(grossGrams), waste, {
        known,
        originKnown,
        origins,
        parents: new Set(products),
        ...(isOld ? {} : { scrapOf: { siteId: site, process } }),
        ...(isOld && sum(lots) === 0n ? { root: { country: 'ZZ', class: 'post-consumer' } } : {}),
      });
      return { pooled };
    }
    default:
      return { pooled };
  }
}
