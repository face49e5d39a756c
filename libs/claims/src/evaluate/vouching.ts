import { type FactCriterion } from '#attestation';
import { isWithheld, MINERALS, type Mineral } from '#custody';
import {
  classedKey,
  isRecovery,
  parentsOf,
  parseKey,
  type BatchNode,
  type Birth,
  type EventMark,
  type ProvenanceGraph,
  type TransformationNode,
} from '../graph/index.js';
import { type Chain, type Link } from './chain.js';
import { eachKeyWeight } from './key-weights.js';
import { lacking, type Fix, type Part } from './part.js';
import { type SitesAt } from './sites-at.js';

/** The denominator of shares. Zero and one are exact; values between are rounded down. */
export const WHOLE = 10n ** 15n;

/** How much of the content of a key is vouched for. */
export interface VouchedShare {
  /** The site that registered it. */
  readonly root: bigint;
  /** The site that recycled it. */
  readonly recycler: bigint;
  /** All sites that recovered it: the collector or the maker of the waste, and the recycler. */
  readonly recovered: bigint;
}

export const ALL: VouchedShare = { root: WHOLE, recycler: WHOLE, recovered: WHOLE };
export const NOTHING: VouchedShare = { root: 0n, recycler: 0n, recovered: 0n };

/** An act of a site that nobody vouches for, with the role of the site. */
export interface Act {
  readonly role: 'root' | 'collector' | 'maker' | 'recycler';
  readonly siteId: string;
  readonly minerals: readonly Mineral[];
  readonly part: Part;
}

/** For one batch, by mineral and key; keys that are not named have `others`. */
export interface Vouched {
  readonly others: VouchedShare;
  readonly named: ReadonlyMap<string, VouchedShare>;
  readonly acts: readonly Act[];
  /** Of scrap: when and where it was made. */
  readonly scrapMade?: { readonly mark: EventMark; readonly siteId: string; readonly batchId: string };
}

const NONE_NAMED: ReadonlyMap<string, VouchedShare> = new Map();
const NO_ACTS: readonly Act[] = [];
const VOUCHED: Vouched = { others: ALL, named: NONE_NAMED, acts: NO_ACTS };
const UNKNOWN: Vouched = { others: NOTHING, named: NONE_NAMED, acts: NO_ACTS };

/**
 * What attestors vouch for in the chains of one graph: for each batch, how much of the content of each key comes from sites
 * that were covered for all of the criteria when they registered it, turned it into waste or recycled it. The shares follow
 * the flows: a mixture has the share of what went in. Computed once per batch, however many chains it is part of, and at
 * almost no cost where everything is vouched for.
 */
export class Vouching {
  readonly #known = new Map<string, Vouched>();
  readonly #made = new Map<TransformationNode, Vouched>();

  readonly #graph: ProvenanceGraph;
  readonly #sites: SitesAt;
  readonly #criteria: readonly FactCriterion[];

  constructor(graph: ProvenanceGraph, sites: SitesAt, criteria: readonly FactCriterion[]) {
    this.#graph = graph;
    this.#sites = sites;
    this.#criteria = criteria;
  }

