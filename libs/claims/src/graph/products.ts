/** Fold cases of products: what is made of batches and of products, leaves for the market, comes back, and becomes waste. */
import {
  ASSEMBLY_PROCESS,
  evenShare,
  MINERALS,
  PRODUCT_MATERIAL,
  REPURPOSING_PROCESS,
  TAKE_BACK_PROCESS,
  type ContentGrams,
  type ProductAssembled,
  type ProductPlacedOnMarket,
  type ProductRepurposed,
  type ProductReturned,
  type ProductsAssembled,
  type ProductWasted,
} from '#custody';
import {
  arrive,
  batchAtSite,
  depart,
  giveBirth,
  noteDocuments,
  productOnMarket,
  type FoldMoment,
} from './batch-node.js';
import {
  addToPool,
  contentOf,
  formatKey,
  MILLIGRAMS_PER_GRAM,
  parseKey,
  poolTotal,
  takeOfMineral,
} from './composition.js';
import {
  type BatchNode,
  type Composition,
  type OutputShare,
  type Pool,
  type ProductFacts,
  type ProvenanceGraph,
  type UseKind,
} from './graph.types.js';
import { gather, type Gathered } from './making.js';

/** Collected at the end of life: nobody has recycled it yet. Where it was mined is known, as far as it was. */
const COLLECTED_CLASS = 'post-consumer';

export function foldAssembly(graph: ProvenanceGraph, at: FoldMoment, data: ProductAssembled): void {
  const { productId, inputs, products } = data;
  const process = ASSEMBLY_PROCESS[data.kind];
  const into = gatherProducts(
    graph,
    at,
    { kind: 'assembly', process, id: productId, made: [productId] },
    inputs,
    products,
  );
  const made = { id: productId, process, into, productIds: [productId], grossGrams: data.grossGrams };
  assemble(graph, at, { ...made, documents: data.documents }, () => factsOf(data));
}

export function foldRun(graph: ProvenanceGraph, at: FoldMoment, data: ProductsAssembled): void {
  const { runId, productIds, inputs, products, grossGrams } = data;
  const process = ASSEMBLY_PROCESS[data.kind];
  const into = gatherProducts(graph, at, { kind: 'assembly', process, id: runId, made: productIds }, inputs, products);
  assemble(graph, at, { id: runId, process, into, productIds, grossGrams, documents: data.documents }, () =>
    factsOf(data),
  );
}

export function foldRepurposing(graph: ProvenanceGraph, at: FoldMoment, data: ProductRepurposed): void {
  const { productId, products, grossGrams } = data;
  const process = REPURPOSING_PROCESS;
  const into = gatherProducts(graph, at, { kind: 'assembly', process, id: productId, made: [productId] }, [], products);
  const made = { id: productId, process, into, productIds: [productId], grossGrams };
  assemble(graph, at, { ...made, documents: data.documents }, () => ({
    ...factsOf(data),
    secondLife: true,
  }));
}

export function foldPlacement(graph: ProvenanceGraph, at: FoldMoment, data: ProductPlacedOnMarket): void {
  const node = batchAtSite(graph, at, data.productId);
  const since = depart(node, at, 'market');
  node.status = 'on-market';
  node.siteId = undefined;
  noteDocuments(node, at, data.documents);
  const { date, country, by } = data;
  if (node.product !== undefined) {
    node.product.placed = { ...at.mark, siteId: at.siteId, date, country, ...(by === undefined ? {} : { by }), since };
  }
}

/** What comes back is what left: its content is derived, whatever the copy in the record says. */
export function foldTakeback(graph: ProvenanceGraph, at: FoldMoment, { productId }: ProductReturned): void {
  const node = productOnMarket(graph, at, productId);
  arrive(node, at, 'take-back');
  if (node.product !== undefined) node.product.returned = { ...at.mark, siteId: at.siteId };
}

/**
 * Everything in the products is in the waste. If they were taken back from the market, it is collected waste: it has been
 * used, whatever its class was, and the next recycler is the first to be named. From products that never left, it is
 * production scrap.
 */
export function foldWaste(graph: ProvenanceGraph, at: FoldMoment, data: ProductWasted): void {
  const { batchId, material, otherMaterial, products, process } = data;
  const into = gatherProducts(graph, at, { kind: 'waste', process, id: batchId, made: [batchId] }, [], products);
  const weighs = data.grossGrams ?? grossOf(into);
  const isTakenBack = process === TAKE_BACK_PROCESS;
  const composition = isTakenBack ? collected(into.pool) : into.pool;
  const node = giveBirth(graph, at, {
    batchId,
    material,
    otherMaterial,
    birth: { kind: isTakenBack ? 'wasted' : 'transformed', grossGrams: weighs, transformationId: batchId },
    how: 'transformation',
  });
  const contentGrams = contentOf(composition);
  if (node !== undefined) {
    describe(node, into);
    if (graph.transformations.has(batchId)) node.parents = [...products];
    node.composition = composition;
    if (!isTakenBack) node.scrap = { siteId: at.siteId, process };
    // If nothing was known of it, all that is found is collected waste.
    else if (Object.keys(contentGrams).length === 0) node.rootKey = collectedKey('ZZ/undeclared');
  }
  remember(graph, at, { id: batchId, process, into }, [
    { batchId, grossGrams: weighs, contentGrams, scrap: !isTakenBack },
  ]);
}

