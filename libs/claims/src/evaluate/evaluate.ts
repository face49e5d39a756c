import { type ProvenanceGraph } from '../graph/index.js';
import { programmeReference, type BatteryCategory, type Programme } from '../programmes/index.js';
import { type Standing } from '../standing/index.js';
import { Chains, type ChainSource, type JudgedChain } from './chains.js';
import { judgementInForce, thresholdOf, unjudgedOf, type Judgement } from './judgement.js';
import { type ReasonOfParts } from './part.js';
import { linesOf, type ProgrammeLine } from './programme-lines.js';
import { isOwedBy, regulatedAs, whatIfOf, type Regulated } from './regulated.js';
import { Expiry } from './stands-until.js';
import { type ClaimLine, type ClaimsVerdict, type Reason, type Subject, type Verdict } from './verdict.types.js';

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
  readonly #isInForce;
  readonly #rulesAt;
  readonly #expiry;
  readonly #whatIf;
  readonly #reference;
  readonly #withReasons;
  readonly #withMeasures;
  readonly #about: EvaluatorOptions;
  /** The claims of most chains of a ledger are those of many others. */
  readonly #sharedClaims = new SharedClaims();

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
    const { batteryCategory, regulated, reasons = true, measures = true } = about;
    const rulesAt = about.rulesAt ?? regulated?.placedOnMarket;
    this.#rulesAt = rulesAt ?? validAt;
    this.#lines = linesOf(programme, this.#rulesAt, batteryCategory ?? regulated?.category).map((line) =>
      lineJudgedBy(line, about),
    );
    this.#isInForce = this.#lines.some(({ line }) => line.force !== 'not-in-force');
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
    for (const line of this.#lines) {
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
    const { claims, worst } = isMeasured ? { claims: lines, worst: worstOf(lines) } : this.#sharedClaims.of(lines);
    const until = this.#expiry.of(judged.chain, judged.custody, judged.restUntil);
    return {
      batchId,
      programme: this.#reference,
      validAt,
      rulesAt: this.#rulesAt,
      ...(this.#whatIf === undefined ? {} : { whatIf: this.#whatIf }),
      verdict: this.#isInForce ? worst : 'not-in-force',
      claims,
      reasons,
      ...(until === undefined ? {} : { standsUntil: until }),
    };
  }
}

interface Claims {
  readonly claims: readonly ClaimLine[];
  readonly worst: Verdict;
}

/** Lists of claims that say nothing about the batch but their verdicts, each once. */
class SharedClaims {
  readonly #known = new Map<string, Claims>();
  /** Of the last batch: the next often has the same. */
  #last: Claims | undefined;

  /** @param lines one of `JudgedLine.said` or `JudgedLine.always` of each line */
  of(lines: readonly ClaimLine[]): Claims {
    const last = this.#last;
    if (last !== undefined && lines.every((line, index) => line === last.claims[index])) return last;
    const key = lines.map(({ verdict }) => verdict).join(' ');
    let claims = this.#known.get(key);
    if (claims === undefined) this.#known.set(key, (claims = { claims: lines, worst: worstOf(lines) }));
    return (this.#last = claims);
  }
}

/** The worst of the claims in force and in scope; a claim that awaits an act shows only where there is none. */
function worstOf(claims: readonly ClaimLine[]): Verdict {
  for (const verdict of ['broken', 'unproven', 'holds', 'undetermined'] as const) {
    if (claims.some((claim) => claim.verdict === verdict)) return verdict;
  }
  return 'out-of-scope';
}

/** A line of the programme, with its answers that say nothing about the batch but the verdict: the same in every chain. */
interface JudgedLine {
  readonly line: ProgrammeLine;
  readonly subject: Subject;
  /** False: the verdict is an indication only. */
  readonly isOwed: boolean;
  readonly said: Map<Verdict, ClaimLine>;
  /** Its answer, where that does not depend on what is asked about. */
  readonly always?: ClaimLine;
}

function lineJudgedBy(line: ProgrammeLine, about: EvaluatorOptions): JudgedLine {
  const said = new Map<Verdict, ClaimLine>();
  const judged = { line, subject: subjectOf(line), isOwed: isOwedBy(line.rule, about), said };
  const unjudged = unjudgedOf(line, about);
  return unjudged === undefined ? judged : { ...judged, always: saidOf(judged, unjudged, () => thresholdOf(line)) };
}

/** Without what was measured on the batch: a line that is not judged shows at most the rule's threshold. */
function saidOf(
  { line, subject, isOwed, said }: JudgedLine,
  verdict: Verdict,
  measures: Judgement['measures'],
): ClaimLine {
  let claim = said.get(verdict);
  if (claim === undefined) {
    const { citation, awaits } = line.rule;
    claim = {
      ...subject,
      verdict,
      citation,
      ...(verdict === 'undetermined' && awaits !== undefined ? { act: awaits.act } : {}),
      ...(!isOwed && isProof(verdict) ? { indicative: true as const } : {}),
      ...(isProof(verdict) ? {} : measures?.()),
    };
    said.set(verdict, claim);
  }
  return claim;
}

/** Whether the line was judged, and is not merely listed. */
function isProof(verdict: Verdict): boolean {
  return verdict === 'holds' || verdict === 'broken' || verdict === 'unproven';
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

function subjectOf({ claim, mineral, right, document }: ProgrammeLine): Subject {
  return {
    claim,
    ...(mineral === undefined ? {} : { mineral }),
    ...(right === undefined ? {} : { right }),
    ...(document === undefined ? {} : { document }),
  };
}
