/** Fold cases that make batches: registration, split, transformation. */
import {
  isWithheld,
  MINERALS,
  type BatchRegistered,
  type BatchSplit,
  type BatchesTransformed,
  type ContentGrams,
} from '#custody';
import { batchAtSite, giveBirth, recordUse, type FoldMoment } from './batch-node.js';
import {
  addToPool,
  compositionOf,
  contentOf,
  parseKey,
  poolTotal,
  recycledShareOf,
  saysContent,
  takeFromBatch,
  takeOfMineral,
  UNDECLARED_KEY,
} from './composition.js';
import type {
  BatchNode,
  Composition,
  InputShare,
  OutputShare,
  ProvenanceGraph,
  ScrapMaker,
  TransformationNode,
} from './graph.types.js';

/** ISO 22095 asks whether there is one origin site or more than one: the rest need not be carried along the chain. */
const ORIGIN_SITES_KEPT = 2;

/** The process whose transformations turn another organisation's scrap into pre-consumer content. */
export const RECYCLING_PROCESS = 'recycling';

export function foldRegistration(graph: ProvenanceGraph, at: FoldMoment, data: BatchRegistered): void {
  const { batchId, material, grossGrams, contentGrams, origin } = data;
  const node = giveBirth(graph, at, {
    batchId,
    material,
    birth: { kind: 'registered', grossGrams, origin },
    how: 'registration',
  });
  if (node === undefined) return;
  node.contentKnown = saysContent(contentGrams);
  node.composition = compositionOf(contentGrams, originKey(graph, at, origin));
  node.originSites = [at.siteId];
  node.originUnknown = origin.kind === 'undocumented';
}

function originKey(graph: ProvenanceGraph, at: FoldMoment, origin: BatchRegistered['origin']): string {
  const siteCountry = graph.sites.get(at.siteId)?.country;
  switch (origin.kind) {
    case 'extracted':
      return `${isWithheld(origin.country) ? 'ZZ' : (origin.country ?? siteCountry ?? 'ZZ')}/primary`;
    case 'end-of-life':
      return `${siteCountry ?? 'ZZ'}/post-consumer`;
    case 'undocumented':
      return UNDECLARED_KEY;
  }
}

/**
 * The parts are uses one after the other in the order given; what is not split off stays the batch's. A part weighs what
 * the record says even when a correction left less than that: it then contains what there was.
 */
export function foldSplit(graph: ProvenanceGraph, at: FoldMoment, data: BatchSplit): void {
  const source = batchAtSite(graph, at, data.batchId);
  const heldGrams = source.grossGrams;
  let grossGrams = 0;
  for (const part of data.parts) {
    grossGrams += part.grossGrams;
    const composition = takeFromBatch(source, part.grossGrams);
    const node = giveBirth(graph, at, {
      batchId: part.batchId,
      material: source.material,
      birth: { kind: 'split', grossGrams: part.grossGrams },
      how: 'split',
    });
    if (node === undefined) continue;
    node.contentKnown = source.contentKnown;
    node.composition = composition;
    node.parents = [source.batchId];
    node.originSites = [...source.originSites];
    node.originUnknown = source.originUnknown;
    if (source.scrap !== undefined) node.scrap = { ...source.scrap };
  }
  recordUse(source, at, { kind: 'split', grossGrams, heldGrams, to: data.parts.map((part) => part.batchId) });
}

/**
 * Pools what the inputs gave and shares it out, output by output in the order given. What the outputs contain beyond the
 * pool (assay gain; or, after a correction, what an overdrawn or unborn input could not give) is added to the pool first
 * as (ZZ, undeclared): the books stay exact, nothing recycled comes of it, and {@link TransformationNode.gainGrams} says
 * how much it was. What is left is the loss; so is all of the pool when the outputs' content is unknown.
 */