interface Making {
  /** Of the transformation that the making is in the graph. */
  readonly id: string;
  readonly process: string;
  readonly into: Gathered;
}

function factsOf(data: ProductAssembled | ProductsAssembled | ProductRepurposed): ProductFacts {
  const { kind, model, category, capacityWh } = data;
  return { kind, model, category, capacityWh, serial: 'serial' in data ? data.serial : undefined };
}

/** Products are used up whole. */
function gatherProducts(
  graph: ProvenanceGraph,
  at: FoldMoment,
  { kind, process, id, made }: { kind: UseKind; process: string; id: string; made: string[] },
  inputs: readonly { batchId: string; grossGrams: number }[],
  products: readonly string[],
): Gathered {
  const whole = products.map((batchId) => {
    // If it is no longer there, one gram is asked for, and that is noted.
    const grossGrams = Math.max(1, graph.batches.get(batchId)?.grossGrams ?? 0);
    return { batchId, grossGrams };
  });
  // As of a transformation: both sides are named by its node, unless an altered log has given its id to another.
  const to = graph.transformations.has(id) ? made : [];
  return gather(graph, at, [...inputs, ...whole], { kind, process, to, transformationId: id });
}

function grossOf({ inputs }: Gathered): number {
  return inputs.reduce((sum, { takenGrams }) => sum + takenGrams, 0);
}

/**
 * Divides everything that went in among the products, in the order given: each mineral evenly in grams, each share
 * apportioned from what is left. Nothing is lost, and nothing gained.
 */
function assemble(
  graph: ProvenanceGraph,
  at: FoldMoment,
  run: Making & {
    readonly productIds: readonly string[];
    readonly grossGrams: number | undefined;
    readonly documents: ProductAssembled['documents'];
  },
  facts: () => ProductFacts,
): void {
  const { id, into, productIds } = run;
  const total = grossOf(into);
  const whole = contentOf(into.pool);
  const left = { ...into.pool };
  const count = productIds.length;
  const parents = graph.transformations.has(id) ? into.inputs.map((input) => input.batchId) : [];
  const outputs = productIds.map((batchId, index): OutputShare => {
    const grossGrams = run.grossGrams ?? evenShare(total, index, count);
    const contentGrams: ContentGrams = {};
    const composition: Composition = {};
    for (const mineral of MINERALS) {
      const grams = evenShare(whole[mineral] ?? 0, index, count);
      if (grams === 0) continue;
      contentGrams[mineral] = grams;
      composition[mineral] = takeOfMineral(left, mineral, grams * MILLIGRAMS_PER_GRAM);
    }
    const made = facts();
    const node = giveBirth(graph, at, {
      batchId,
      material: PRODUCT_MATERIAL[made.kind],
      otherMaterial: undefined,
      birth: { kind: 'assembled', grossGrams, transformationId: id },
      how: 'transformation',
    });
    if (node !== undefined) {
      describe(node, into);
      node.parents = parents;
      node.composition = composition;
      node.product = made;
      noteDocuments(node, at, run.documents);
    }
    return { batchId, grossGrams, contentGrams, scrap: false };
  });
  remember(graph, at, run, outputs);
}

function describe(
  node: Pick<BatchNode, 'contentKnown' | 'originSites' | 'originUnknown' | 'graphiteMade'>,
  { inputs, originSites, originUnknown, graphiteMade }: Gathered,
): void {
  node.contentKnown = inputs.every(({ contentKnown }) => contentKnown);
  node.originSites = [...originSites];
  node.originUnknown = originUnknown;
  if (graphiteMade) node.graphiteMade = true;
}

/**
 * The making as a transformation, which names both its sides once. What it adds that is none of the minerals (casing,
 * electronics) is what the products weigh more. Its proportions are known: ISO 22095 calls that controlled blending.
 */
function remember(graph: ProvenanceGraph, at: FoldMoment, { id, process, into }: Making, outputs: OutputShare[]): void {
  if (graph.transformations.has(id)) return;
  const { eventId, logIndex, occurredAt } = at.mark;
  const pooledGrams: ContentGrams = {};
  for (const { contentGrams } of outputs) {
    for (const mineral of MINERALS) {
      const grams = contentGrams[mineral];
      if (grams !== undefined) pooledGrams[mineral] = (pooledGrams[mineral] ?? 0) + grams;
    }
  }
  const weigh = outputs.reduce((sum, { grossGrams }) => sum + grossGrams, 0);
  graph.transformations.set(id, {
    eventId,
    logIndex,
    occurredAt,
    transformationId: id,
    siteId: at.siteId,
    process,
    chainOfCustody: 'controlled-blending',
    inputs: into.inputs,
    outputs,
    reagentGrams: Math.max(0, weigh - grossOf(into)),
    pooledGrams,
    gainGrams: {},
    lossGrams: {},
  });
}

function collected(pool: Composition): Composition {
  const composition: Composition = {};
  for (const mineral of MINERALS) {
    const from = pool[mineral];
    if (from === undefined || poolTotal(from) === 0) continue;
    const into: Pool = {};
    for (const key in from) addToPool(into, collectedKey(key), from[key] ?? 0);
    composition[mineral] = into;
  }
  return composition;
}

function collectedKey(key: string): string {
  return formatKey({ country: parseKey(key).country, class: COLLECTED_CLASS });
}
