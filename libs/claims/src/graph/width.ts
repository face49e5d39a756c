import { MINERALS } from '#custody';
import { type BatchNode, type Composition, type ScrapMaker } from './graph.types.js';
import { classedKey } from './making.js';

/**
 * What a composition costs to carry: one share for each key of each mineral. The origin of a batch takes no fewer, and
 * everything made from it carries up to as many.
 */
export function sharesOf(composition: Composition): number {
  return MINERALS.reduce((sum, mineral) => sum + keysOf(composition, mineral).length, 0);
}

/** Shares that a node takes with it whenever it is read or written. */
export function sharesIn({
  composition,
  lastComposition,
  derived,
  given = [],
}: Pick<BatchNode, 'composition' | 'lastComposition' | 'derived' | 'given'>): number {
  const past = given.map((each) => each.composition);
  return [composition, lastComposition, derived, ...past].reduce((sum, each) => sum + (each ? sharesOf(each) : 0), 0);
}

/**
 * Shares of the pool that batches make together, at most: each output takes up to as many.
 * @param process where and by which process, when they are transformed; a split changes no key
 */
export function sharesOfPool(
  batches: readonly Pick<BatchNode, 'composition' | 'scrap'>[],
  process?: ScrapMaker,
): number {
  let shares = 0;
  for (const mineral of MINERALS) {
    const keys = new Set<string>();
    for (const { composition, scrap } of batches) {
      for (const key of keysOf(composition, mineral)) keys.add(process ? classedKey(key, process, scrap) : key);
    }
    shares += keys.size;
  }
  return shares;
}

function keysOf(composition: Composition, mineral: (typeof MINERALS)[number]): string[] {
  return Object.keys(composition[mineral] ?? {});
}
