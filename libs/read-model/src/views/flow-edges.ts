import {
  type BatchesTransformed,
  type BatchSplit,
  type ProductAssembled,
  type ProductRepurposed,
  type ProductsAssembled,
  type ProductWasted,
} from '#custody';
import { touchedBy, type GraphEvent } from '#claims';

/** No id begins with white space. */
const FLOW_MARK = ' ';

/** The node that stands for the event of a log index, between the batches that flow into it and those that flow out. */
export function flowNode(logIndex: number): string {
  return `${FLOW_MARK}${logIndex}`;
}

export function isFlowNode(node: string): boolean {
  return node.startsWith(FLOW_MARK);
}

/** A step of a mass flow between nodes: batches, and events that several batches flow through into several. */
export interface FlowEdge {
  readonly from: string;
  readonly to: string;
}

/**
 * The steps by which mass flows through a transformation or a split, at most as many as it has inputs and outputs; none when
 * the fold cannot read its data.
 */
export function edgesOf(event: GraphEvent): FlowEdge[] {
  const { from, to } = sidesOf(event);
  if (from.length <= 1 || to.length <= 1)
    return from.flatMap((source) => to.map((made) => ({ from: source, to: made })));
  const flow = flowNode(event.logIndex);
  return [...from.map((source) => ({ from: source, to: flow })), ...to.map((made) => ({ from: flow, to: made }))];
}

const FLOWING: ReadonlySet<string> = new Set([
  'BatchesTransformed',
  'BatchSplit',
  'ProductAssembled',
  'ProductsAssembled',
  'ProductRepurposed',
  'ProductWasted',
]);

function sidesOf(event: GraphEvent): { from: string[]; to: string[] } {
  if (!FLOWING.has(event.type) || touchedBy(event).batches.length === 0) return { from: [], to: [] };
  const making = makingSides(event);
  if (making !== undefined) return making;
  if (event.type === 'BatchesTransformed') {
    const { inputs, outputs } = event.data as BatchesTransformed;
    return { from: distinct(inputs), to: distinct(outputs) };
  }
  if (event.type === 'BatchSplit') {
    const { batchId, parts } = event.data as BatchSplit;
    return { from: [batchId], to: distinct(parts) };
  }
  return { from: [], to: [] };
}

/** The inputs and outputs of the facts that make products, or waste from products. */
function makingSides({ type, data }: GraphEvent): { from: string[]; to: string[] } | undefined {
  switch (type) {
    case 'ProductAssembled': {
      const { productId, inputs, products } = data as ProductAssembled;
      return { from: [...distinct(inputs), ...products], to: [productId] };
    }
    case 'ProductsAssembled': {
      const { productIds, inputs, products } = data as ProductsAssembled;
      return { from: [...distinct(inputs), ...products], to: productIds };
    }
    case 'ProductRepurposed': {
      const { productId, products } = data as ProductRepurposed;
      return { from: products, to: [productId] };
    }
    case 'ProductWasted': {
      const { batchId, products } = data as ProductWasted;
      return { from: products, to: [batchId] };
    }
    default:
      return undefined;
  }
}

function distinct(batches: readonly { batchId: string }[]): string[] {
  return [...new Set(batches.map(({ batchId }) => batchId))];
}
