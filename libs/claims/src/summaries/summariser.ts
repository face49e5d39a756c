import { type FactCriterion } from '#attestation';
import { type Link, type UseMark } from '../evaluate/chain.js';
import { Evaluator, type EvaluatorOptions } from '../evaluate/evaluate.js';
import { type ChainSource, type JudgedChain } from '../evaluate/chains.js';
import { MassJudge } from '../evaluate/mass.js';
import { Processing } from '../evaluate/processing.js';
import { SitesAt } from '../evaluate/sites-at.js';
import { earlier, type RestUntil } from '../evaluate/stands-until.js';
import { type ClaimsVerdict } from '../evaluate/verdict.types.js';
import { isWhole, Vouching, type Vouched } from '../evaluate/vouching.js';
import {
  firstAfter,
  isRecovery,
  type BatchNode,
  type ProvenanceGraph,
  type TransformationNode,
  type UseKind,
} from '../graph/index.js';
import { type Programme } from '../programmes/index.js';
import { type Standing } from '../standing/index.js';
import { type Basis } from './basis.js';
import { LinkFacts } from './facts.js';
import { isProcessedApart, processedBy, processedUpTo, type Contributions } from './processed.js';
import { SummarisedChain } from './summarised-chain.js';
import { type Strand } from './strands.js';
import {
  badnessOf,
  earlierOf,
  processedOf,
  summaryOfVouched,
  vouchedOf,
  worse,
  type Badness,
  type ChainSummary,
  type Known,
  type VouchedSummary,
} from './summary.js';

const VERDICT_ONLY: EvaluatorOptions = { reasons: false, measures: false };

/**
 * Folds chains into summaries, one step at a time (`docs/decisions/0018-summaries-along-the-chain.md`): a use covers what the
 * batch was made of and its own history up to then; a making covers everything that went into it. From these alone it
 * derives the verdicts that `evaluate` finds by walking the chain.
 */
export class Summariser {
  readonly #graph: ProvenanceGraph;
  readonly #validAt: string;
  readonly #sites: SitesAt;
  readonly #masses: MassJudge;
  readonly #evaluators: readonly Evaluator[];
  /** The chain that the evaluators judge. */
  #judged: JudgedChain | undefined;
  /** Of the last batch, of which this is asked several times. */
  #lastAhead: { readonly node: BatchNode; readonly ahead: string | undefined } | undefined;

