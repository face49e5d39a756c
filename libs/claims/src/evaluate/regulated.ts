import { type BatchNode } from '../graph/index.js';
import { type BatteryCategory, type Rule, type RuleScope, type RuleSubject } from '../programmes/index.js';
import { mayContain } from './shares.js';

/** A product, or what a plant made of a model in a calendar year: what laws lay duties on that are not laid on matter. */
export interface Regulated {
  readonly kind: Exclude<RuleSubject, 'batch'>;
  readonly category: BatteryCategory;
  /** The day on which it was placed on the market, RFC 3339 UTC with milliseconds: the law of that day applies. */
  readonly placedOnMarket?: string;
  readonly capacityWh?: number;
  /** It was prepared for re-use or repurposing, repurposed or remanufactured. */
  readonly secondLife?: boolean;
}

/** What is asked about, and as what. */
export interface Addressed {
  readonly regulated?: Regulated;
  readonly batteryCategory?: BatteryCategory;
  readonly indicative?: boolean;
}

/** As what laws know a batch: a battery of a known category is a product. */
export function regulatedAs({ product }: BatchNode): Regulated | undefined {
  if (product?.kind !== 'battery' || product.category === undefined) return undefined;
  const { category, capacityWh, secondLife, placed } = product;
  return {
    kind: 'product',
    category,
    ...(placed !== undefined && { placedOnMarket: `${placed.date}T00:00:00.000Z` }),
    ...(capacityWh !== undefined && { capacityWh }),
    ...(secondLife !== undefined && { secondLife }),
  };
}

/** Whether the duty of a rule is laid on what is asked about: what it says of anything else is an indication. */
export function isOwedBy({ subject }: Rule, { regulated, batteryCategory }: Addressed): boolean {
  return subject === 'batch' || (regulated?.kind === subject && batteryCategory === undefined);
}

/** What the law does not say of the thing itself keeps it in scope: a battery of unknown capacity may be a large one. */
export function isInScope(scope: RuleScope | undefined, asked: BatchNode, regulated: Regulated | undefined): boolean {
  if (scope === undefined) return true;
  const { materials, minerals, naturalGraphiteOnly, industrialOverWh, firstLifeOnly } = scope;
  if (materials !== undefined && !materials.includes(asked.material)) return false;
  if (firstLifeOnly === true && regulated?.secondLife === true) return false;
  const { category, capacityWh } = regulated ?? {};
  const isSmall = industrialOverWh !== undefined && capacityWh !== undefined && capacityWh <= industrialOverWh;
  if (isSmall && category?.startsWith('industrial') === true) return false;
  if (minerals === undefined) return true;
  const isMade = naturalGraphiteOnly === true && asked.graphiteMade === true;
  return mayContain(asked, isMade ? minerals.filter((mineral) => mineral !== 'graphite') : minerals);
}
