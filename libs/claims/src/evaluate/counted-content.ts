import { PROCESSES } from '#custody';
import {
  apportion,
  MILLIGRAMS_PER_GRAM,
  parseKey,
  type KeyParts,
  type Pool,
  type ProvenanceGraph,
} from '../graph/index.js';
import { type Counts } from '../programmes/index.js';
import { WHOLE } from './vouching.js';

/** Whether content of a key is recycled in the sense of a rule; `undecided`: nobody has declared what it is. */
type Counted = 'counted' | 'not-counted' | 'undecided';

/**
 * ISO 14021, 7.8.1.1: recycled content is pre-consumer or post-consumer material; what is reclaimed in the process that
 * generated it, or by whoever generated it, is rework.
 */
export const ISO_14021: Counts = {
  classes: ['post-consumer', 'manufacturing-waste'],
  manufacturingWaste: 'any',
  ownWaste: false,
  returned: false,
};

function countedBy(counts: Counts, graph: ProvenanceGraph, parts: KeyParts): Counted {
  if (parts.class === 'undeclared') return 'undecided';
  if (parts.class === 'primary' || !counts.classes.includes(parts.class)) return 'not-counted';
  if (counts.recovered === true && parts.recycler === undefined) return 'not-counted';
  if (parts.maker === undefined) return 'counted';
  if (counts.manufacturingWaste === 'battery' && !isOfBatteries(parts.maker.process)) return 'not-counted';
  if (!counts.returned && parts.returned === true) return 'not-counted';
  return counts.ownWaste || isOfOthers(graph, parts) ? 'counted' : 'not-counted';
}

/** Whether the waste of a process is battery manufacturing waste. */
function isOfBatteries(process: string): boolean {
  return PROCESSES.get(process)?.batteryManufacturing === true;
}

/** Whether an organisation other than its maker recovered the waste. A site that nobody knows proves nothing. */
function isOfOthers({ sites }: ProvenanceGraph, { maker, recycler }: KeyParts): boolean {
  const madeBy = maker === undefined ? undefined : sites.get(maker.siteId)?.organisationId;
  const recycledBy = recycler === undefined ? undefined : sites.get(recycler)?.organisationId;
  return madeBy !== undefined && recycledBy !== undefined && madeBy !== recycledBy;
}

/** The recycled share of a pool in the sense of a rule, in milligrams. */
export interface RecycledShare {
  /** The lower bound of what is recycled. */
  recycledMilligrams: number;
  /** May be recycled or not, so the upper bound counts it. */
  undeclaredMilligrams: number;
  /** Would count if those who recovered it were vouched for: the upper bound counts it too. Only where a rule requires it. */
  unvouchedMilligrams?: number;
  totalMilligrams: number;
}

/** How much of a key's content is vouched for, in parts of {@link WHOLE}. */
export type VouchedPart = (key: string) => bigint;

/** @param vouchedPart none: nothing needs to be vouched for */
export function recycledShareOf(
  pool: Pool,
  counts: Counts,
  graph: ProvenanceGraph,
  vouchedPart?: VouchedPart,
): RecycledShare {
  const share: RecycledShare = { recycledMilligrams: 0, undeclaredMilligrams: 0, totalMilligrams: 0 };
  let unvouched = 0;
  for (const key in pool) {
    const milligrams = pool[key] ?? 0;
    share.totalMilligrams += milligrams;
    const counted = countedBy(counts, graph, parseKey(key));
    if (counted === 'counted') {
      const vouched = vouchedPart === undefined ? milligrams : partOf(milligrams, vouchedPart(key));
      share.recycledMilligrams += vouched;
      unvouched += milligrams - vouched;
    } else if (counted === 'undecided') share.undeclaredMilligrams += milligrams;
  }
  if (vouchedPart !== undefined) share.unvouchedMilligrams = unvouched;
  return share;
}

/** Rounded down. */
function partOf(milligrams: number, part: bigint): number {
  return part === WHOLE ? milligrams : Number((BigInt(milligrams) * part) / WHOLE);
}

/** A share in whole grams that add up to the content. */
export function shareInGrams({
  recycledMilligrams,
  undeclaredMilligrams,
  unvouchedMilligrams,
  totalMilligrams,
}: RecycledShare): { recycledGrams: number; undeclaredGrams: number; unvouchedGrams?: number; totalGrams: number } {
  const totalGrams = totalMilligrams / MILLIGRAMS_PER_GRAM;
  const grams = apportion(totalGrams, {
    other: totalMilligrams - recycledMilligrams - undeclaredMilligrams - (unvouchedMilligrams ?? 0),
    recycled: recycledMilligrams,
    undeclared: undeclaredMilligrams,
    unvouched: unvouchedMilligrams ?? 0,
  });
  return {
    recycledGrams: grams['recycled'] ?? 0,
    undeclaredGrams: grams['undeclared'] ?? 0,
    ...(unvouchedMilligrams === undefined ? {} : { unvouchedGrams: grams['unvouched'] ?? 0 }),
    totalGrams,
  };
}
