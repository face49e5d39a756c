/** What a plant made of a model in a year, as one batch: Art. 8 of Regulation (EU) 2023/1542 is judged on that. */
import { MINERALS, type ContentGrams, type Mineral } from '#custody';
import { type DocumentKind } from '#vocabulary';
import {
  contentOf,
  poolTotal,
  type BatchNode,
  type Composition,
  type Declaration,
  type EventMark,
  type InputShare,
  type ProvenanceGraph,
  type TransformationNode,
} from '../graph/index.js';
import { parseShare } from '../programmes/share.js';

/** Products of one run that do not differ in what is judged of them. */
export interface AlikeProducts {
  /** One of them, which the graph holds. */
  readonly example: string;
  readonly count: number;
  /** Of each. */
  readonly composition: Composition;
  readonly contentKnown: boolean;
  readonly documented: readonly DocumentKind[];
  readonly declarations: Partial<Record<Mineral, Declaration>>;
}

/** No batch has this id: none begins with a space. */
export const MODEL_YEAR_ID = ' model-year';
/** Milligrams of a mineral, or grams, of one run: a thousand runs of it are still exact. */
const MOST_COUNTED = Number.MAX_SAFE_INTEGER / 1_000;
/** After all that is in the log. */
const LAST = Number.MAX_SAFE_INTEGER;

/**
 * The graph with a batch in it ({@link MODEL_YEAR_ID}) that stands for all of these products: it contains what they contain
 * together, and was made of what they were made of. Runs are walked, products are not: those of one run came of one pool.
 * @param graph with the chain of each example; it is not changed
 */
export function withModelYear(graph: ProvenanceGraph, products: readonly AlikeProducts[]): ProvenanceGraph {
  const batches = new Map(graph.batches);
  const runs = runsOf(graph, products);
  for (const run of runs) batches.set(run.batchId, run);
  const making = makingOf(runs);
  const year = yearOf(runs, products, making);
  batches.set(year.batchId, year);
  return {
    ...graph,
    batches,
    transformations: new Map(graph.transformations).set(making.transformationId, making),
  };
}

/** In the place of one product of each run the sum of those that are asked about. */
function runsOf(graph: ProvenanceGraph, products: readonly AlikeProducts[]): BatchNode[] {
  const runs = new Map<string, BatchNode>();
  for (const alike of products) {
    const node = graph.batches.get(alike.example);
    if (node === undefined) continue;
    const id = node.bornBy?.transformationId ?? alike.example;
    const run = runs.get(id) ?? emptied(node);
    addTimes(run.composition, alike.composition, alike.count);
    run.grossGrams += (node.bornBy?.grossGrams ?? 1) * alike.count;
    run.contentKnown &&= alike.contentKnown;
    runs.set(id, run);
  }
  // No plant makes more than can be counted exactly; for more, no composition is given.
  for (const run of runs.values()) if (!isCountable(run)) [run.composition, run.contentKnown] = [{}, false];
  return [...runs.values()];
}

function isCountable({ composition, grossGrams }: BatchNode): boolean {
  const amounts = MINERALS.map((mineral) => poolTotal(composition[mineral] ?? {}));
  return [...amounts, grossGrams].every((amount) => amount <= MOST_COUNTED);
}

/** What became of the product afterwards does not affect the verdict on the year. */
function emptied(node: BatchNode): BatchNode {
  return {
    ...node,
    product: undefined,
    status: 'at-site',
    grossGrams: 0,
    contentKnown: true,
    composition: {},
    lastComposition: undefined,
    derived: undefined,
    uses: [],
    hops: [],
    labels: [],
    held: undefined,
    released: undefined,
    assays: [],
    anomalies: [],
  };
}

function addTimes(sum: Composition, part: Composition, count: number): void {
  for (const mineral of MINERALS) {
    const pool = part[mineral];
    if (pool === undefined) continue;
    const into = (sum[mineral] ??= {});
    for (const key in pool) into[key] = (into[key] ?? 0) + (pool[key] ?? 0) * count;
  }
}