  /** How much of a key's content in the batch asked about is vouched for. */
  shareOf(chain: Chain, mineral: Mineral, key: string): VouchedShare {
    this.#prepare(chain);
    return shareIn(this.#known.get(chain.asked.batchId) ?? UNKNOWN, mineral, key);
  }

  /**
   * What nobody vouches for, the first of each site.
   * @param concerns which acts
   */
  parts(chain: Chain, concerns: (act: Pick<Act, 'role' | 'siteId' | 'minerals'>) => boolean): Part[] {
    this.#prepare(chain);
    const acts = chain.each(this, (link) => this.#known.get(link.node.batchId)?.acts ?? NO_ACTS);
    const first = new Map<string, Part>();
    for (const act of acts) {
      if (!concerns(act)) continue;
      const changes = act.part.fixes.flatMap(({ events }) => events.map(({ eventId }) => eventId));
      const key = `${act.siteId} ${changes.join(' ')}`;
      if (!first.has(key)) first.set(key, act.part);
    }
    return [...first.values()];
  }

  /** Supplies what is known about a batch from its summary. */
  give(batchId: string, vouched: Vouched): void {
    this.#known.set(batchId, vouched);
  }

  #prepare(chain: Chain): void {
    chain.rest.once(this.#known, (links) => this.#work(links));
    this.#work([chain.own]);
  }

  /** A batch is made after its inputs. */
  #work(links: readonly Link[]): void {
    const nodes = links.map(({ node }) => node).filter(({ batchId }) => !this.#known.has(batchId));
    if (nodes.length > 1) nodes.sort((a, b) => bornAt(a) - bornAt(b));
    for (const node of nodes) this.#known.set(node.batchId, this.vouchedOf(node));
  }

  /** What it was made of must be known. */
  vouchedOf(node: BatchNode): Vouched {
    const { bornBy } = node;
    if (bornBy === undefined) return UNKNOWN;
    if (bornBy.kind === 'registered') return this.#registered(node, bornBy);
    // Whatever its inputs were, it is collected waste from here on.
    if (bornBy.kind === 'wasted') return this.#stated(node, bornBy, 'collector');
    if (bornBy.kind === 'split') {
      const [parent] = parentsOf(this.#graph, node);
      const vouched = parent === undefined ? undefined : this.#known.get(parent);
      return vouched === undefined ? UNKNOWN : vouched.acts.length === 0 ? vouched : { ...vouched, acts: NO_ACTS };
    }
    const made = this.#graph.transformations.get(bornBy.transformationId ?? '');
    if (made === undefined) return UNKNOWN;
    let vouched = this.#made.get(made);
    if (vouched === undefined) this.#made.set(made, (vouched = this.transformed(made)));
    if (node.scrap === undefined) return vouched;
    return { ...vouched, scrapMade: { mark: bornBy, siteId: node.scrap.siteId, batchId: node.batchId } };
  }

  /** An attestation about a site does not vouch for its statements about material mined elsewhere. */
  #registered(node: BatchNode, born: Birth): Vouched {
    const { siteId, origin } = born;
    const role = origin?.kind === 'end-of-life' ? 'collector' : 'root';
    return this.#stated(node, born, role, origin?.kind === 'extracted' && !this.#isOfSite(siteId, origin.country));
  }

  /** @param elsewhere mined elsewhere, so an attestation about the site does not vouch for it */
  #stated(node: BatchNode, born: Birth, role: 'root' | 'collector', elsewhere = false): Vouched {
    const { batchId, composition, lastComposition, given = [] } = node;
    const { siteId } = born;
    const held = [lastComposition ?? composition, ...given.map((each) => each.composition)];
    const minerals = MINERALS.filter((mineral) => held.some((each) => each[mineral] !== undefined));
    const part = elsewhere ? lacking('not-vouched', [born], { batchId, siteId }) : this.lackOf(siteId, born, batchId);
    return part === undefined ? VOUCHED : { ...UNKNOWN, acts: [{ role, siteId, minerals, part }] };
  }

  #isOfSite(siteId: string, country: unknown): boolean {
    if (country === undefined || isWithheld(country)) return true;
    return country === this.#graph.sites.get(siteId)?.country;
  }

