/**
 * Walks along the mass flows. Ids are never trusted to be acyclic: every walk remembers where it has been. A transformation
 * is passed once, however many of its batches lead through it: a walk is linear in inputs plus outputs.
 */
import { type BatchNode, type ProvenanceGraph, type TransformationNode, type Use } from './graph.types.js';

/** What the node of a transformation names, each batch once: one list for all who ask, by which a walk knows it again. */
interface Sides {
  readonly sources: readonly string[];
  readonly products: readonly string[];
}

const NONE: readonly string[] = [];
const sidesOf = new WeakMap<TransformationNode, Sides>();

function sides(made: TransformationNode): Sides {
  let known = sidesOf.get(made);
  if (known === undefined) {
    known = { sources: distinct(made.inputs), products: distinct(made.outputs) };
    sidesOf.set(made, known);
  }
  return known;
}

function distinct(batches: readonly { batchId: string }[]): readonly string[] {
  return [...new Set(batches.map(({ batchId }) => batchId))];
}

/**
 * Batches that mass flowed from into this one, each once: the batch it was split from, the inputs of its transformation as
 * far as the graph holds that one. Outputs of one transformation are given the same list.
 */
export function parentsOf(graph: ProvenanceGraph, { bornBy, parents }: BatchNode): readonly string[] {
  if (bornBy?.transformationId === undefined || parents.length > 0) return parents;
  const made = graph.transformations.get(bornBy.transformationId);
  return made?.logIndex === bornBy.logIndex ? sides(made).sources : NONE;
}

/**
 * Batches that the mass of a use went into: the parts of a split, the outputs of a transformation as far as the graph holds
 * that one. Inputs of one transformation are given the same list.
 */
export function productsOf(graph: ProvenanceGraph, { to, transformationId, logIndex }: Use): readonly string[] {
  if (transformationId === undefined || to.length > 0) return to;
  const made = graph.transformations.get(transformationId);
  return made?.logIndex === logIndex ? sides(made).products : NONE;
}

/**
 * The upstream chain of a batch: itself first, then every batch that mass flowed from into it, nearest first. A batch
 * that the graph does not hold is not walked through, but named.
 */
export function upstreamOf(graph: ProvenanceGraph, batchId: string): string[] {
  return reach(graph, batchId, (node) => [parentsOf(graph, node)]);
}

/** What every output of a transformation has upstream of it: its inputs, then what those are made of, nearest first. */
export function upstreamOfOutputs(graph: ProvenanceGraph, made: TransformationNode): string[] {
  return reachFrom(graph, sides(made).sources, (node) => [parentsOf(graph, node)]);
}

/** A batch itself first, then whatever is next to what was reached, nearest first. */
export function reach(
  graph: ProvenanceGraph,
  start: string,
  next: (node: BatchNode) => readonly (readonly string[])[],
): string[] {
  return reachFrom(graph, [start], next);
}

function reachFrom(
  graph: ProvenanceGraph,
  starts: readonly string[],
  next: (node: BatchNode) => readonly (readonly string[])[],
): string[] {
  const reached = new Set(starts);
  const passed = new Set<readonly string[]>();
  // A set hands out what is added to it while it is walked: it is the queue as well.
  for (const batchId of reached) {
    const node = graph.batches.get(batchId);
    if (node === undefined) continue;
    for (const neighbours of next(node)) {
      if (passed.has(neighbours)) continue;
      passed.add(neighbours);
      for (const neighbour of neighbours) reached.add(neighbour);
    }
  }
  return [...reached];
}
