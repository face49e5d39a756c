import { Chain, SharedLinks } from '../evaluate/chain.js';
import { JudgedChain, type Chains } from '../evaluate/chains.js';
import { massPartsOf, type MassJudge } from '../evaluate/mass.js';
import { type Part } from '../evaluate/part.js';
import { type ProgrammeLine } from '../evaluate/programme-lines.js';
import { type RestUntil } from '../evaluate/stands-until.js';
import { type BatchNode, type ProvenanceGraph } from '../graph/index.js';
import { type Basis } from './basis.js';
import { type Known } from './summary.js';
import { type ClaimsVerdict, type Subject, type Verdict } from '../evaluate/verdict.types.js';
import { type Claim } from '../programmes/index.js';

const NOTHING: readonly Part[] = [];
const PART_OF: readonly (readonly Part[])[] = [
  NOTHING,
  [{ verdict: 'unproven', fixes: [] }],
  [{ verdict: 'broken', fixes: [] }],
];

/** Claims about shares: the reasons why they do not hold lie in the composition, wherever in the chain that came from. */
const OF_COMPOSITION: ReadonlySet<Claim> = new Set(['recycled-content', 'recycled-declared', 'origin']);

/** A chain whose last link is known, and the rest only as a summary: reasons are known for the last link only. */
export class SummarisedChain extends JudgedChain {
  readonly #made: Known;
  readonly #basis: Basis;
  /** How bad the rest is where it is bad, by claim and subject. */
  readonly #rests = new Map<string, number>();

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
    if (worst === 0) return NOTHING;
    const key = keyOf(line);
    this.#rests.set(key, Math.max(worst, this.#rests.get(key) ?? 0));
    return PART_OF[worst] ?? NOTHING;
  };

  /**
   * Whether the reasons of a verdict that was reached on this chain are those of the whole chain: reasons name the parts that
   * are as bad as the claim, and the rest of the chain has none that are. Of an act of the making that nobody vouches for, on
   * which trade terms rest too, the summary tells only that there is one.
   */
  hasAllReasonsOf({ claims }: ClaimsVerdict): boolean {
    const isActUnvouched = this.#made.vouched.some((vouched) => vouched?.acted === true);
    return claims.every((line) => {
      const badness = BADNESS_OF[line.verdict] ?? 0;
      if (badness === 0) return true;
      if (OF_COMPOSITION.has(line.claim) || (isActUnvouched && line.claim === 'trade-terms')) return false;
      return (this.#rests.get(keyOf(line)) ?? 0) < badness;
    });
  }

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

const BADNESS_OF: { readonly [V in Verdict]?: number } = { unproven: 1, broken: 2 };

function keyOf({ claim, mineral, right, document }: Subject): string {
  return [claim, mineral, right, document].join(' ');
}
