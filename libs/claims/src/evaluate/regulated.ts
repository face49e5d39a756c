import { type BatchNode } from '../graph/index.js';
import { type BatteryCategory, type Rule, type RuleScope, type RuleSubject } from '../programmes/index.js';
import { mayContain } from './shares.js';
import { type WhatIf } from './verdict.types.js';

/**
 * A product, or what a plant made of a model in a calendar year: laws impose duties on these that they do not impose on
 * material.
 */
export interface Regulated {
  readonly kind: Exclude<RuleSubject, 'batch'>;
  readonly category: BatteryCategory;
  /** The day on which it was placed on the market, RFC 3339 UTC with milliseconds: the law of that day applies. */
  readonly placedOnMarket?: string;
  readonly capacityWh?: number;
  /** It was prepared for re-use or repurposing, repurposed or remanufactured. */
  readonly secondLife?: boolean;
}

/** What is asked about, and what it is judged as. */
export interface Addressed {
  readonly regulated?: Regulated;
  readonly batteryCategory?: BatteryCategory;
  readonly rulesAt?: string;
  readonly indicative?: boolean;
}

/** Undefined: the question supposes nothing. Material that is not a product has no day on which it is placed on the market. */
export function whatIfOf({ batteryCategory, rulesAt, regulated }: Addressed): WhatIf | undefined {
  const placed = regulated?.placedOnMarket;
  const isOther = batteryCategory !== undefined && batteryCategory !== regulated?.category;
  const isAnotherDay = rulesAt !== undefined && placed !== undefined && rulesAt !== placed;
  if (!isOther && !isAnotherDay) return undefined;
  return { ...(isOther && { batteryCategory }), ...(isAnotherDay && { rulesAt }) };
}

/** What a batch is to the law: a battery of a known category is a product. */
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

/** Whether the duty of a rule falls on things of the kind asked about: of anything else the verdict is an indication. */
export function isLaidOn({ subject }: Rule, { regulated }: Addressed): boolean {
  return subject === 'batch' || regulated?.kind === subject;
}

/** Whether the duty falls on this very thing: nothing is owed for what a question supposes. */
export function isOwedBy(rule: Rule, asked: Addressed): boolean {
  return rule.subject === 'batch' || (isLaidOn(rule, asked) && whatIfOf(asked) === undefined);
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
