import { type Programme } from '../programmes/index.js';
import { thresholdOf, unjudgedOf, type Judgement } from './judgement.js';
import { linesOf, type ProgrammeLine } from './programme-lines.js';
import { isOwedBy, type Addressed } from './regulated.js';
import { type ClaimLine, type Subject, type Verdict } from './verdict.types.js';

/** A line of the programme, with its answers that say nothing about the batch but the verdict: the same in every chain. */
export interface JudgedLine {
  readonly line: ProgrammeLine;
  readonly subject: Subject;
  /** False: the verdict is an indication only. */
  readonly isOwed: boolean;
  readonly said: Map<Verdict, ClaimLine>;
  /** Its answer, where that does not depend on what is asked about. */
  readonly always?: ClaimLine;
}

/** The claims of a verdict, and the verdict. */
interface Claims {
  readonly claims: readonly ClaimLine[];
  readonly verdict: Verdict;
}

/** Lists of claims remembered at once: the batches of a ledger share few. */
const MOST_LISTS = 1_000;

/** The lines of a programme under the law of a moment, for one kind of question. */
export class JudgedLines {
  readonly each: readonly JudgedLine[];
  readonly #isInForce: boolean;
  /** Claims that say nothing about the batch but their verdicts, by these. */
  readonly #shared = new Map<string, Claims>();
  /** Of the last batch: the next often has the same. */
  #last: Claims | undefined;

  constructor(lines: readonly ProgrammeLine[], about: Addressed) {
    this.each = lines.map((line) => lineJudgedBy(line, about));
    this.#isInForce = lines.some(({ force }) => force !== 'not-in-force');
  }

  /** @param claims of which some say what was measured on the batch */
  measured(claims: readonly ClaimLine[]): Claims {
    return { claims, verdict: this.#isInForce ? worstOf(claims) : 'not-in-force' };
  }

  /**
   * The same list for all batches that have it.
   * @param claims each as {@link saidOf} gives it, or `JudgedLine.always`
   */
  shared(claims: readonly ClaimLine[]): Claims {
    const last = this.#last;
    if (last !== undefined && claims.every((claim, index) => claim === last.claims[index])) return last;
    const key = claims.map(({ verdict }) => verdict).join(' ');
    let known = this.#shared.get(key);
    if (known === undefined) {
      if (this.#shared.size >= MOST_LISTS) this.#shared.clear();
      this.#shared.set(key, (known = this.measured(claims)));
    }
    return (this.#last = known);
  }
}

/**
 * By the lines of the law: those of batches of which nothing is supposed and that are no products, as most are. A server
 * judges a few batches at a time, as of one moment after another.
 */
const OF_MATERIAL = new WeakMap<readonly ProgrammeLine[], JudgedLines>();

/** @param rulesAt the moment whose law applies */
export function judgedLinesOf(programme: Programme, rulesAt: string, about: Addressed): JudgedLines {
  const { regulated, batteryCategory, indicative } = about;
  const lines = linesOf(programme, rulesAt, batteryCategory ?? regulated?.category);
  if (regulated !== undefined || batteryCategory !== undefined || indicative === true || about.rulesAt !== undefined)
    return new JudgedLines(lines, about);
  let judged = OF_MATERIAL.get(lines);
  if (judged === undefined) OF_MATERIAL.set(lines, (judged = new JudgedLines(lines, about)));
  return judged;
}

/** The worst of the claims in force and in scope; a claim that awaits an act shows only where there is none. */
function worstOf(claims: readonly ClaimLine[]): Verdict {
  for (const verdict of ['broken', 'unproven', 'holds', 'undetermined'] as const) {
    if (claims.some((claim) => claim.verdict === verdict)) return verdict;
  }
  return 'out-of-scope';
}

function lineJudgedBy(line: ProgrammeLine, about: Addressed): JudgedLine {
  const said = new Map<Verdict, ClaimLine>();
  const judged = { line, subject: subjectOf(line), isOwed: isOwedBy(line.rule, about), said };
  const unjudged = unjudgedOf(line, about);
  return unjudged === undefined ? judged : { ...judged, always: saidOf(judged, unjudged, () => thresholdOf(line)) };
}

/** Without what was measured on the batch: a line that is not judged shows at most the rule's threshold. */
export function saidOf(
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
export function isProof(verdict: Verdict): boolean {
  return verdict === 'holds' || verdict === 'broken' || verdict === 'unproven';
}

function subjectOf({ claim, mineral, right, document }: ProgrammeLine): Subject {
  return {
    claim,
    ...(mineral === undefined ? {} : { mineral }),
    ...(right === undefined ? {} : { right }),
    ...(document === undefined ? {} : { document }),
  };
}
