import {
  ASSAY_TOLERANCE,
  MINERALS,
  WEIGHING_TOLERANCE,
  withinTolerance,
  type ContentGrams,
  type Mineral,
} from '#custody';
import {
  type Assay,
  type Birth,
  type InputShare,
  type ProvenanceGraph,
  type TransformationNode,
} from '../graph/index.js';
import { concerns, hopsOf, type Chain, type Link } from './chain.js';
import { lacking, wrong, type Fix, type Part } from './part.js';

/**
 * Judges masses in chains of one graph: the flows of a transformation are judged once, however many chains it is part of.
 */
export class MassJudge {
  readonly #balance = new WeakMap<TransformationNode, readonly Part[]>();
  readonly #models = new WeakMap<TransformationNode, readonly Part[]>();

  readonly #graph: ProvenanceGraph;

  constructor(graph: ProvenanceGraph) {
    this.#graph = graph;
  }

  /**
   * `mass-balance`: after corrections, no transformation yields more than went in beyond the assay tolerance, no receipt
   * weighs more than its dispatch beyond the weighing tolerance, no batch is used for more than there was of it, no assay
   * finds more than was derived beyond the assay tolerance.
   *
   * Shortest: a transformation or receipt is mended by its own event; a use that asked for too much, by that use. Since more
   * of the batch would do as well, both are also mended by the registration of the overdrawn batch, which is one event for
   * all its uses. An input of unknown content is mended by the event that brought the input.
   */
  massBalanceParts(chain: Chain): Part[] {
    const graph = this.#graph;
    const ofTransformation: OfTransformation = (made) =>
      once(this.#balance, made, () => transformationParts(made, graph));
    const parts = partsOfTransformations(chain, graph, this.#balance, ofTransformation);
    for (const part of chain.each(this, (link) => linkParts(link, graph))) parts.push(part);
    return parts;
  }

  /**
   * `chain-of-custody`: each transformation of the chain against the ISO 22095 model it declared. Identity preserved: the
   * inputs come from one origin site; segregated: of each mineral all recycled or all primary, which undeclared content is
   * neither; controlled blending: the proportions are known.
   *
   * Shortest: each transformation is a part of its own, mended by its event alone.
   */
  custodyModelParts(chain: Chain): Part[] {
    const ofTransformation: OfTransformation = (made) => once(this.#models, made, () => modelParts(made));
    return partsOfTransformations(chain, this.#graph, this.#models, ofTransformation);
  }
}

/** Grams that an assay may find above what was derived, however little that was: content is weighed in whole grams. */
const LEAST_ASSAY_GAIN = 1;

type OfTransformation = (made: TransformationNode) => readonly Part[];

function once<K extends object, V>(known: WeakMap<K, V>, key: K, work: () => V): V {
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = work()));
  return value;
}

/**
 * Parts of the transformations that made batches of the chain, each once; those the graph lacks are left to `mass-balance`.
 * @param key see `SharedLinks.once`
 */
function partsOfTransformations(
  chain: Chain,
  graph: ProvenanceGraph,
  key: unknown,
  ofTransformation: OfTransformation,
): Part[] {
  const partsOf = (ids: Iterable<string>): Part[] =>
    [...ids].flatMap((id) => {
      const made = graph.transformations.get(id);
      return made === undefined ? [] : ofTransformation(made);
    });
  const own = chain.asked.bornBy?.transformationId;
  const others = chain.rest.once(makersOf, makersOf);
  // If a batch is made from itself, its transformation comes up again.
  if (own !== undefined && others.has(own)) return partsOf(new Set([own, ...others]));
  return [...partsOf(own === undefined ? [] : [own]), ...chain.rest.once(key, () => partsOf(others))];
}

function makersOf(links: readonly Link[]): ReadonlySet<string> {
  return new Set(links.flatMap(({ node }) => node.bornBy?.transformationId ?? []));
}

function linkParts(link: Link, graph: ProvenanceGraph): Part[] {
  return [...massPartsOf(link), ...unseenMaking(link, graph)];
}

/** What a link of a chain contributes to `mass-balance`, apart from its making. */
export function massPartsOf(link: Link): Part[] {
  return [...overdrawnParts(link), ...assayParts(link), ...hopParts(link)];
}

/** What a transformation contributes to `mass-balance`. */
export function transformationParts(made: TransformationNode, graph: ProvenanceGraph): Part[] {
  const { siteId, inputs, outputs } = made;
  const place = { siteId, ...(outputs[0] === undefined ? {} : { batchId: outputs[0].batchId }) };
  const unknown = inputs.filter(({ contentKnown }) => !contentKnown);
  if (!isConserved(made, unknown)) {
    const fixes: Fix[] = [{ because: 'mass-not-conserved', events: [made] }];
    const births = overdrawnBirths(made, graph);
    if (births !== undefined) fixes.push({ because: 'overdrawn', events: births });
    return [{ verdict: 'broken', ...place, fixes }];
  }
  return unknown.map(({ batchId }) => {
    const born = graph.batches.get(batchId)?.bornBy;
    return born === undefined
      ? lacking('content-unknown', [made], { siteId, batchId })
      : wrong('unproven', 'content-unknown', born, { siteId, batchId });
  });
}

/**
 * When inputs gave less than was asked of them: the registrations that would have had to bring more. Undefined when that
 * alone does not explain it.
 */
function overdrawnBirths(
  { inputs, outputs, reagentGrams }: TransformationNode,
  graph: ProvenanceGraph,
): Birth[] | undefined {
  const overdrawn = inputs.filter(({ takenGrams, grossGrams }) => takenGrams < grossGrams);
  const asked = sum(inputs.map(({ grossGrams }) => grossGrams)) + BigInt(reagentGrams);
  if (overdrawn.length === 0 || sum(outputs.map(({ grossGrams }) => grossGrams)) > asked) return undefined;
  const births = overdrawn.flatMap(({ batchId }) => graph.batches.get(batchId)?.bornBy ?? []);
  return births.length === overdrawn.length && births.every(({ kind }) => kind === 'registered') ? births : undefined;
}

/**
 * Only the mass of an input of unknown content is known: what the outputs contain beyond the known inputs may have come
 * from it, up to its mass over all minerals.
 */
function isConserved(made: TransformationNode, unknown: readonly InputShare[]): boolean {
  const { inputs, outputs, reagentGrams, pooledGrams } = made;
  const grossIn = sum(inputs.map(({ takenGrams }) => takenGrams)) + BigInt(reagentGrams);
  if (sum(outputs.map(({ grossGrams }) => grossGrams)) > grossIn) return false;
  let unexplained = sum(unknown.map(({ takenGrams }) => takenGrams));
  for (const mineral of MINERALS) {
    const gramsIn = BigInt(pooledGrams[mineral] ?? 0);
    const gramsOut = sum(outputs.map(({ contentGrams }: { contentGrams: ContentGrams }) => contentGrams[mineral] ?? 0));
    if (!withinTolerance(gramsOut, gramsIn, ASSAY_TOLERANCE)) unexplained -= gramsOut - gramsIn;
  }
  return unexplained >= 0n;
}

function overdrawnParts({ node }: Link): Part[] {
  const { batchId, bornBy } = node;
  return node.anomalies
    .filter(({ code }) => code === 'overdrawn')
    .map((anomaly): Part => {
      const fixes: Fix[] = [{ because: 'overdrawn', events: [anomaly] }];
      if (bornBy?.kind === 'registered') fixes.push({ because: 'overdrawn', events: [bornBy] });
      return { verdict: 'broken', batchId, siteId: anomaly.siteId, fixes };
    });
}

/** Assays that found more than was derived: matter does not come from nothing. Mended by the assay alone. */
function assayParts(link: Link): Part[] {
  const { batchId, assays } = link.node;
  return assays
    .filter((assay) => counts(assay) && concerns(link, assay) && findsTooMuch(assay))
    .map((assay) => wrong('broken', 'mass-not-conserved', assay, { batchId, siteId: assay.siteId }));
}

function counts({ replaced, overtaken }: Assay): boolean {
  return replaced === undefined && overtaken === undefined;
}

function findsTooMuch({ contentGrams, arrivedGrams = contentGrams, derivedGrams }: Assay): boolean {
  if (derivedGrams === undefined) return false;
  return MINERALS.some((mineral) => {
    const [found, derived] = [arrivedGrams[mineral] ?? 0, derivedGrams[mineral] ?? 0];
    return found > derived + LEAST_ASSAY_GAIN && !withinTolerance(found, derived, ASSAY_TOLERANCE);
  });
}

function hopParts(link: Link): Part[] {
  return hopsOf(link).flatMap(({ dispatched, received, consigneeSiteId }) => {
    if (received === undefined) return [];
    if (withinTolerance(received.grossGrams, dispatched.grossGrams, WEIGHING_TOLERANCE)) return [];
    const place = { batchId: link.node.batchId, siteId: consigneeSiteId };
    return [wrong('broken', 'mass-not-conserved', received, place)];
  });
}

/** A batch whose making is not in the graph: what went into it is not known. */
function unseenMaking({ node: { batchId, bornBy } }: Link, graph: ProvenanceGraph): Part[] {
  if (bornBy?.transformationId === undefined || graph.transformations.has(bornBy.transformationId)) return [];
  return [lacking('content-unknown', [bornBy], { batchId, siteId: bornBy.siteId })];
}

/** What a transformation contributes to `chain-of-custody`. */
export function modelParts(made: TransformationNode): Part[] {
  const kept = isModelKept(made);
  if (kept === true) return [];
  const { siteId, outputs } = made;
  const place = { siteId, ...(outputs[0] === undefined ? {} : { batchId: outputs[0].batchId }) };
  return kept === false
    ? [wrong('broken', 'custody-model-mixed', made, place)]
    : [wrong('unproven', 'custody-model-undecided', made, place)];
}

function isModelKept({ chainOfCustody, inputs }: TransformationNode): boolean | 'undecided' {
  switch (chainOfCustody) {
    case 'identity-preserved': {
      const known = new Set(inputs.filter((input) => !input.originUnknown).flatMap(({ originSites }) => originSites));
      if (known.size > 1) return false;
      return inputs.some(({ originUnknown }) => originUnknown) ? 'undecided' : true;
    }
    case 'segregated':
      if (inputs.some(({ undeclared }) => undeclared.length > 0) || MINERALS.some((each) => isMixed(inputs, each)))
        return false;
      return inputs.every(({ contentKnown }) => contentKnown) || 'undecided';
    case 'controlled-blending':
      return inputs.every(({ contentKnown, undeclared }) => contentKnown && undeclared.length === 0) || 'undecided';
  }
}

function isMixed(inputs: readonly InputShare[], mineral: Mineral): boolean {
  return (
    inputs.some(({ primary }) => primary.includes(mineral)) && inputs.some(({ recycled }) => recycled.includes(mineral))
  );
}

function sum(grams: readonly number[]): bigint {
  return grams.reduce((total, each) => total + BigInt(each), 0n);
}
