/** Fold cases that say something of a batch, or use it up where it lies. */
import {
  MINERALS,
  type BatchAssayed,
  type BatchConsumed,
  type BatchDisposed,
  type BatchHeld,
  type BatchLabelled,
  type BatchReleased,
  type ContentGrams,
  type LabelRemoved,
  type RecycledContentDeclared,
  type SiteOpened,
} from '#custody';
import { appended, batchAtSite, labelOf, noteDocuments, recordUse, type FoldMoment } from './batch-node.js';
import {
  addToPool,
  apportion,
  compositionOf,
  contentOf,
  MILLIGRAMS_PER_GRAM,
  poolTotal,
  saysContent,
  takeFromBatch,
  UNDECLARED_KEY,
} from './composition.js';
import { type Assay, type Composition, type ProvenanceGraph } from './graph.types.js';

export function foldSiteOpened(graph: ProvenanceGraph, { mark, unconfirmed }: FoldMoment, data: SiteOpened): void {
  const { siteId, organisationId, country, name } = data;
  const opened = unconfirmed === undefined ? mark : { ...mark, unconfirmed };
  graph.sites.set(siteId, { siteId, organisationId, country, name, opened });
}

export function foldLabel(graph: ProvenanceGraph, at: FoldMoment, data: BatchLabelled): void {
  const { batchId, labelId, standard, carrier, value } = data;
  const node = batchAtSite(graph, at, batchId);
  node.labels = appended(node.labels, { labelId, standard, carrier, value, labelled: at.mark });
  noteDocuments(node, at, data.documents);
}

export function foldLabelRemoval(graph: ProvenanceGraph, at: FoldMoment, data: LabelRemoved): void {
  const label = labelOf(batchAtSite(graph, at, data.batchId), data.labelId);
  if (label !== undefined) label.removed ??= { ...at.mark, reason: data.reason };
}

/**
 * The last assay counts: it is measured against what was derived for the batch, and replaces those before it as long as
 * nothing of the batch was used in between. Of each mineral less scales the composition down, more is added as
 * (ZZ, undeclared). All that is found in a root is of its origin. An assay that names no mineral makes the content unknown.
 */
export function foldAssay(graph: ProvenanceGraph, at: FoldMoment, data: BatchAssayed): void {
  const { contentGrams } = data;
  const node = batchAtSite(graph, at, data.batchId);
  const assay = assayOf(at, data);
  if (node.rootKey === undefined) {
    const earlier = node.derived === undefined ? undefined : node.assays.at(-1);
    if (earlier !== undefined) earlier.replaced = true;
    node.derived ??= node.composition;
    assay.derivedGrams = contentOf(node.derived);
    node.composition = foundIn(node.derived, contentGrams);
  } else {
    node.composition = compositionOf(contentGrams, node.rootKey);
  }
  node.contentKnown = saysContent(contentGrams);
  node.provisional = undefined;
  node.assays = appended<Assay>(node.assays, assay);
}

function foundIn(derived: Composition, contentGrams: ContentGrams): Composition {
  const composition: Composition = {};
  for (const mineral of MINERALS) {
    const found = (contentGrams[mineral] ?? 0) * MILLIGRAMS_PER_GRAM;
    if (found === 0) continue;
    const pool = derived[mineral] ?? {};
    const kept = apportion(found, pool);
    addToPool(kept, UNDECLARED_KEY, found - poolTotal(pool));
    composition[mineral] = kept;
  }
  return composition;
}

function assayOf({ mark, siteId }: FoldMoment, { contentGrams, method, laboratory }: BatchAssayed): Assay {
  const { eventId, logIndex, occurredAt } = mark;
  const content = { ...contentGrams };
  return laboratory === undefined
    ? { eventId, logIndex, occurredAt, siteId, method, contentGrams: content }
    : { eventId, logIndex, occurredAt, siteId, method, laboratory, contentGrams: content };
}

export function foldDeclaration(graph: ProvenanceGraph, at: FoldMoment, data: RecycledContentDeclared): void {
  const { batchId, mineral, share } = data;
  const { eventId, logIndex, occurredAt } = at.mark;
  const node = batchAtSite(graph, at, batchId);
  node.declarations[mineral] = { eventId, logIndex, occurredAt, share };
  noteDocuments(node, at, data.documents);
}

export function foldHold(graph: ProvenanceGraph, at: FoldMoment, data: BatchHeld): void {
  const { batchId, authority, reason } = data;
  batchAtSite(graph, at, batchId).held = { ...at.mark, authority, reason };
}

export function foldRelease(graph: ProvenanceGraph, at: FoldMoment, data: BatchReleased): void {
  const node = batchAtSite(graph, at, data.batchId);
  node.held = undefined;
  node.released = at.mark;
}

export function foldConsumption(graph: ProvenanceGraph, at: FoldMoment, data: BatchConsumed): void {
  useUp(graph, at, data, 'consumption');
}

export function foldDisposal(graph: ProvenanceGraph, at: FoldMoment, data: BatchDisposed): void {
  useUp(graph, at, data, 'disposal');
}

function useUp(
  graph: ProvenanceGraph,
  at: FoldMoment,
  { batchId, grossGrams }: Pick<BatchConsumed, 'batchId' | 'grossGrams'>,
  kind: 'consumption' | 'disposal',
): void {
  const node = batchAtSite(graph, at, batchId);
  const heldGrams = node.grossGrams;
  takeFromBatch(node, grossGrams);
  recordUse(node, at, { kind, grossGrams, heldGrams, to: [] });
}
