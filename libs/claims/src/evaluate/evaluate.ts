import { type ProvenanceGraph } from '../graph/index.js';
import { programmeReference, type BatteryCategory, type Programme } from '../programmes/index.js';
import { type Standing } from '../standing/index.js';
import { Chains, type ChainSource, type JudgedChain } from './chains.js';
import { isProof, judgedLinesOf, saidOf } from './judged-lines.js';
import { judgementInForce } from './judgement.js';
import { type ReasonOfParts } from './part.js';
import { regulatedAs, whatIfOf, type Regulated } from './regulated.js';
import { Expiry } from './stands-until.js';
import { type ClaimLine, type ClaimsVerdict, type Reason, type Subject } from './verdict.types.js';

export interface Question {
  readonly batchId: string;
  /** RFC 3339 UTC with milliseconds. */
  readonly validAt: string;
  /** The moment whose law applies; default: the day on which the product was placed on the market, else `validAt`. */
  readonly rulesAt?: string;
  /** What the batch asked about stands for, if that is what a plant made of a model in a year. Default: the product that it is, if any. */
  readonly regulated?: Regulated;
  /**
   * Judges as if it were a battery of this category, which the answer marks (`whatIf`). Default: the product's category, else
   * one of `ev`, `industrial`, `sli`.
   */
  readonly batteryCategory?: BatteryCategory;
  /** Also judges by rules whose duty does not fall on what is asked about, as an indication of what they would say. */
  readonly indicative?: boolean;
}

/**
 * The verdict of a batch under a programme (`docs/claims.md`), pure and linear in the batch's chain. Never throws on
 * anything that `foldEvent` and `foldStanding` made, whatever the events said.
 *
 * Reasons are given for every claim in force that does not hold. A claim is a conjunction: its verdict is that of its
 * worst parts, and becomes better only when all of those change. Its reasons are the fewest events whose change would do
 * that, at least one for each worst part; what a part is, and which change of an event mends it, is documented at each
 * claim's own function under "Shortest". Where evidence is missing no record is wrong: the events named show where it is missing.
 *
 * @param graph folded from the events of the chain with occurredAt ≤ validAt
 * @param standing of the sites of the chain; what occurred after validAt does not count
 * @returns undefined when the graph does not know the batch
 */
export function evaluate(
  graph: ProvenanceGraph,
  standing: Standing,
  programme: Programme,
  { batchId, validAt, ...about }: Question,
): ClaimsVerdict | undefined {
  return new Evaluator(new Chains(graph, standing, validAt), programme, about).verdictOf(batchId);
}

export interface EvaluatorOptions extends Omit<Question, 'batchId' | 'validAt'> {
  /** False: verdicts come without their reasons. Default: true. */
  readonly reasons?: boolean;
  /** False: claims say nothing but their verdicts. Default: true. */
  readonly measures?: boolean;
}

/** Kinds of products remembered at once: a replay goes through every product of a ledger, in bounded memory. */
const MOST_PRODUCTS = 1_000;

/** {@link evaluate} for many batches of one graph: what their chains have in common is computed once. */
export class Evaluator {
  readonly #lines;
  readonly #rulesAt;
  readonly #expiry;
  readonly #whatIf;
  readonly #reference;
  readonly #withReasons;
  readonly #withMeasures;
  readonly #about: EvaluatorOptions;

  readonly #chains: ChainSource;
  readonly #programme: Programme;
  /** For products, by what laws consider. */
  readonly #ofProducts = new Map<string, Evaluator>();

  /** @param chains shared with the evaluators of other programmes, which are asked about the same batches in turn */
  constructor(chains: ChainSource, programme: Programme, about: EvaluatorOptions = {}) {
    this.#chains = chains;
    this.#programme = programme;
    this.#about = about;
    const { validAt, sites } = chains;
    const { regulated, reasons = true, measures = true } = about;
    const rulesAt = about.rulesAt ?? regulated?.placedOnMarket;
    this.#rulesAt = rulesAt ?? validAt;
    this.#lines = judgedLinesOf(programme, this.#rulesAt, about);
    this.#whatIf = whatIfOf(about);
    this.#expiry = new Expiry(programme, sites, { validAt, rulesAt });
    this.#reference = programmeReference(programme);
    this.#withReasons = reasons;
    this.#withMeasures = measures;
  }

  /**
   * A product is judged as one: by the duties laid on products of its category, under the law of the day on which it was placed
   * on the market. Undefined when the graph does not know the batch.
   */
  verdictOf(batchId: string): ClaimsVerdict | undefined {
    const judged = this.#chains.of(batchId);
    if (judged === undefined) return undefined;
    const regulated = this.#about.regulated === undefined ? regulatedAs(judged.chain.asked) : undefined;
    return regulated === undefined ? this.#verdictOn(judged) : this.#forProduct(regulated).#verdictOn(judged);
  }

  #forProduct(regulated: Regulated): Evaluator {
    const key = JSON.stringify(regulated);
    let evaluator = this.#ofProducts.get(key);
    if (evaluator === undefined) {
      if (this.#ofProducts.size >= MOST_PRODUCTS) this.#ofProducts.clear();
      evaluator = new Evaluator(this.#chains, this.#programme, { ...this.#about, regulated });
      this.#ofProducts.set(key, evaluator);
    }
    return evaluator;
  }

  #verdictOn(judged: JudgedChain): ClaimsVerdict {
    const { validAt } = this.#chains;
    const { batchId } = judged.chain.asked;
    const lines: ClaimLine[] = [];
    const reasons: Reason[] = [];
    let isMeasured = false;
    for (const line of this.#lines.each) {
      if (line.always !== undefined) {
        lines.push(line.always);
        continue;
      }
      const { verdict, measures, parts } = judgementInForce(line.line, judged, this.#about);
      const said = saidOf(line, verdict, measures);
      if (this.#withMeasures && measures !== undefined && isProof(verdict)) {
        isMeasured = true;
        lines.push({ ...said, ...measures() });
      } else lines.push(said);
      if (!this.#withReasons || parts.length === 0) continue;
      for (const reason of judged.reasonsOf(parts)) reasons.push(reasonFor(line.subject, reason));
    }
    const { claims, verdict } = isMeasured ? this.#lines.measured(lines) : this.#lines.shared(lines);
    const until = this.#expiry.of(judged.chain, judged.custody, judged.restUntil);
    return {
      batchId,
      programme: this.#reference,
      validAt,
      rulesAt: this.#rulesAt,
      ...(this.#whatIf === undefined ? {} : { whatIf: this.#whatIf }),
      verdict,
      claims,
      reasons,
      ...(until === undefined ? {} : { standsUntil: until }),
    };
  }
}

/** Written field by field: a chain without any label has as many reasons as batches. */
function reasonFor({ claim, mineral, right, document }: Subject, explained: ReasonOfParts): Reason {
  const { verdict, because, eventIds, batchId, siteId, from, until } = explained;
  const reason: { -readonly [F in keyof Reason]: Reason[F] } =
    mineral !== undefined
      ? { claim, mineral, verdict, because, eventIds }
      : right !== undefined
        ? { claim, right, verdict, because, eventIds }
        : document !== undefined
          ? { claim, document, verdict, because, eventIds }
          : { claim, verdict, because, eventIds };
  if (batchId !== undefined) reason.batchId = batchId;
  if (siteId !== undefined) reason.siteId = siteId;
  if (from !== undefined) reason.from = from;
  if (until !== undefined) reason.until = until;
  return reason;
}