export function foldTransformation(graph: ProvenanceGraph, at: FoldMoment, data: BatchesTransformed): void {
  const outputIds = data.outputs.map((output) => output.batchId);
  const recycler = data.process === RECYCLING_PROCESS ? graph.sites.get(at.siteId)?.organisationId : undefined;
  const maker = `${at.siteId}/${data.process}`;
  const pool: Composition = {};
  const origins = new Set<string>();
  let originUnknown = false;

  const inputs = data.inputs.map(({ batchId, grossGrams }): InputShare => {
    const source = batchAtSite(graph, at, batchId);
    const heldGrams = source.grossGrams;
    const given = classedForProcess(takeFromBatch(source, grossGrams), {
      maker,
      scrap: scrapOfOthers(source, recycler),
    });
    pour(given, pool);
    for (const siteId of source.originSites) origins.add(siteId);
    originUnknown ||= source.originUnknown;
    recordUse(source, at, {
      kind: 'transformation',
      grossGrams,
      heldGrams,
      to: outputIds,
      transformationId: data.transformationId,
    });
    return inputShare(source, grossGrams, heldGrams, given);
  });

  const pooledGrams = contentOf(pool);
  const gainGrams = addGain(pool, data.outputs);
  const originSites = [...origins].sort((a, b) => (a < b ? -1 : 1)).slice(0, ORIGIN_SITES_KEPT);
  const outputs = data.outputs.map(({ batchId, material, grossGrams, contentGrams, scrap }): OutputShare => {
    const composition: Composition = {};
    for (const mineral of MINERALS) {
      const grams = contentGrams[mineral] ?? 0;
      if (grams > 0) composition[mineral] = takeOfMineral(pool, mineral, grams);
    }
    const node = giveBirth(graph, at, {
      batchId,
      material,
      birth: { kind: 'transformed', grossGrams, transformationId: data.transformationId },
      how: 'transformation',
    });
    if (node !== undefined) {
      node.contentKnown = saysContent(contentGrams);
      node.composition = composition;
      node.parents = [...new Set(data.inputs.map((input) => input.batchId))];
      node.originSites = [...originSites];
      node.originUnknown = originUnknown;
      if (scrap === true) node.scrap = scrapMaker(graph, at.siteId, data.process);
    }
    return { batchId, grossGrams, contentGrams: { ...contentGrams }, scrap: scrap === true };
  });

  if (graph.transformations.has(data.transformationId)) return;
  const { eventId, logIndex, occurredAt } = at.mark;
  graph.transformations.set(data.transformationId, {
    eventId,
    logIndex,
    occurredAt,
    transformationId: data.transformationId,
    siteId: at.siteId,
    process: data.process,
    chainOfCustody: data.chainOfCustody,
    inputs,
    outputs,
    reagentGrams: data.reagentGrams ?? 0,
    pooledGrams,
    gainGrams,
    lossGrams: contentOf(pool),
  } satisfies TransformationNode);
}

function scrapMaker(graph: ProvenanceGraph, siteId: string, process: string): ScrapMaker {
  const organisationId = graph.sites.get(siteId)?.organisationId;
  return organisationId === undefined ? { siteId, process } : { siteId, organisationId, process };
}

/** The maker of an input's scrap, when it is another organisation than the recycler. Either unknown: rework. */
function scrapOfOthers(source: BatchNode, recycler: string | undefined): ScrapMaker | undefined {
  const made = source.scrap;
  const ofOthers = recycler !== undefined && made?.organisationId !== undefined && made.organisationId !== recycler;
  return ofOthers ? made : undefined;
}

/**
 * Classes what an input gives, each gram once, by its class as it enters (ISO 14021, 7.8.1.1): primary content of another
 * organisation's scrap becomes pre-consumer of that scrap's maker; pre-consumer content that is back at the very site and
 * process that made it turns back to primary.
 */
function classedForProcess(
  given: Composition,
  { maker, scrap }: { maker: string; scrap: ScrapMaker | undefined },
): Composition {
  const classed: Composition = {};
  for (const mineral of MINERALS) {
    const pool = given[mineral];
    if (pool === undefined) continue;
    const target: Composition[typeof mineral] = {};
    for (const key in pool) {
      addToPool(target, classedKey(key, maker, scrap), pool[key] ?? 0);
    }
    classed[mineral] = target;
  }
  return classed;
}

function classedKey(key: string, maker: string, scrap: ScrapMaker | undefined): string {
  const parsed = parseKey(key);
  if (parsed.class === 'primary' && scrap !== undefined) {
    return `${parsed.country}/pre-consumer/${scrap.siteId}/${scrap.process}`;
  }
  return parsed.class === 'pre-consumer' && parsed.maker === maker ? `${parsed.country}/primary` : key;
}

function pour(from: Composition, into: Composition): void {
  for (const mineral of MINERALS) {
    const pool = from[mineral];
    if (pool === undefined) continue;
    const target = (into[mineral] ??= {});
    for (const key in pool) addToPool(target, key, pool[key] ?? 0);
  }
}

function addGain(pool: Composition, outputs: BatchesTransformed['outputs']): ContentGrams {
  const gainGrams: ContentGrams = {};
  for (const mineral of MINERALS) {
    const declared = outputs.reduce((sum, { contentGrams }) => sum + (contentGrams[mineral] ?? 0), 0);
    const gain = declared - poolTotal(pool[mineral] ?? {});
    if (gain <= 0) continue;
    gainGrams[mineral] = gain;
    addToPool((pool[mineral] ??= {}), UNDECLARED_KEY, gain);
  }
  return gainGrams;
}

function inputShare(source: BatchNode, grossGrams: number, heldGrams: number, given: Composition): InputShare {
  let recycledGrams = 0;
  let undeclaredGrams = 0;
  let totalGrams = 0;
  for (const mineral of MINERALS) {
    const share = recycledShareOf(given[mineral] ?? {});
    recycledGrams += share.recycledGrams;
    undeclaredGrams += share.undeclaredGrams;
    totalGrams += share.totalGrams;
  }
  return {
    batchId: source.batchId,
    grossGrams,
    takenGrams: Math.min(grossGrams, heldGrams),
    contentKnown: source.contentKnown,
    contentGrams: contentOf(given),
    primaryGrams: totalGrams - recycledGrams - undeclaredGrams,
    recycledGrams,
    undeclaredGrams,
    originSites: [...source.originSites],
    originUnknown: source.originUnknown,
  };
}
