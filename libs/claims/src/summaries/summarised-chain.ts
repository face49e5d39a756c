import { Chain, SharedLinks } from '../evaluate/chain.js';
import { JudgedChain, type Chains } from '../evaluate/chains.js';
import { massPartsOf, type MassJudge } from '../evaluate/mass.js';
import { type Part } from '../evaluate/part.js';
import { type ProgrammeLine } from '../evaluate/programme-lines.js';
import { type RestUntil } from '../evaluate/stands-until.js';
import { type BatchNode, type ProvenanceGraph } from '../graph/index.js';
import { type Basis } from './basis.js';
import { type Known } from './summary.js';

const PART_OF: readonly (readonly Part[])[] = [
  [],
  [{ verdict: 'unproven', fixes: [] }],
  [{ verdict: 'broken', fixes: [] }],
];

/** A chain of which the last link is known, and of the rest what it comes to. It has verdicts, and no reasons. */
export class SummarisedChain extends JudgedChain {
  readonly #made: Known;
  readonly #basis: Basis;

  constructor(
    node: BatchNode,
    made: Known,
    basis: Basis,
    graph: ProvenanceGraph,
    masses: MassJudge,
    at: Pick<Chains, 'sites' | 'validAt' | 'vouching' | 'processing'>,
  ) {
    super(new Chain(node, new SharedLinks([], [])), graph, masses, at);
    this.#made = made;
    this.#basis = basis;
  }

  override readonly restOf = (line: ProgrammeLine): readonly Part[] => {
    let worst = 0;
    const { strands } = this.#made;
    for (const place of this.#basis.placesOf(line)) {
      const met = this.#basis.met(this.#basis.strands[place]!, this.chain.own, this.graph, strands);
      worst = Math.max(worst, strands[place] ?? 0, met);
    }
    return PART_OF[worst] ?? [];
  };

  override get restUntil(): RestUntil {
    return this.#made.until;
  }

  /** Its making is part of the rest. */
  override massBalanceParts(): Part[] {
    return massPartsOf(this.chain.own);
  }

  override custodyModelParts(): Part[] {
    return [];
  }
}
