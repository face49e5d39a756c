import { type BatchNode, type EventMark, type TransformationNode } from './graph.types.js';

/**
 * The first moment after `moment` at which something in batches and transformations occurred; undefined when
 * all of it had occurred by then. What an event leaves no trace of in the nodes is not seen, and changes no verdict.
 * @param moment RFC 3339 UTC with milliseconds
 */
export function firstAfter(
  batches: Iterable<BatchNode>,
  transformations: Iterable<TransformationNode>,
  moment: string,
): string | undefined {
  let first: string | undefined;
  const look = (mark: EventMark | undefined): void => {
    if (mark === undefined || mark.occurredAt <= moment) return;
    if (first === undefined || mark.occurredAt < first) first = mark.occurredAt;
  };
  for (const node of batches) lookAtBatch(node, look);
  for (const node of transformations) look(node);
  return first;
}

function lookAtBatch(node: BatchNode, look: (mark: EventMark | undefined) => void): void {
  look(node.bornBy);
  look(node.held);
  look(node.released);
  look(node.product?.placed);
  look(node.product?.returned);
  for (const use of node.uses) look(use);
  for (const { arrived, departed } of node.stays) {
    look(arrived);
    look(departed);
  }
  for (const { dispatched, received, refused, returned, held, released } of node.hops) {
    look(dispatched);
    look(held);
    look(released);
    look(received);
    look(refused);
    look(returned);
  }
  for (const { labelled, condition, unseen, removed } of node.labels) {
    look(labelled);
    look(condition);
    look(unseen);
    look(removed);
  }
  for (const declaration of Object.values(node.declarations)) look(declaration);
  for (const assay of node.assays) look(assay);
  for (const anomaly of node.anomalies) look(anomaly);
}
