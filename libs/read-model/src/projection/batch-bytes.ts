import { type BatchNode, type Composition } from '#claims';

/** Heap of a batch without any content or history, bytes. */
const OF_A_BATCH = 1_000;
/** Of a key of a composition with its mass, bytes. */
const OF_A_SHARE = 100;
/** Of a hop, a label, an assay, a stay or a use, bytes: each names its event. */
const OF_A_FACT = 500;

/**
 * Bytes of heap that a node takes, estimated without looking at its texts: a blend of a thousand origins weighs as much as
 * fifty ordinary batches.
 */
export function estimatedBytes(node: BatchNode): number {
  const { composition, lastComposition, derived, given, hops, labels, assays, stays, uses } = node;
  let shares = sharesOf(composition) + sharesOf(lastComposition) + sharesOf(derived);
  for (const before of given ?? []) shares += sharesOf(before.composition);
  const facts = hops.length + labels.length + assays.length + stays.length + uses.length;
  return OF_A_BATCH + OF_A_SHARE * shares + OF_A_FACT * facts;
}

function sharesOf(composition: Composition | undefined): number {
  let shares = 0;
  for (const mineral in composition) shares += Object.keys(composition[mineral as keyof Composition] ?? {}).length;
  return shares;
}
