import { MINERALS, PROCESSES, type Mineral } from '#custody';
import {
  classedKey,
  parentsOf,
  type BatchNode,
  type ProvenanceGraph,
  type TransformationNode,
} from '../graph/index.js';
import { type Chain, type Link } from './chain.js';
import { eachKeyWeight } from './key-weights.js';
import { WHOLE } from './vouching.js';

/** How much of the content of a key was processed in some countries, in parts of {@link WHOLE}. */
export interface ProcessedShare {
  /** Nowhere else; includes what was not processed at all. */
  readonly nowhereElse: bigint;
  /** At one step at least. */
  readonly somewhere: bigint;
}

export const UNPROCESSED: ProcessedShare = { nowhereElse: WHOLE, somewhere: 0n };
/** Where it was processed is not known. */
export const UNKNOWN: ProcessedShare = { nowhereElse: 0n, somewhere: WHOLE };

/** For one batch, by mineral and key; keys that are not named have `others`. */
export interface Processed {
  readonly others: ProcessedShare;
  readonly named: ReadonlyMap<string, ProcessedShare>;
}

const NONE_NAMED: ReadonlyMap<string, ProcessedShare> = new Map();

/**
 * Where the content of chains of one graph was processed: for each batch, how much of each key was processed only in the
 * countries, and how much was processed there in at least one step. The shares follow the flows: a mixture has the share of
 * what went in. Computed once per batch, however many chains it is part of.
 */
export class Processing {
  readonly #graph: ProvenanceGraph;
  readonly #countries: readonly string[];
  readonly #known = new Map<string, Processed>();
  readonly #made = new Map<TransformationNode, Processed>();

  /** @param countries ISO 3166-1 alpha-2 */
  constructor(graph: ProvenanceGraph, countries: readonly string[]) {
    this.#graph = graph;
    this.#countries = countries;
  }

  /** How much of a key's content in the batch asked about was processed there. */
  shareOf(chain: Chain, mineral: Mineral, key: string): ProcessedShare {
    chain.rest.once(this.#known, (links) => this.#work(links));
    this.#work([chain.own]);
    const processed = this.#known.get(chain.asked.batchId);
    return processed === undefined ? UNKNOWN : shareIn(processed, mineral, key);
  }

  /** Supplies what is known about a batch, so that its chain need not be walked. */
  give(batchId: string, processed: Processed): void {
    this.#known.set(batchId, processed);
  }

  /** A batch is made after its inputs. */
  #work(links: readonly Link[]): void {
    const nodes = links.map(({ node }) => node).filter(({ batchId }) => !this.#known.has(batchId));
    if (nodes.length > 1) nodes.sort((a, b) => bornAt(a) - bornAt(b));
    for (const node of nodes) this.#known.set(node.batchId, this.processedOf(node));
  }

  processedOf(node: BatchNode): Processed {
    const { bornBy } = node;
    if (bornBy === undefined) return all(UNKNOWN);
    if (bornBy.kind === 'registered') return all(UNPROCESSED);
    if (bornBy.kind === 'split') {
      const [parent] = parentsOf(this.#graph, node);
      return (parent === undefined ? undefined : this.#known.get(parent)) ?? all(UNKNOWN);
    }
    const made = this.#graph.transformations.get(bornBy.transformationId ?? '');
    if (made === undefined) return all(UNKNOWN);
    let processed = this.#made.get(made);
    if (processed === undefined) this.#made.set(made, (processed = this.transformed(made)));
    return processed;
  }

  /** The result for the outputs; that of the inputs must be known, from {@link shareOf} or {@link give}. */
  transformed(made: TransformationNode): Processed {
    const same = this.#sameOfAll(made);
    if (same !== undefined) return all(this.#through(made, same));
    const sums = new Map<string, { weight: bigint; nowhereElse: bigint; somewhere: bigint }>();
    for (const { batchId, contentGrams } of made.inputs) {
      const node = this.#graph.batches.get(batchId);
      const processed = this.#known.get(batchId);
      if (node === undefined || processed === undefined) continue;
      eachKeyWeight(node, { contentGrams, made }, MINERALS, (mineral, key, weight) => {
        const share = shareIn(processed, mineral, key);
        const name = `${mineral} ${classedKey(key, made, node.scrap)}`;
        const sum = sums.get(name) ?? { weight: 0n, nowhereElse: 0n, somewhere: 0n };
        sum.weight += weight;
        sum.nowhereElse += weight * share.nowhereElse;
        sum.somewhere += weight * share.somewhere;
        sums.set(name, sum);
      });
    }
    const named = new Map<string, ProcessedShare>();
    for (const [name, { weight, nowhereElse, somewhere }] of sums) {
      const before = weight === 0n ? UNKNOWN : { nowhereElse: nowhereElse / weight, somewhere: somewhere / weight };
      named.set(name, this.#through(made, before));
    }
    return { others: UNKNOWN, named };
  }

  /** Where everything that goes in has the same share. */
  #sameOfAll({ inputs }: TransformationNode): ProcessedShare | undefined {
    let same: ProcessedShare | undefined;
    for (const { batchId } of inputs) {
      const processed = this.#known.get(batchId);
      if (processed === undefined || processed.named.size > 0) return undefined;
      if (same !== undefined && !isSame(same, processed.others)) return undefined;
      same = processed.others;
    }
    return same;
  }

  /** @param before of what goes in */
  #through(made: TransformationNode, before: ProcessedShare): ProcessedShare {
    if (!isProcessing(made)) return before;
    const { siteId } = made;
    const country = this.#graph.sites.get(siteId)?.country;
    if (country === undefined) return UNKNOWN;
    return this.#countries.includes(country) ? { ...before, somewhere: WHOLE } : { ...before, nowhereElse: 0n };
  }
}

/** For a process that is not in the table this cannot be decided. */
function isProcessing({ process }: TransformationNode): boolean {
  const step = PROCESSES.get(process);
  return step === undefined || step.processing === true;
}

export function isSame(one: ProcessedShare, other: ProcessedShare): boolean {
  return one.nowhereElse === other.nowhereElse && one.somewhere === other.somewhere;
}

export function all(share: ProcessedShare): Processed {
  return { others: share, named: NONE_NAMED };
}

function shareIn({ named, others }: Processed, mineral: Mineral, key: string): ProcessedShare {
  return named.get(`${mineral} ${key}`) ?? others;
}

function bornAt({ bornBy }: BatchNode): number {
  return bornBy?.logIndex ?? -1;
}
