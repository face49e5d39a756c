/** Fold cases that make batches: registration, split, transformation. */
import {
  isWithheld,
  MATERIALS,
  MINERALS,
  RECYCLING_PROCESS,
  type BatchRegistered,
  type BatchSplit,
  type BatchesTransformed,
  type ContentGrams,
} from '#custody';
import { batchAtSite, giveBirth, noteDocuments, recordUse, type FoldMoment } from './batch-node.js';
import {
  addToPool,
  compositionOf,
  contentOf,
  formatKey,
  MILLIGRAMS_PER_GRAM,
  parseKey,
  poolTotal,
  saysContent,
  takeFromBatch,
  takeOfMineral,
  UNDECLARED_KEY,
} from './composition.js';
import {
  type BatchNode,
  type Composition,
  type InputShare,
  type OutputShare,
  type Pool,
  type ProvenanceGraph,
  type ScrapMaker,
  type TransformationNode,
  type UseKind,
} from './graph.types.js';

/** ISO 22095 asks whether there is one origin site or more than one: further ones need not be carried along the chain. */
const ORIGIN_SITES_KEPT = 2;

const UNKNOWN_COUNTRY = 'ZZ';
/** Collected at the end of life: where it was mined is not known, and nobody has recycled it yet. */
const COLLECTED_KEY = formatKey({ country: UNKNOWN_COUNTRY, class: 'post-consumer' });

export function foldRegistration(graph: ProvenanceGraph, at: FoldMoment, data: BatchRegistered): void {
  const { batchId, material, grossGrams, contentGrams, origin } = data;
  const node = giveBirth(graph, at, {
    batchId,
    material,
    otherMaterial: data.otherMaterial,
    birth: { kind: 'registered', grossGrams, origin },
    how: 'registration',
  });
  if (node === undefined) return;
  const rootKey = originKey(graph, at, origin);
  node.contentKnown = saysContent(contentGrams);
  node.composition = compositionOf(contentGrams, rootKey);
  node.rootKey = rootKey;
  node.originSites = [at.siteId];
  node.originUnknown = origin.kind === 'undocumented';
  if (data.provisional === true) node.provisional = true;
  if (MATERIALS.get(material)?.synthetic === true && origin.kind !== 'extracted') node.graphiteMade = true;
}

function originKey(graph: ProvenanceGraph, at: FoldMoment, origin: BatchRegistered['origin']): string {
  const siteCountry = graph.sites.get(at.siteId)?.country;
  switch (origin.kind) {
    case 'extracted':
      return `${isWithheld(origin.country) ? UNKNOWN_COUNTRY : (origin.country ?? siteCountry ?? UNKNOWN_COUNTRY)}/primary`;
    case 'end-of-life':
      return COLLECTED_KEY;
    case 'undocumented':
      return UNDECLARED_KEY;
  }
}

/**
 * The parts are uses, one after the other in the order given; what is not split off stays in the batch. A part weighs what
 * the record says even where a correction left less than that: it then contains what there was.
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
      otherMaterial: source.otherMaterial,
      birth: { kind: 'split', grossGrams: part.grossGrams },
      how: 'split',
    });
    if (node === undefined) continue;
    node.contentKnown = source.contentKnown;
    node.composition = composition;
    node.parents = [source.batchId];
    node.originSites = [...source.originSites];
    node.originUnknown = source.originUnknown;
    node.graphiteMade = source.graphiteMade;
    if (source.scrap !== undefined) node.scrap = { ...source.scrap };
    if (!source.contentKnown) node.rootKey = source.rootKey;
    node.provisional = source.provisional;
  }
  recordUse(source, at, { kind: 'split', grossGrams, heldGrams, to: data.parts.map((part) => part.batchId) });
}

/** What goes into a transformation, an assembly or waste, and what its inputs have in common. */
export interface Gathered {
  /** What they gave, classed as it goes in. */
  readonly pool: Composition;
  readonly inputs: InputShare[];
  readonly originSites: string[];
  readonly originUnknown: boolean;
  /** All graphite in them is synthetic, not mined. */
  readonly graphiteMade: boolean;
}

/**
 * Takes the inputs out of the batches at the site.
 * @param use `process`: its code; `to`: see {@link Use}
 */
export function gather(
  graph: ProvenanceGraph,
  at: FoldMoment,
  inputs: readonly { batchId: string; grossGrams: number }[],
  use: { kind: UseKind; process: string; to: string[]; transformationId: string },
): Gathered {
  const { kind, to, transformationId } = use;
  const process = { siteId: at.siteId, process: use.process };
  const pool: Composition = {};
  const origins = new Set<string>();
  let originUnknown = false;
  const graphite = new Set<boolean>();
  const shares = inputs.map(({ batchId, grossGrams }): InputShare => {
    const source = batchAtSite(graph, at, batchId);
    const heldGrams = source.grossGrams;
    const given = classedForProcess(takeFromBatch(source, grossGrams), process, source.scrap);
    pour(given, pool);
    for (const siteId of source.originSites) origins.add(siteId);
    originUnknown ||= source.originUnknown;
    if (!source.contentKnown || given.graphite !== undefined) graphite.add(source.graphiteMade === true);
    recordUse(source, at, { kind, grossGrams, heldGrams, to, transformationId });
    return inputShare(source, grossGrams, heldGrams, given);
  });
  const originSites = [...origins].sort((a, b) => (a < b ? -1 : 1)).slice(0, ORIGIN_SITES_KEPT);
  const graphiteMade = graphite.has(true) && !graphite.has(false);
  return { pool, inputs: shares, originSites, originUnknown, graphiteMade };
}

