import { isUnlooked, type BatchNode, type EventMark, type Hop, type Label, type LabelSeen } from '../graph/index.js';
import { type LabellingRule } from '../programmes/index.js';
import { concerns, hopsOf, type Chain, type Link } from './chain.js';
import { lacking, type Fix, type Part } from './part.js';

type Accepts = (label: { standard?: string; carrier?: LabelSeen['carrier'] }) => boolean;

/**
 * `labelling`: the dispatches and receipts of the chain, and the batch now, that do not show an accepted label.
 *
 * Shortest: a label of a standard that is not accepted is mended by the `BatchLabelled` that put it on (one event for all
 * the places that saw it); an accepted label that is not intact, by the receipt that found it so or by its removal. The
 * fewest of those events that mend every such place are named. Where no label was recorded, no record is wrong: the event at
 * which it is missing is named, once per batch.
 */
export function labellingParts(chain: Chain, rule: LabellingRule): Part[] {
  const parts = rule.on === 'batch' ? [] : chain.each(rule, (link) => labelledHopParts(link, rule));
  return [...parts, ...nowParts(chain.asked, acceptedBy(rule))];
}

function acceptedBy({ acceptedStandards, carriers }: LabellingRule): Accepts {
  return ({ standard, carrier }) =>
    standard !== undefined &&
    acceptedStandards.includes(standard) &&
    (carriers === undefined || (carrier !== undefined && carriers.includes(carrier)));
}

/** What one link of a chain contributes to {@link labellingParts}. */
export function labelledHopParts(link: Link, rule: LabellingRule): Part[] {
  const accepts = acceptedBy(rule);
  const { node } = link;
  const parts: Part[] = [];
  let unrecorded: Part | undefined;
  for (const hop of hopsOf(link)) {
    const dispatch = dispatchPart(node, hop, accepts);
    const receipt =
      hop.received !== undefined && concerns(link, hop.received) ? receiptPart(node, hop, accepts) : undefined;
    for (const part of [dispatch, receipt]) {
      if (part === undefined) continue;
      if (part.missing === undefined) parts.push(part);
      else unrecorded ??= part;
    }
  }
  return unrecorded === undefined ? parts : [...parts, unrecorded];
}

function dispatchPart(node: BatchNode, { dispatched, consignorSiteId }: Hop, accepts: Accepts): Part | undefined {
  const place = { batchId: node.batchId, siteId: consignorSiteId };
  if (dispatched.labels.length === 0) return lacking('label-not-recorded', [dispatched], place);
  if (dispatched.labels.some(accepts)) return undefined;
  const fixes = dispatched.labels.map((seen) => notAccepted(node, seen, dispatched, []));
  return { verdict: 'broken', ...place, fixes };
}

function receiptPart(node: BatchNode, { received, consigneeSiteId }: Hop, accepts: Accepts): Part | undefined {
  if (received === undefined) return undefined;
  const place = { batchId: node.batchId, siteId: consigneeSiteId };
  if (received.labels.length === 0) return lacking('label-not-recorded', [received], place);
  if (received.labels.some((seen) => accepts(seen) && seen.condition === 'intact')) return undefined;
  const anyAccepted = received.labels.some(accepts);
  const fixes = received.labels.map((seen): Fix => {
    if (accepts(seen)) return { because: 'label-not-intact', events: [received] };
    const fix = notAccepted(node, seen, received, seen.condition === 'intact' ? [] : [received]);
    return anyAccepted ? { ...fix, because: 'label-not-intact' } : fix;
  });
  // A receipt that mentions only another label may have left out one that was there.
  for (const label of node.labels) {
    const isUnmentioned = !received.labels.some(({ labelId }) => labelId === label.labelId);
    if (isUnmentioned && accepts(label) && label.labelled.logIndex < received.logIndex && !isUnlooked(label))
      fixes.push({ because: 'label-not-intact', events: [received] });
  }
  return { verdict: 'broken', ...place, fixes };
}

/** The batch as it is now: labels put on it, less what was removed, lost or damaged. */
function nowParts(node: BatchNode, accepts: Accepts): Part[] {
  const place = { batchId: node.batchId, ...(node.siteId === undefined ? {} : { siteId: node.siteId }) };
  const looked = node.labels.filter((label) => !isUnlooked(label));
  const latest = looked.filter((label) => looked.findLast(({ labelId }) => labelId === label.labelId) === label);
  if (latest.length === 0) {
    const shownBy = node.labels.at(-1)?.unseen ?? node.bornBy;
    return [lacking('label-not-recorded', shownBy === undefined ? [] : [shownBy], place)];
  }
  if (latest.some((label) => accepts(label) && flawsOf(node, label).length === 0)) return [];
  const because = latest.some(accepts) ? 'label-not-intact' : 'label-not-accepted';
  const fixes = latest.map((label) => ({
    because,
    events: accepts(label) ? flawsOf(node, label) : [label.labelled, ...flawsOf(node, label)],
  })) satisfies Fix[];
  return [{ verdict: 'broken', ...place, fixes }];
}

/**
 * The events by which a label is not, or no longer, intact on the batch: its removal, and the last receipt since it was put
 * on, when that did not find it intact or did not mention it.
 */
function flawsOf(node: BatchNode, { labelId, labelled, removed }: Label): EventMark[] {
  const looked = node.hops.findLast(({ received }) => received !== undefined && received.logIndex > labelled.logIndex);
  const receipt = looked?.received;
  const seen = receipt?.labels.find((label) => label.labelId === labelId);
  return [
    ...(removed === undefined ? [] : [removed]),
    ...(receipt === undefined || seen?.condition === 'intact' ? [] : [receipt]),
  ];
}

/** Mended by the event that put the label on with its standard; by the hop's own event when the label is nobody's. */
function notAccepted(node: BatchNode, { labelId }: LabelSeen, hop: EventMark, also: readonly EventMark[]): Fix {
  const put =
    node.labels.findLast((label) => label.labelId === labelId && label.labelled.logIndex < hop.logIndex) ??
    node.labels.findLast((label) => label.labelId === labelId && label.labelled.occurredAt <= hop.occurredAt);
  return { because: 'label-not-accepted', events: [put?.labelled ?? hop, ...also] };
}
