import { type ProvenanceGraph } from '../graph/index.js';
import { type Programme } from '../programmes/index.js';
import { type Standing } from '../standing/index.js';
import { Chains } from './chains.js';
import { Evaluator } from './evaluate.js';
import { MODEL_YEAR_ID, withModelYear, type AlikeProducts } from './model-year.js';
import { recycledSharesOf, type RecycledShares } from './recycled-shares.js';
import { type Regulated } from './regulated.js';
import { type ClaimLine, type Reason, type Verdict } from './verdict.types.js';

interface ModelYearQuestion {
  /** RFC 3339 UTC with milliseconds. */
  readonly validAt: string;
  /** The moment whose law applies, whenever they were placed on the market. */
  readonly rulesAt?: string;
  /** What the law considers, the same for all of the products. None: they are not batteries. */
  readonly regulated?: Regulated;
}

export interface ModelYearVerdict {
  readonly rulesAt: string;
  readonly verdict: Verdict;
  readonly claims: readonly ClaimLine[];
  /** Reasons about all of the products name no batch. */
  readonly reasons: readonly Reason[];
}

/**
 * The days on which the law for a model, year and plant changes, ascending (RFC 3339 UTC with milliseconds): what was placed
 * on the market on one side of such a day is not judged with what was placed on the other.
 */
export function lawChanges({ rules }: Programme): string[] {
  const days = rules
    .filter(({ subject }) => subject === 'model-year-plant')
    .flatMap(({ from, until }) => [from, ...(until === undefined ? [] : [until])]);
  return [...new Set(days)].sort();
}

/**
 * Judges what a plant made of a model in a year, by the rules whose duty falls on that.
 * @param graph with the chain of the example of each kind of products
 */
export function judgeModelYear(
  { graph, standing }: { readonly graph: ProvenanceGraph; readonly standing: Standing },
  programme: Programme,
  products: readonly AlikeProducts[],
  { validAt, rulesAt, regulated }: ModelYearQuestion,
): ModelYearVerdict {
  const rules = programme.rules.filter(({ subject }) => subject === 'model-year-plant');
  const chains = new Chains(withModelYear(graph, products), standing, validAt);
  const about = { ...(rulesAt !== undefined && { rulesAt }), ...(regulated !== undefined && { regulated }) };
  // It is in the graph that it was put into.
  const judged = new Evaluator(chains, { ...programme, rules }, about).verdictOf(MODEL_YEAR_ID)!;
  return {
    rulesAt: judged.rulesAt,
    verdict: judged.verdict,
    claims: judged.claims,
    reasons: judged.reasons.map(({ batchId, ...reason }) =>
      batchId === undefined || batchId === MODEL_YEAR_ID ? reason : { ...reason, batchId },
    ),
  };
}

/** The recycled content of all of these products together. */
export function sharesOfModelYear(
  { graph, standing }: { readonly graph: ProvenanceGraph; readonly standing: Standing },
  programme: Programme,
  products: readonly AlikeProducts[],
  validAt: string,
): RecycledShares[] {
  const judged = new Chains(withModelYear(graph, products), standing, validAt).of(MODEL_YEAR_ID);
  return judged === undefined ? [] : recycledSharesOf(judged, programme);
}
