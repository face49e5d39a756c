import { type FactCriterion } from '#attestation';
import { type ProvenanceGraph } from '../graph/index.js';
import { type Standing } from '../standing/index.js';
import { ChainFinder, type Chain } from './chain.js';
import { type Areas, type ControlRule, type OriginRule } from '../programmes/index.js';
import { controlParts } from './control.js';
import { custodyParts, heldParts } from './custody.js';
import { custodyBySite, custodyIn, LabourJudge, type SiteCustody } from './labour.js';
import { MassJudge } from './mass.js';
import { reasonsOf, type Part, type ReasonOfParts } from './part.js';
import { type ProgrammeLine } from './programme-lines.js';
import { Processing } from './processing.js';
import { SitesAt } from './sites-at.js';
import { type RestUntil } from './stands-until.js';
import { Vouching } from './vouching.js';
import { unconfirmedIn, type UnconfirmedAt } from './unconfirmed.js';

const NOTHING_ELSE: readonly Part[] = [];
const ALL_KNOWN: RestUntil = {};

/** The chains to be judged as of one moment. */
export interface ChainSource {
  readonly validAt: string;
  readonly sites: SitesAt;
  /** Undefined when the source does not know the batch. */
  of(batchId: string): JudgedChain | undefined;
}

/** The chain of one batch with everything that is the same for all programmes, each part computed when first needed. */
export class JudgedChain {
  readonly custody: readonly SiteCustody[];
  readonly #labour = new Map<Areas | undefined, LabourJudge>();
  #whereAbouts: Part[] | undefined;
  #balance: Part[] | undefined;
  #models: Part[] | undefined;
  #awaiting: readonly UnconfirmedAt[] | undefined;
  readonly #explained = new Map<readonly Part[], ReasonOfParts[]>();

  readonly #masses: MassJudge;
  readonly #at: Pick<Chains, 'sites' | 'validAt' | 'vouching' | 'processing'>;

  constructor(
    readonly chain: Chain,
    readonly graph: ProvenanceGraph,
    masses: MassJudge,
    at: Pick<Chains, 'sites' | 'validAt' | 'vouching' | 'processing'>,
  ) {
    this.#masses = masses;
    this.#at = at;
    const { sites, validAt } = at;
    this.custody = custodyBySite(chain, validAt, (siteId) => sites.rightsAt(siteId));
  }

  /** {@link custodyIn} */
  labourAt(areas: Areas | undefined): LabourJudge {
    let judge = this.#labour.get(areas);
    if (judge === undefined) {
      this.#labour.set(areas, (judge = new LabourJudge(custodyIn(areas, this.custody, this.graph))));
    }
    return judge;
  }

  /** For a chain known only as a summary, apart from its last link: what the rest adds to a line of a programme. */
  readonly restOf: (line: ProgrammeLine) => readonly Part[] = () => NOTHING_ELSE;

  /** Likewise, when time alone may change that. */
  get restUntil(): RestUntil {
    return ALL_KNOWN;
  }

  custodyParts(): Part[] {
    return (this.#whereAbouts ??= [...custodyParts(this.chain), ...heldParts(this.chain, this.#at.sites)]);
  }

  massBalanceParts(): Part[] {
    return (this.#balance ??= this.#masses.massBalanceParts(this.chain));
  }

  /** {@link unconfirmedIn} */
  get unconfirmed(): readonly UnconfirmedAt[] {
    return (this.#awaiting ??= unconfirmedIn(this.chain, this.graph));
  }

  controlParts(rule: ControlRule): Part[] {
    return controlParts(this.chain, this.graph, this.#at.sites, rule);
  }

  /** Undefined: the rule does not require anything to be vouched for. */
  vouching({ vouched }: { readonly vouched?: readonly FactCriterion[] }): Vouching | undefined {
    return vouched && this.#at.vouching(vouched);
  }

  /** Undefined: the rule does not consider where something was processed. */
  processing({ processed, countries }: OriginRule): Processing | undefined {
    return processed && this.#at.processing(countries);
  }

  custodyModelParts(): Part[] {
    return (this.#models ??= this.#masses.custodyModelParts(this.chain));
  }

  /** {@link reasonsOf}: claims about several rights, and of several programmes, often have the same parts. */
  reasonsOf(parts: readonly Part[]): readonly ReasonOfParts[] {
    let known = this.#explained.get(parts);
    if (known === undefined) this.#explained.set(parts, (known = reasonsOf(parts)));
    return known;
  }
}

/**
 * The chains of one graph as of one moment, for all programmes that are asked about them: a batch that another programme was
 * asked about just before has the same chain. Graph and standing must not change meanwhile.
 */
export class Chains implements ChainSource {
  readonly sites: SitesAt;
  readonly #masses: MassJudge;
  readonly #finder: ChainFinder;
  readonly #vouchings = new Map<string, Vouching>();
  readonly #processings = new Map<string, Processing>();
  #last: { readonly batchId: string; readonly judged: JudgedChain } | undefined;

  readonly #graph: ProvenanceGraph;

  /**
   * @param graph folded from the events of the chains with occurredAt ≤ validAt
   * @param standing of the sites of the chains; what occurred after validAt does not count
   * @param validAt RFC 3339 UTC with milliseconds
   */
  constructor(
    graph: ProvenanceGraph,
    standing: Standing,
    readonly validAt: string,
  ) {
    this.#graph = graph;
    this.sites = new SitesAt(standing, validAt);
    this.#masses = new MassJudge(graph);
    this.#finder = new ChainFinder(graph);
  }

  /** Undefined when the graph does not know the batch. */
  of(batchId: string): JudgedChain | undefined {
    if (this.#last?.batchId === batchId) return this.#last.judged;
    const chain = this.#finder.of(batchId);
    if (chain === undefined) return undefined;
    const judged = new JudgedChain(chain, this.#graph, this.#masses, this);
    this.#last = { batchId, judged };
    return judged;
  }
  /** What attestors vouch for by all of these criteria. */
  vouching(criteria: readonly FactCriterion[]): Vouching {
    const key = criteria.join(' ');
    let known = this.#vouchings.get(key);
    if (known === undefined) this.#vouchings.set(key, (known = new Vouching(this.#graph, this.sites, criteria)));
    return known;
  }

  /** Where what is in the chains was processed: in these countries, or elsewhere. */
  processing(countries: readonly string[]): Processing {
    const key = countries.join(' ');
    let known = this.#processings.get(key);
    if (known === undefined) this.#processings.set(key, (known = new Processing(this.#graph, countries)));
    return known;
  }
}