function makingOf(runs: readonly BatchNode[]): TransformationNode {
  const inputs = runs.map(inputOf);
  const grossGrams = runs.reduce((sum, run) => sum + run.grossGrams, 0);
  const pooledGrams: ContentGrams = {};
  for (const { contentGrams } of inputs) {
    for (const mineral of MINERALS) {
      const grams = contentGrams[mineral];
      if (grams !== undefined) pooledGrams[mineral] = (pooledGrams[mineral] ?? 0) + grams;
    }
  }
  return {
    ...lastMark(runs),
    transformationId: MODEL_YEAR_ID,
    siteId: '',
    process: 'other',
    chainOfCustody: 'controlled-blending',
    inputs,
    outputs: [{ batchId: MODEL_YEAR_ID, grossGrams, contentGrams: pooledGrams, scrap: false }],
    reagentGrams: 0,
    pooledGrams,
    gainGrams: {},
    lossGrams: {},
  };
}

function inputOf(run: BatchNode): InputShare {
  const { batchId, grossGrams, contentKnown, originSites, originUnknown } = run;
  return {
    batchId,
    grossGrams,
    takenGrams: grossGrams,
    contentKnown,
    contentGrams: contentOf(run.composition),
    primary: [],
    recycled: [],
    undeclared: [],
    originSites,
    originUnknown,
  };
}

/** The event of the last run, which an answer names where something is missing of all. */
function lastMark(runs: readonly BatchNode[]): EventMark {
  const births = runs.flatMap(({ bornBy }) => bornBy ?? []);
  const last = births.reduce<EventMark | undefined>(
    (latest, born) => (latest === undefined || born.logIndex > latest.logIndex ? born : latest),
    undefined,
  );
  return { eventId: last?.eventId ?? '', logIndex: LAST, occurredAt: last?.occurredAt ?? '' };
}

function yearOf(
  runs: readonly BatchNode[],
  products: readonly AlikeProducts[],
  { eventId, logIndex, occurredAt, inputs, transformationId }: TransformationNode,
): BatchNode {
  const composition: Composition = {};
  for (const run of runs) addTimes(composition, run.composition, 1);
  const mark = { eventId, logIndex, occurredAt };
  const grossGrams = inputs.reduce((sum, { takenGrams }) => sum + takenGrams, 0);
  const known = products[0];
  const documents = known?.documented.filter((kind) => products.every(({ documented }) => documented.includes(kind)));
  return {
    batchId: MODEL_YEAR_ID,
    material: runs[0]?.material ?? '',
    status: 'at-site',
    grossGrams,
    contentKnown: runs.every(({ contentKnown }) => contentKnown),
    composition,
    bornBy: { ...mark, kind: 'assembled', siteId: '', grossGrams, transformationId },
    parents: [],
    originSites: [],
    originUnknown: false,
    uses: [],
    stays: [],
    hops: [],
    labels: [],
    declarations: declaredOf(products),
    documented: Object.fromEntries((documents ?? []).map((kind) => [kind, mark])),
    assays: [],
    anomalies: [],
    ...(runs.length > 0 && runs.every(({ graphiteMade }) => graphiteMade === true) && { graphiteMade: true }),
  };
}

/** Declared for a mineral if every product that contains it has a declaration; the highest, since what satisfies it satisfies all. */
function declaredOf(products: readonly AlikeProducts[]): Partial<Record<Mineral, Declaration>> {
  const declarations: Partial<Record<Mineral, Declaration>> = {};
  for (const mineral of MINERALS) {
    const concerned = products.filter(({ composition }) => composition[mineral] !== undefined);
    const declared = concerned.flatMap(({ declarations: each }) => each[mineral] ?? []);
    if (declared.length === 0 || declared.length < concerned.length) continue;
    declarations[mineral] = declared.reduce((most, each) => (shareOf(each) > shareOf(most) ? each : most));
  }
  return declarations;
}

/** In millionths. */
function shareOf({ share }: Declaration): bigint {
  return parseShare(share) ?? 0n;
}