/**
 * Pools what the inputs gave and shares it out, output by output in the order given. What the outputs contain beyond the
 * pool (assay gain; or, after a correction, what an overdrawn or unborn input could not give) is added to the pool first
 * as (ZZ, undeclared): the books stay exact, nothing recycled comes of it, and {@link TransformationNode.gainGrams} says
 * how much it was. What is left is the loss; so is all of the pool when the outputs' content is unknown.
 */
export function foldTransformation(graph: ProvenanceGraph, at: FoldMoment, data: BatchesTransformed): void {
  // The node of the transformation names inputs and outputs once. Only an altered log can use an id twice; the batches of the
  // second transformation then name each other themselves.
  const isFirst = !graph.transformations.has(data.transformationId);
  const sources = isFirst ? [] : [...new Set(data.inputs.map((input) => input.batchId))];
  const products = isFirst ? [] : data.outputs.map((output) => output.batchId);
  const process = { siteId: at.siteId, process: data.process };
  const { transformationId } = data;
  const { pool, inputs, originSites, originUnknown, graphiteMade } = gather(graph, at, data.inputs, {
    kind: 'transformation',
    process: data.process,
    to: products,
    transformationId,
  });

  const pooledGrams = contentOf(pool);
  const gainGrams = addGain(pool, data.outputs);
  const outputs = data.outputs.map((output): OutputShare => {
    const { batchId, material, otherMaterial, grossGrams, contentGrams, scrap } = output;
    const composition: Composition = {};
    for (const mineral of MINERALS) {
      const grams = contentGrams[mineral] ?? 0;
      if (grams > 0) composition[mineral] = takeOfMineral(pool, mineral, grams * MILLIGRAMS_PER_GRAM);
    }
    const node = giveBirth(graph, at, {
      batchId,
      material,
      otherMaterial,
      birth: { kind: 'transformed', grossGrams, transformationId: data.transformationId },
      how: 'transformation',
    });
    if (node !== undefined) {
      node.contentKnown = saysContent(contentGrams);
      node.composition = composition;
      node.parents = sources;
      node.originSites = [...originSites];
      node.originUnknown = originUnknown;
      if (graphiteMade) node.graphiteMade = true;
      if (scrap === true) node.scrap = { ...process };
      noteDocuments(node, at, data.documents);
    }
    return { batchId, grossGrams, contentGrams: { ...contentGrams }, scrap: scrap === true };
  });

  if (!isFirst) return;
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

/**
 * Classes what an input gives, each milligram once, by its class as it enters. Recycling names the recycler of collected
 * waste, and turns the primary content of scrap into manufacturing waste of the scrap's maker, whoever recycles it.
 * Manufacturing waste that is back at the very site and process that made it is `returned` from then on.
 */
function classedForProcess(given: Composition, process: ScrapMaker, scrap: ScrapMaker | undefined): Composition {
  const classed: Composition = {};
  for (const mineral of MINERALS) {
    const pool = given[mineral];
    if (pool === undefined) continue;
    const target: Pool = {};
    for (const key in pool) addToPool(target, classedKey(key, process, scrap), pool[key] ?? 0);
    classed[mineral] = target;
  }
  return classed;
}

/** Whether a transformation recovers waste. */
export function isRecovery({ process }: Pick<ScrapMaker, 'process'>): boolean {
  return process === RECYCLING_PROCESS;
}

/**
 * The key of content of a key that goes through a transformation.
 * @param at where, and by which process
 * @param scrap who made the batch that holds it as scrap, if it is scrap
 */
export function classedKey(key: string, at: ScrapMaker, scrap: ScrapMaker | undefined): string {
  const parts = parseKey(key);
  const isRecycling = isRecovery(at);
  switch (parts.class) {
    case 'primary':
      return isRecycling && scrap !== undefined
        ? formatKey({ country: parts.country, class: 'manufacturing-waste', maker: scrap, recycler: at.siteId })
        : key;
    case 'post-consumer':
      return isRecycling && parts.recycler === undefined ? formatKey({ ...parts, recycler: at.siteId }) : key;
    case 'manufacturing-waste':
      return parts.maker?.siteId === at.siteId && parts.maker.process === at.process
        ? formatKey({ ...parts, returned: true })
        : key;
    case 'undeclared':
      return key;
  }
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
    const gain = declared - poolTotal(pool[mineral] ?? {}) / MILLIGRAMS_PER_GRAM;
    if (gain <= 0) continue;
    gainGrams[mineral] = gain;
    addToPool((pool[mineral] ??= {}), UNDECLARED_KEY, gain * MILLIGRAMS_PER_GRAM);
  }
  return gainGrams;
}

function inputShare(source: BatchNode, grossGrams: number, heldGrams: number, given: Composition): InputShare {
  const share: InputShare = {
    batchId: source.batchId,
    grossGrams,
    takenGrams: Math.min(grossGrams, heldGrams),
    contentKnown: source.contentKnown,
    contentGrams: contentOf(given),
    primary: [],
    recycled: [],
    undeclared: [],
    originSites: [...source.originSites],
    originUnknown: source.originUnknown,
  };
  for (const mineral of MINERALS) {
    const classes = new Set(Object.keys(given[mineral] ?? {}).map((key) => parseKey(key).class));
    if (classes.delete('primary')) share.primary.push(mineral);
    if (classes.delete('undeclared')) share.undeclared.push(mineral);
    if (classes.size > 0) share.recycled.push(mineral);
  }
  return share;
}
