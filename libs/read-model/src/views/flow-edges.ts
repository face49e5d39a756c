import { type BatchesTransformed, type BatchSplit } from '#custody';
import { touchedBy, type GraphEvent } from '#claims';

/** No id begins with white space. */
const FLOW_MARK = ' ';

/** What stands, among the nodes of flows, for the event of a log index between batches that flow into batches. */
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
 * The steps from which batches mass flows into which by a transformation or a split, at most as many as it has inputs and
 * outputs; none when the fold cannot read its data.
 */
export function edgesOf(event: GraphEvent): FlowEdge[] {
  const { from, to } = sidesOf(event);
  if (from.length <= 1 || to.length <= 1)
    return from.flatMap((source) => to.map((made) => ({ from: source, to: made })));
  const flow = flowNode(event.logIndex);
  return [...from.map((source) => ({ from: source, to: flow })), ...to.map((made) => ({ from: flow, to: made }))];
}

function sidesOf(event: GraphEvent): { from: string[]; to: string[] } {
  if (touchedBy(event).batches.length === 0) return { from: [], to: [] };
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

function distinct(batches: readonly { batchId: string }[]): string[] {
  return [...new Set(batches.map(({ batchId }) => batchId))];
}