  /**
   * @param graph the batches that are asked about, the transformations and the sites that each step names
   * @param standing of these sites and of the organisations that these name
   * @param validAt RFC 3339 UTC with milliseconds
   */
  constructor(
    readonly basis: Basis,
    graph: ProvenanceGraph,
    standing: Standing,
    validAt: string,
  ) {
    this.#graph = graph;
    this.#validAt = validAt;
    this.#sites = new SitesAt(standing, validAt);
    this.#masses = new MassJudge(graph);
    const source: ChainSource = { validAt, sites: this.#sites, of: () => this.#judged };
    this.#evaluators = basis.programmes.map((programme) => new Evaluator(source, programme, VERDICT_ONLY));
  }

  /** Of a batch that nothing went into. */
  get unmade(): Known {
    const { strands, criteria } = this.basis;
    return { strands: strands.map(() => 0), until: {}, vouched: criteria.map(() => undefined), processed: [] };
  }

  /** What a part of a split is made of. */
  split(from: ChainSummary): ChainSummary {
    return from;
  }

  /**
   * Whether the summary of a transformation depends on what its inputs contain, and not only on their contributions: their
   * nodes must be in the graph then, and it has to be summarised again whenever something happens to them.
   */
  isWeighed(made: TransformationNode, contributions: Contributions): boolean {
    if (isProcessedApart(this.basis, contributions)) return true;
    if (this.basis.criteria.length === 0) return false;
    if (isRecovery(made)) return true;
    return [...contributions.values()].some(
      (each) => !('wholeChain' in each) && each.vouched.some((vouched) => !isWhole(vouchedOf(vouched))),
    );
  }

  /**
   * What the outputs of a transformation are made of.
   * @param contributions of all its inputs; a missing one counts as contributing nothing
   */
  transformed(made: TransformationNode, contributions: Contributions): ChainSummary {
    let { strands, until } = this.unmade;
    for (const each of contributions.values()) {
      if ('wholeChain' in each) return wholeChainOf(contributions.values());
      strands = worse(strands, each.strands);
      until = earlierOf(until, each.until);
    }
    const facts = { made, graph: this.#graph };
    strands = worse(
      strands,
      this.basis.strands.map(({ ofMaking }) => (ofMaking === undefined ? 0 : badnessOf(ofMaking(facts)))),
    );
    const isWeighed = this.isWeighed(made, contributions);
    const vouched = this.basis.criteria.map((criteria, index) => {
      if (!isWeighed) return undefined;
      const vouching = new Vouching(this.#graph, this.#sites, criteria);
      for (const [batchId, each] of contributions)
        if (!('wholeChain' in each)) vouching.give(batchId, vouchedOf(each.vouched[index]));
      const outputs = vouching.transformed(made);
      return summaryOfVouched(outputs, { acted: outputs.acts.some(({ role }) => role !== 'maker') });
    });
    return { strands, until, vouched, processed: processedBy(this.basis, this.#graph, made, contributions) };
  }

  /**
   * What a batch passes on by each of its uses, by the log index of the use.
   * @param made what it is made of
   */
  contributions(node: BatchNode, made: ChainSummary): Map<number, ChainSummary> {
    const uses = usesOf(node);
    if (uses.length === 0) return new Map();
    const whole = this.#wholeChain(node, made);
    if (whole !== undefined) return new Map(uses.map(({ logIndex }) => [logIndex, whole]));
    const known = made as Known;
    const vouched = this.#vouchedOf(node, known);
    const at = (index: number): ChainSummary => {
      const use = uses[index]!;
      // Made after, or by, the event that used it: only a walk finds what depends on what.
      if (node.bornBy !== undefined && node.bornBy.logIndex >= use.logIndex) return { wholeChain: true };
      return this.#contribution({ node, lastUse: use, uses: [use] }, known, vouched);
    };
    const found = new Map<number, ChainSummary>();
    for (const [index, summary] of inStretches(uses.length, at, uses.length > 2 && isInOrder(node))) {
      found.set(uses[index]!.logIndex, summary);
    }
    return found;
  }

  /**
   * The verdicts of a batch, programme by programme, without what they measure and without reasons; undefined when the whole
   * chain has to be walked.
   * @param made what it is made of
   */
  verdictsOf(node: BatchNode, made: ChainSummary): ClaimsVerdict[] | undefined {
    const judged = this.#summarised(node, made);
    if (judged === undefined) return undefined;
    this.#judged = judged;
    return this.#evaluators.flatMap((evaluator) => evaluator.verdictOf(node.batchId) ?? []);
  }

  /**
   * The verdict of a batch by one programme, with what it measures, without reasons; undefined when the whole chain has to be
   * walked.
   * @param made what it is made of
   */
  measured(node: BatchNode, made: ChainSummary, programme: Programme): ClaimsVerdict | undefined {
    const judged = this.#summarised(node, made);
    return judged && this.#evaluator(judged, programme, { reasons: false }).verdictOf(node.batchId);
  }

  /**
   * The verdict of a batch by one programme with its reasons, where none of them lies further upstream: where nothing there is
   * as bad as a claim that does not hold. Undefined when only a walk through the chain tells.
   * @param made what it is made of
   */
  explained(node: BatchNode, made: ChainSummary, programme: Programme): ClaimsVerdict | undefined {
    const judged = this.#summarised(node, made);
    if (judged === undefined) return undefined;
    const verdict = this.#evaluator(judged, programme, {}).verdictOf(node.batchId);
    return verdict !== undefined && judged.hasAllReasonsOf(verdict) ? verdict : undefined;
  }

  #evaluator(judged: JudgedChain, programme: Programme, options: EvaluatorOptions): Evaluator {
    const source: ChainSource = { validAt: this.#validAt, sites: this.#sites, of: () => judged };
    return new Evaluator(source, programme, options);
  }

  /** Undefined when only the whole chain tells. */
  #summarised(node: BatchNode, made: ChainSummary): SummarisedChain | undefined {
    if (this.#wholeChain(node, made) !== undefined) return undefined;
    const known = made as Known;
    const vouched = this.#vouchedOf(node, known);
    const vouchings = new Map<string, Vouching>();
    const [graph, validAt] = [this.#graph, this.#validAt];
    const sites = this.#sites;
    const vouching = (criteria: readonly FactCriterion[]): Vouching => {
      const key = criteria.join(' ');
      let each = vouchings.get(key);
      if (each === undefined) {
        each = new Vouching(graph, sites, criteria);
        each.give(node.batchId, vouched(criteria));
        vouchings.set(key, each);
      }
      return each;
    };
    const processing = (countries: readonly string[]): Processing => {
      const place = this.basis.processedIn.findIndex((each) => each.join(' ') === countries.join(' '));
      const each = new Processing(graph, countries);
      each.give(node.batchId, processedOf(processedUpTo(this.basis, node, known)[place]));
      return each;
    };
    const at = { sites, validAt, vouching, processing };
    return new SummarisedChain(node, known, this.basis, graph, this.#masses, at);
  }

  /** Whether no walk through the whole chain is needed to tell what the batch contributes. */
  isSummarised(node: BatchNode, made: ChainSummary): boolean {
    return this.#wholeChain(node, made) === undefined;
  }

  /** Why only a walk through the whole chain tells what the batch contributes; undefined when the summary does. */
  #wholeChain(node: BatchNode, made: ChainSummary): ChainSummary | undefined {
    const ahead = this.#ahead(node);
    if ('wholeChain' in made) return { wholeChain: true, until: earlier(made.until, ahead) };
    if (ahead !== undefined) return { wholeChain: true, until: ahead };
    const isTwice = node.anomalies.some(({ code }) => code === 'made-twice');
    return isTwice || this.basis.isWholeChainAsked ? { wholeChain: true } : undefined;
  }

  /** When what has been recorded of the batch, and has not occurred by now, will have. */
  #ahead(node: BatchNode): string | undefined {
    if (this.#lastAhead?.node !== node) this.#lastAhead = { node, ahead: this.#firstAhead(node) };
    return this.#lastAhead.ahead;
  }

  #firstAhead(node: BatchNode): string | undefined {
    const validAt = this.#validAt;
    let first = firstAfter([node], [], validAt);
    for (const { siteId } of node.stays) {
      const opened = this.#graph.sites.get(siteId)?.opened.occurredAt;
      if (opened !== undefined && opened > validAt) first = earlier(first, opened);
    }
    return first;
  }

  #contribution(link: Link, made: Known, vouched: (criteria: readonly FactCriterion[]) => Vouched): Known {
    const facts = new LinkFacts(link, this.#graph, this.#sites, this.#validAt, vouched);
    const { bornBy } = link.node;
    let until: RestUntil = {
      birthplaces: bornBy === undefined ? undefined : this.#sites.nextFact(bornBy.siteId),
    };
    for (const { siteId } of facts.custody) until = earlierOf(until, { custody: this.#sites.nextFact(siteId) });
    const own = this.basis.strands.map((strand: Strand): Badness => {
      const badness = strand.ofLink === undefined ? 0 : badnessOf(strand.ofLink(facts));
      const met = this.basis.met(strand, link, this.#graph, made.strands);
      return met > badness ? met : badness;
    });
    return {
      strands: worse(made.strands, own),
      until: earlierOf(made.until, until),
      vouched: this.basis.criteria.map((criteria) => this.#vouchedSummary(criteria, vouched(criteria))),
      processed: processedUpTo(this.basis, link.node, made),
    };
  }

  #vouchedSummary(criteria: readonly FactCriterion[], vouched: Vouched): VouchedSummary | undefined {
    const { scrapMade } = vouched;
    if (scrapMade === undefined) return summaryOfVouched(vouched);
    const { siteId, mark, batchId } = scrapMade;
    const lack = new Vouching(this.#graph, this.#sites, criteria).lackOf(siteId, mark, batchId);
    return summaryOfVouched(vouched, { isMakerLacking: lack !== undefined });
  }

  /** What is vouched for of a batch itself, worked out once for each combination of criteria. */
  #vouchedOf(node: BatchNode, made: Known): (criteria: readonly FactCriterion[]) => Vouched {
    const known = new Map<string, Vouched>();
    return (criteria) => {
      const key = criteria.join(' ');
      let vouched = known.get(key);
      if (vouched === undefined) known.set(key, (vouched = this.#vouched(node, made, criteria)));
      return vouched;
    };
  }

  #vouched(node: BatchNode, made: Known, criteria: readonly FactCriterion[]): Vouched {
    const { bornBy } = node;
    const own = new Vouching(this.#graph, this.#sites, criteria);
    if (bornBy === undefined || bornBy.kind === 'registered' || bornBy.kind === 'wasted') return own.vouchedOf(node);
    const place = this.basis.criteria.findIndex((each) => each.join(' ') === criteria.join(' '));
    const vouched = vouchedOf(made.vouched[place]);
    if (bornBy.kind === 'split' || node.scrap === undefined) return vouched;
    return { ...vouched, scrapMade: { mark: bornBy, siteId: node.scrap.siteId, batchId: node.batchId } };
  }
}

function wholeChainOf(summaries: Iterable<ChainSummary>): ChainSummary {
  let until: string | undefined;
  for (const each of summaries) if ('wholeChain' in each) until = earlier(until, each.until);
  return { wholeChain: true, until };
}

const FLOWS: ReadonlySet<UseKind> = new Set(['transformation', 'split', 'assembly', 'waste']);

/** Uses that matter can flow on by, each event once, in log order. */
function usesOf({ uses }: BatchNode): UseMark[] {
  const flows = new Map<number, UseMark>();
  for (const { kind, logIndex, occurredAt } of uses) if (FLOWS.has(kind)) flows.set(logIndex, { logIndex, occurredAt });
  return [...flows.values()];
}

/** Whether the times of what moved the batch follow the log: then each use concerns at least what the one before did. */
function isInOrder({ uses, stays }: BatchNode): boolean {
  const left = stays.flatMap(({ departed }) => departed ?? []);
  const moves: UseMark[] = [...uses, ...left].sort((a, b) => a.logIndex - b.logIndex);
  return moves.every(({ occurredAt }, index) => index === 0 || moves[index - 1]!.occurredAt <= occurredAt);
}

/**
 * What each use of a batch passes on. If the times are in order, a later use passes on nothing better than an earlier one:
 * where two are equal, so are all between them, and a stock with many thousands of uses is examined only a few times.
 */
function inStretches(
  length: number,
  at: (index: number) => ChainSummary,
  isOrdered: boolean,
): Map<number, ChainSummary> {
  const found = new Map<number, ChainSummary>();
  if (!isOrdered) {
    for (let index = 0; index < length; index++) found.set(index, at(index));
    return found;
  }
  const stretches: [number, number][] = length === 0 ? [] : [[0, length - 1]];
  const once = (index: number): ChainSummary => {
    const known = found.get(index) ?? at(index);
    found.set(index, known);
    return known;
  };
  for (let stretch = stretches.pop(); stretch !== undefined; stretch = stretches.pop()) {
    const [first, last] = stretch;
    const [one, other] = [once(first), once(last)];
    if (isSame(one, other)) for (let index = first + 1; index < last; index++) found.set(index, one);
    else if (last - first > 1) {
      const middle = (first + last) >> 1;
      stretches.push([first, middle], [middle, last]);
    }
  }
  return found;
}

function isSame(one: ChainSummary, other: ChainSummary): boolean {
  if ('wholeChain' in one || 'wholeChain' in other) return 'wholeChain' in one && 'wholeChain' in other;
  return (
    one.until.custody === other.until.custody &&
    one.until.birthplaces === other.until.birthplaces &&
    one.strands.every((badness, place) => badness === other.strands[place])
  );
}
