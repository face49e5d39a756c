import { parentsOf, productsOf, type BatchNode, type Hop, type ProvenanceGraph, type ShipmentNode } from '#claims';
import {
  type ProvenanceAnswer,
  type ProvenanceBatch,
  type ProvenanceHop,
  type ProvenanceTransformation,
  type ShipmentStatus,
} from '../answers/index.js';
import { batchAnswer } from './batch-queries.js';
import { type Direction } from '../chains/chain-reader.js';
import { type CountryOf } from './recycler-countries.js';

interface ProvenanceExtent {
  readonly direction: Direction;
  /** Steps from the batch in question; default: to the end. */
  readonly depth?: number;
  /** Most batches shown. */
  readonly limit: number;
  /** Only these batches are described; default: all. */
  readonly seen?: ReadonlySet<string>;
}

/**
 * Describes the part of a graph around a batch, nearest first.
 * @param countryOf the country of a site that recycled some of a batch
 * @returns undefined when no event made the batch.
 */
export function describeProvenance(
  graph: ProvenanceGraph,
  batchId: string,
  extent: ProvenanceExtent,
  countryOf: CountryOf,
): ProvenanceAnswer | undefined {
  const start = graph.batches.get(batchId);
  if (!start || start.status === 'unborn') return undefined;
  const { depths, truncated } = reach(graph, batchId, extent);
  const batches: ProvenanceBatch[] = [];
  const transformations = new Map<string, ProvenanceTransformation>();
  const hops: ProvenanceHop[] = [];
  for (const [id, depth] of depths) {
    const node = graph.batches.get(id);
    if (!node) continue;
    batches.push({ ...batchAnswer(node, countryOf), depth });
    for (const hop of node.hops) hops.push(hopAnswer(id, hop, graph.shipments.get(hop.shipmentId)));
    const made = node.bornBy;
    if (!made || transformations.has(made.eventId)) continue;
    if (!parentsOf(graph, node).some((parent) => depths.has(parent))) continue;
    const transformation =
      made.transformationId === undefined ? undefined : graph.transformations.get(made.transformationId);
    if (transformation) {
      const { transformationId, siteId, process, chainOfCustody, occurredAt, inputs, outputs } = transformation;
      transformations.set(made.eventId, {
        kind: 'transformation',
        transformationId,
        eventId: made.eventId,
        siteId,
        process,
        chainOfCustody,
        occurredAt,
        inputs: inputs.map((input) => ({ batchId: input.batchId, grossGrams: input.grossGrams })),
        outputs: outputs.map((output) => ({ batchId: output.batchId, grossGrams: output.grossGrams })),
      });
    } else if (made.kind === 'split') {
      transformations.set(made.eventId, splitAnswer(graph, node, depths));
    }
  }
  return { batches, transformations: [...transformations.values()], hops, truncated };
}

/** Batch → steps from the start, in ascending order of steps. */
function reach(
  graph: ProvenanceGraph,
  start: string,
  { direction, depth, limit, seen }: ProvenanceExtent,
): { depths: Map<string, number>; truncated: boolean } {
  const depths = new Map([[start, 0]]);
  let truncated = false;
  const passed = new Set<readonly string[]>();
  // Iterating a map also yields entries added meanwhile, so the map is the queue as well.
  for (const [id, steps] of depths) {
    const node = graph.batches.get(id);
    if (!node) continue;
    for (const next of neighboursOf(graph, node, direction)) {
      // The batch that led through a transformation first was nearer, or equally near.
      if (passed.has(next)) continue;
      passed.add(next);
      for (const neighbour of next) {
        if (depths.has(neighbour) || seen?.has(neighbour) === false) continue;
        if (depths.size >= limit || (depth !== undefined && steps >= depth)) truncated = true;
        else depths.set(neighbour, steps + 1);
      }
    }
  }
  return { depths, truncated };
}

function neighboursOf(graph: ProvenanceGraph, node: BatchNode, direction: Direction): readonly (readonly string[])[] {
  return direction === 'upstream' ? [parentsOf(graph, node)] : node.uses.map((use) => productsOf(graph, use));
}

/** Those parts of a split that are shown. */
function splitAnswer(
  graph: ProvenanceGraph,
  part: BatchNode,
  shown: ReadonlyMap<string, number>,
): ProvenanceTransformation {
  const eventId = part.bornBy?.eventId ?? '';
  const parent = graph.batches.get(part.parents[0] ?? '');
  const use = parent?.uses.find((candidate) => candidate.eventId === eventId);
  const parts = (use?.to ?? [part.batchId]).filter((id) => shown.has(id));
  return {
    kind: 'split',
    eventId,
    siteId: part.bornBy?.siteId ?? '',
    occurredAt: part.bornBy?.occurredAt ?? '',
    inputs: parent ? [{ batchId: parent.batchId, grossGrams: use?.grossGrams ?? 0 }] : [],
    outputs: parts.map((id) => ({ batchId: id, grossGrams: graph.batches.get(id)?.bornBy?.grossGrams ?? 0 })),
  };
}

function hopAnswer(batchId: string, hop: Hop, shipment: ShipmentNode | undefined): ProvenanceHop {
  return {
    shipmentId: hop.shipmentId,
    batchId,
    consignorSiteId: hop.consignorSiteId,
    consigneeSiteId: hop.consigneeSiteId,
    dispatchedAt: hop.dispatched.occurredAt,
    ...(hop.received && { receivedAt: hop.received.occurredAt }),
    status: hopStatus(hop, shipment),
  };
}

function hopStatus(hop: Hop, shipment: ShipmentNode | undefined): ShipmentStatus {
  if (hop.returned) return 'returned';
  if (hop.received) return 'received';
  return (hop.refused ?? shipment?.refused) ? 'refused' : 'in-transit';
}
