import {
  upstreamOf,
  upstreamOfOutputs,
  type BatchNode,
  type EventMark,
  type Hop,
  type ProvenanceGraph,
  type Stay,
  type TransformationNode,
} from '../graph/index.js';

/** A batch of a chain, and up to when it matters there. */
export interface Link {
  readonly node: BatchNode;
  /**
   * The last of its uses from which mass flowed to the batch asked about: what happens to the rest of it afterwards concerns
   * another chain. Absent for the batch asked about itself.
   */
  readonly lastUse?: Pick<EventMark, 'logIndex'>;
  /** All such uses, in log order: each determines how long what it took was in custody. */
  readonly uses?: readonly UseMark[];
}

export type UseMark = Pick<EventMark, 'logIndex' | 'occurredAt'>;

/**
 * The links of a chain except the batch asked about: the outputs of one transformation share them, and what follows from
 * them is computed once for all of those.
 */
export class SharedLinks {
  readonly #known = new Map<unknown, unknown>();

  /** @param missing named as an origin by a batch of the chain, and unknown to the graph */
  constructor(
    readonly links: readonly Link[],
    readonly missing: readonly string[],
  ) {}

  /** @param key identifies the computation */
  once<T>(key: unknown, work: (links: readonly Link[]) => T): T {
    if (!this.#known.has(key)) this.#known.set(key, work(this.links));
    return this.#known.get(key) as T;
  }
}

/** The upstream chain of a batch. */
export class Chain {
  readonly own: Link;
  #all: readonly Link[] | undefined;

  constructor(
    readonly asked: BatchNode,
    readonly rest: SharedLinks,
  ) {
    this.own = { node: asked };
  }

  /** The batch asked about first. */
  get links(): readonly Link[] {
    return (this.#all ??= [this.own, ...this.rest.links]);
  }

  /** The results of each link, in order. @param key see {@link SharedLinks.once} */
  each<T>(key: unknown, ofLink: (link: Link) => readonly T[]): T[] {
    return [...ofLink(this.own), ...this.rest.once(key, (links) => links.flatMap(ofLink))];
  }
}

/** [from, until) of one batch in one site's custody, not empty. */
export interface CustodyInterval {
  readonly batchId: string;
  readonly siteId: string;
  readonly from: string;
  readonly until: string;
  readonly arrived: EventMark;
}

/** What lies upstream of the outputs of a transformation, without the outputs themselves. */
interface Sources {
  readonly made: TransformationNode;
  readonly ids: ReadonlySet<string>;
  readonly rest: SharedLinks;
}

/** Finds chains in one graph, which must not change meanwhile. Iterative; cycles do no harm. */
export class ChainFinder {
  /** For the last transformation: its outputs are mostly asked about one after the other. */
  #last: Sources | undefined;

  readonly #graph: ProvenanceGraph;

  constructor(graph: ProvenanceGraph) {
    this.#graph = graph;
  }

  /** The chain of a batch, or undefined when the graph does not know the batch. */
  of(batchId: string): Chain | undefined {
    const asked = this.#graph.batches.get(batchId);
    if (asked === undefined) return undefined;
    const sources = this.#sourcesOf(asked);
    if (sources !== undefined && !sources.ids.has(batchId)) return new Chain(asked, sources.rest);
    const [, ...upstream] = upstreamOf(this.#graph, batchId);
    return new Chain(asked, restOf(this.#graph, upstream, makingsOf(this.#graph, [batchId, ...upstream])));
  }

  /** Undefined when the batch shares its sources with no other: nothing else was made with it, or several events made it. */
  #sourcesOf({ bornBy, anomalies }: BatchNode): Sources | undefined {
    if (bornBy?.transformationId === undefined || anomalies.some(({ code }) => code === 'made-twice')) return undefined;
    const made = this.#graph.transformations.get(bornBy.transformationId);
    if (made?.logIndex !== bornBy.logIndex || made.outputs.length < 2) return undefined;
    if (this.#last?.made === made) return this.#last;
    const ids = upstreamOfOutputs(this.#graph, made);
    const makings = makingsOf(this.#graph, ids).add(made.logIndex);
    this.#last = { made, ids: new Set(ids), rest: restOf(this.#graph, ids, makings) };
    return this.#last;
  }
}

function restOf(graph: ProvenanceGraph, ids: readonly string[], makings: ReadonlySet<number>): SharedLinks {
  const links: Link[] = [];
  const missing: string[] = [];
  for (const id of ids) {
    const node = graph.batches.get(id);
    if (node === undefined) missing.push(id);
    else links.push(linkOf(node, makings));
  }
  return new SharedLinks(links, missing);
}

/**
 * Log indexes of the events that claim to make a batch of the chain, followed or not: a use leads into the chain if its
 * event is one of those, without looking at its products.
 */
function makingsOf(graph: ProvenanceGraph, ids: readonly string[]): Set<number> {
  const makings = new Set<number>();
  for (const id of ids) {
    const node = graph.batches.get(id);
    if (node?.bornBy !== undefined) makings.add(node.bornBy.logIndex);
    for (const { code, logIndex } of node?.anomalies ?? []) if (code === 'made-twice') makings.add(logIndex);
  }
  return makings;
}

function linkOf(node: BatchNode, makings: ReadonlySet<number>): Link {
  const uses = node.uses.filter(({ logIndex }) => makings.has(logIndex));
  const lastUse = uses.at(-1);
  return lastUse === undefined ? { node } : { node, lastUse, uses };
}

/** Whether an event of the batch came before the last use that matters. */
export function concerns({ lastUse }: Link, { logIndex }: EventMark): boolean {
  return lastUse === undefined || logIndex < lastUse.logIndex;
}

/** Hops of the batch that are part of the chain. */
export function hopsOf(link: Link): readonly Hop[] {
  return link.node.hops.filter((hop) => concerns(link, hop.dispatched));
}

/**
 * The custody of the links of a chain, cut off at `validAt`. A use at the instant of arrival leaves an empty interval, which
 * needs no cover.
 */
export function custodyOf(links: readonly Link[], validAt: string): CustodyInterval[] {
  const intervals: CustodyInterval[] = [];
  for (const link of links) {
    for (const stay of link.node.stays) {
      const { siteId, arrived } = stay;
      if (!concerns(link, arrived)) continue;
      const left = leftAt(stay, link.uses);
      const until = left === undefined || left > validAt ? validAt : left;
      const { occurredAt: from } = arrived;
      if (from < until) intervals.push({ batchId: link.node.batchId, siteId, from, until, arrived });
    }
  }
  return intervals;
}

/**
 * When the last of what concerns the chain left: what a use took left with the batch if the batch had gone before the use,
 * otherwise by the use.
 */
function leftAt({ arrived, departed }: Stay, uses: readonly UseMark[] | undefined): string | undefined {
  if (uses === undefined) return departed?.occurredAt;
  let left: string | undefined;
  for (const { logIndex, occurredAt } of uses) {
    if (logIndex <= arrived.logIndex) continue;
    const end = departed !== undefined && departed.logIndex < logIndex ? departed.occurredAt : occurredAt;
    if (left === undefined || end > left) left = end;
  }
  return left;
}
