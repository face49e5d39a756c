/** Fold cases that state something about a batch, or use it up where it is. */
import {
  MINERALS,
  takeContent,
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
  keepGiven,
  MILLIGRAMS_PER_GRAM,
  poolTotal,
  saysContent,
  takeFromBatch,
  UNDECLARED_KEY,
} from './composition.js';
import { type Assay, type BatchNode, type Composition, type Label, type ProvenanceGraph } from './graph.types.js';
import { batchThen, hopsSince, showLate } from './late-facts.js';

export function foldSiteOpened(graph: ProvenanceGraph, { mark, unconfirmed }: FoldMoment, data: SiteOpened): void {
  const { siteId, organisationId, country, name } = data;
  const opened = unconfirmed === undefined ? mark : { ...mark, unconfirmed };
  graph.sites.set(siteId, { siteId, organisationId, country, name, opened });
}

export function foldLabel(graph: ProvenanceGraph, at: FoldMoment, data: BatchLabelled): void {
  const { batchId, labelId, standard, carrier, value } = data;
  const { node, left } = batchThen(graph, at, batchId);
  const label = { labelId, standard, carrier, value, labelled: at.mark };
  if (left === undefined) node.labels = appended<Label>(node.labels, label);
  else showLate(node, label, left);
  noteDocuments(node, at, data.documents);
}

export function foldLabelRemoval(graph: ProvenanceGraph, at: FoldMoment, data: LabelRemoved): void {
  const label = labelOf(batchAtSite(graph, at, data.batchId), data.labelId);
  if (label !== undefined) label.removed ??= { ...at.mark, reason: data.reason };
}

/**
 * The last assay counts, by its date: it is measured against what was derived for the batch, and replaces those before it as
 * long as nothing of the batch was used in between. For each mineral, a lower result scales the composition down, and a
 * surplus is added as (ZZ, undeclared). Everything found in a root has its origin. An assay that names no mineral makes the
 * content unknown. One dated before a use, or after which nothing is left, changes nothing: what was used was passed on.
 */
export function foldAssay(graph: ProvenanceGraph, at: FoldMoment, data: BatchAssayed): void {
  const { node, left } = batchThen(graph, at, data.batchId);
  const assay = assayOf(at, data);
  const earlier = countedAssay(node);
  node.assays = appended<Assay>(node.assays, assay);
  if (isOvertaken(node, assay, left)) {
    assay.overtaken = true;
    return;
  }
  if (earlier !== undefined && earlier.occurredAt > assay.occurredAt) {
    assay.replaced = true;
    return;
  }
  const contentGrams = left === undefined ? assay.contentGrams : arrivedOf(node, left, assay.contentGrams);
  if (contentGrams !== assay.contentGrams) assay.arrivedGrams = contentGrams;
  keepGiven(node, at.mark.logIndex);
  if (node.rootKey === undefined) {
    // What an earlier one found has been handed on where less arrived than had left.
    if (earlier !== undefined && node.derived !== undefined) earlier.replaced = true;
    node.derived ??= node.composition;
    assay.derivedGrams = contentOf(node.derived);
    node.composition = foundIn(node.derived, contentGrams);
  } else {
    node.composition = compositionOf(contentGrams, node.rootKey);
  }
  node.contentKnown = saysContent(contentGrams);
  node.provisional = undefined;
}

/** The assay that the composition is based on, if nothing was used since. */
function countedAssay({ assays, used }: BatchNode): Assay | undefined {
  const counted = assays.findLast(({ replaced, overtaken }) => replaced === undefined && overtaken === undefined);
  return counted === undefined || (used !== undefined && counted.logIndex < used.last) ? undefined : counted;
}

function isOvertaken({ grossGrams, used }: BatchNode, { occurredAt }: Assay, left: number | undefined): boolean {
  if (grossGrams === 0) return true;
  return used !== undefined && (used.latest > occurredAt || (left !== undefined && used.last > left));
}

/** What of the content that was found has arrived: where a receipt was lighter, as much less as it cost the content. */
function arrivedOf(node: BatchNode, left: number, found: ContentGrams): ContentGrams {
  let content = found;
  for (const { dispatched, received } of hopsSince(node, left)) {
    if (received === undefined || received.grossGrams >= dispatched.grossGrams) continue;
    content = takeContent(content, received.grossGrams, dispatched.grossGrams).taken;
  }
  return content;
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
