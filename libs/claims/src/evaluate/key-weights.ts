import { type ContentGrams, type Mineral } from '#custody';
import { compositionAt, type BatchNode, type TransformationNode } from '../graph/index.js';

/** So that rounding down a weight loses next to nothing. */
const SCALE = 1_000_000n;

/**
 * The weight of each key in what an input gave to a transformation, so that inputs of different sizes can be added up.
 * @param contentGrams what the input gave to the transformation, by mineral
 * @param each is called for every key of those minerals that the input contains
 */
export function eachKeyWeight(
  node: BatchNode,
  { contentGrams, made }: { contentGrams: ContentGrams; made: TransformationNode },
  minerals: readonly Mineral[],
  each: (mineral: Mineral, key: string, weight: bigint) => void,
): void {
  const composition = compositionAt(node, made.logIndex);
  for (const mineral of minerals) {
    const pool = composition[mineral];
    const grams = contentGrams[mineral] ?? 0;
    if (pool === undefined || grams === 0) continue;
    let total = 0;
    for (const key in pool) total += pool[key] ?? 0;
    for (const key in pool) each(mineral, key, (BigInt(grams) * BigInt(pool[key] ?? 0) * SCALE) / BigInt(total));
  }
}