  /** Of the outputs of a transformation, whose inputs must be known. */
  transformed(made: TransformationNode): Vouched {
    const inputs = made.inputs.map(({ batchId, contentGrams }) => {
      const node = this.#graph.batches.get(batchId);
      const vouched = this.#known.get(batchId) ?? UNKNOWN;
      return { node, contentGrams, vouched, makerLack: node && this.#makerLack(made, node, vouched) };
    });
    const minerals = MINERALS.filter((mineral) => (made.pooledGrams[mineral] ?? 0) > 0);
    const batchId = made.outputs[0]?.batchId ?? '';
    const recycler = isRecovery(made) ? this.lackOf(made.siteId, made, batchId) : undefined;
    const acts: Act[] = [];
    if (recycler !== undefined) acts.push({ role: 'recycler', siteId: made.siteId, minerals, part: recycler });
    for (const { node, makerLack } of inputs)
      if (makerLack !== undefined)
        acts.push({ role: 'maker', siteId: node?.scrap?.siteId ?? '', minerals, part: makerLack });
    if (acts.length === 0 && inputs.every(({ node, vouched }) => node !== undefined && isWhole(vouched)))
      return VOUCHED;

    const sums = new Map<string, Sum>();
    for (const { node, contentGrams, vouched, makerLack } of inputs) {
      if (node === undefined) continue;
      eachKeyWeight(node, { contentGrams, made }, minerals, (mineral, key, weight) => {
        const classed = classedKey(key, made, node.scrap);
        const share = passedOn(shareIn(vouched, mineral, key), key, classed, {
          recycler: recycler === undefined,
          maker: makerLack === undefined,
        });
        add(sums, `${mineral} ${classed}`, share, weight);
      });
    }
    const named = new Map<string, VouchedShare>();
    for (const [key, sum] of sums) named.set(key, shareOfSum(sum));
    const others = inputs.some(({ node }) => node === undefined) ? NOTHING : ALL;
    return { others, named, acts };
  }

  /** For scrap that is recovered: what its maker lacks. */
  #makerLack(made: TransformationNode, { batchId, scrap }: BatchNode, { scrapMade }: Vouched): Part | undefined {
    if (scrap === undefined || !isRecovery(made)) return undefined;
    if (scrapMade === undefined) return lacking('not-vouched', [made], { batchId, siteId: scrap.siteId });
    return this.lackOf(scrapMade.siteId, scrapMade.mark, scrapMade.batchId);
  }

  /** Undefined when every criterion covers the site at that moment. Cover that was removed can be restored. */
  lackOf(siteId: string, { eventId, logIndex, occurredAt: at }: EventMark, batchId: string): Part | undefined {
    const rights = this.#sites.rightsAt(siteId);
    const place = { batchId, siteId };
    const fixes: Fix[][] = [];
    for (const criterion of this.#criteria) {
      const { covered, lost } = rights.of(criterion);
      if (covered.some(({ from, until }) => from <= at && at < until)) continue;
      const taken = lost.filter(({ from, until }) => from <= at && at < until);
      if (taken.length === 0) return lacking('not-vouched', [{ eventId, logIndex, occurredAt: at }], place);
      fixes.push(taken.map(({ because, changes }) => ({ because, events: changes })));
    }
    const [first, ...others] = fixes;
    if (first === undefined) return undefined;
    const also = others.flatMap(([fix]) => fix?.events ?? []);
    return {
      verdict: 'unproven',
      ...place,
      fixes: first.map(({ because, events }) => ({ because, events: [...events, ...also] })),
    };
  }
}

/** The share of a key after a transformation. */
function passedOn(
  share: VouchedShare,
  key: string,
  classed: string,
  covered: { readonly recycler: boolean; readonly maker: boolean },
): VouchedShare {
  const isNamed = parseKey(key).recycler === undefined && parseKey(classed).recycler !== undefined;
  if (!isNamed) return share;
  const { root } = share;
  if (!covered.recycler) return { root, recycler: 0n, recovered: 0n };
  if (parseKey(classed).class === 'post-consumer') return { root, recycler: WHOLE, recovered: share.recovered };
  return { root, recycler: WHOLE, recovered: covered.maker ? WHOLE : 0n };
}

interface Sum {
  weight: bigint;
  root: bigint;
  recycler: bigint;
  recovered: bigint;
}

function add(sums: Map<string, Sum>, key: string, share: VouchedShare, weight: bigint): void {
  let sum = sums.get(key);
  if (sum === undefined) sums.set(key, (sum = { weight: 0n, root: 0n, recycler: 0n, recovered: 0n }));
  sum.weight += weight;
  sum.root += weight * share.root;
  sum.recycler += weight * share.recycler;
  sum.recovered += weight * share.recovered;
}

function shareOfSum({ weight, root, recycler, recovered }: Sum): VouchedShare {
  if (weight === 0n) return NOTHING;
  return { root: root / weight, recycler: recycler / weight, recovered: recovered / weight };
}

function shareIn({ named, others }: Vouched, mineral: Mineral, key: string): VouchedShare {
  return named.size === 0 ? others : (named.get(`${mineral} ${key}`) ?? others);
}

/** Whether all of it is vouched for. */
export function isWhole({ others, named }: Vouched): boolean {
  return others === ALL && named.size === 0;
}

function bornAt({ bornBy }: BatchNode): number {
  return bornBy?.logIndex ?? -1;
}
