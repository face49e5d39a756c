import { type FactCriterion } from '#attestation';
import { type Link } from '../evaluate/chain.js';
import { custodyIn, custodyOfLinks, LabourJudge, type SiteCustody } from '../evaluate/labour.js';
import { type SitesAt } from '../evaluate/sites-at.js';
import { unconfirmedAt, type UnconfirmedAt } from '../evaluate/unconfirmed.js';
import { type Vouched } from '../evaluate/vouching.js';
import { type ProvenanceGraph, type TransformationNode } from '../graph/index.js';
import { type Areas } from '../programmes/index.js';

/** A transformation of a chain. Of its inputs the graph need not hold anything. */
export interface MakingFacts {
  readonly made: TransformationNode;
  readonly graph: ProvenanceGraph;
}

/** One link of a chain, with what its strands look at; each worked out when it is first asked for. */
export class LinkFacts {
  readonly #validAt: string;
  #custody: readonly SiteCustody[] | undefined;
  readonly #labour = new Map<Areas | undefined, LabourJudge>();
  #unconfirmed: readonly UnconfirmedAt[] | undefined;

  /** @param vouchedBy what is vouched for of the batch by all of these criteria */
  constructor(
    readonly link: Link,
    readonly graph: ProvenanceGraph,
    readonly sites: SitesAt,
    validAt: string,
    readonly vouchedBy: (criteria: readonly FactCriterion[]) => Vouched,
  ) {
    this.#validAt = validAt;
  }

  get custody(): readonly SiteCustody[] {
    const bySite = (): readonly SiteCustody[] => [
      ...custodyOfLinks([this.link], this.#validAt, (siteId) => this.sites.rightsAt(siteId)).values(),
    ];
    return (this.#custody ??= bySite());
  }

  labourAt(areas: Areas | undefined): LabourJudge {
    let judge = this.#labour.get(areas);
    if (judge === undefined)
      this.#labour.set(areas, (judge = new LabourJudge(custodyIn(areas, this.custody, this.graph))));
    return judge;
  }

  get unconfirmed(): readonly UnconfirmedAt[] {
    return (this.#unconfirmed ??= unconfirmedAt(this.link, this.graph));
  }
}
