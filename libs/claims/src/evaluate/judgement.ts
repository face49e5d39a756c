import { formatMillionths, parseShare } from '../programmes/share.js';
import { type JudgedChain } from './chains.js';
import { documentedParts } from './documented.js';
import { labellingParts } from './labelling.js';
import { verdictOf, type Part } from './part.js';
import { type ProgrammeLine } from './programme-lines.js';
import { isInScope, isLaidOn, type Addressed } from './regulated.js';
import { originShare, recycledContent, recycledDeclared, type ShareJudgement } from './shares.js';
import { tradeTermsParts } from './trade-terms.js';
import { unconfirmedParts } from './unconfirmed.js';
import { type Measures, type Verdict } from './verdict.types.js';

export interface Judgement {
  readonly verdict: Verdict;
  /** Worked out where they are shown. */
  readonly measures?: (() => Measures | undefined) | undefined;
  readonly parts: readonly Part[];
  /** Of a share: all that would count if somebody vouched for it, even where the verdict does not depend on it. */
  readonly unvouched?: (() => readonly Part[]) | undefined;
}

type UnjudgedVerdict = Extract<Verdict, 'not-in-force' | 'out-of-scope' | 'undetermined'>;

const NO_PARTS: readonly Part[] = [];

/**
 * The result of one line of a programme for a chain: judged where its rule is in force, falls on what is asked about (or an
 * indication is requested), and has it in scope.
 */
export function judgementOf(line: ProgrammeLine, judged: JudgedChain, about: Addressed): Judgement {
  const unjudged = unjudgedOf(line, about);
  return unjudged === undefined ? judgementInForce(line, judged, about) : unjudgedAs(unjudged, line);
}

/** {@link judgementOf} a line of which {@link unjudgedOf} says nothing. */
export function judgementInForce(line: ProgrammeLine, judged: JudgedChain, about: Addressed): Judgement {
  const unjudged = unjudgedFor(line, judged, about);
  return unjudged === undefined ? judgedOf(line, judged) : unjudgedAs(unjudged, line);
}

function unjudgedAs(verdict: UnjudgedVerdict, line: ProgrammeLine): Judgement {
  return { verdict, measures: () => thresholdOf(line), parts: NO_PARTS };
}

/** The result of a line that can be given without judging the chain; undefined when the chain decides. */
export function unjudgedOf(line: ProgrammeLine, about: Addressed): UnjudgedVerdict | undefined {
  if (line.force === 'not-in-force') return 'not-in-force';
  const isAddressed = about.indicative === true || isLaidOn(line.rule, about);
  return line.inScope && isAddressed ? undefined : 'out-of-scope';
}

function unjudgedFor(line: ProgrammeLine, judged: JudgedChain, about: Addressed): UnjudgedVerdict | undefined {
  if (!isInScope(line.rule.scope, judged.chain.asked, about.regulated)) return 'out-of-scope';
  return line.force === 'undetermined' ? 'undetermined' : undefined;
}

function judgedOf(line: ProgrammeLine, judged: JudgedChain): Judgement {
  const judgement = judge(line, judged);
  if (judgement === 'out-of-scope') return unjudgedAs(judgement, line);
  const unconfirmed = unconfirmedParts(judged.unconfirmed, line.rule, line.mineral);
  const rest = judged.restOf(line);
  const parts =
    unconfirmed.length + rest.length === 0 ? judgement.parts : [...judgement.parts, ...unconfirmed, ...rest];
  const { measures, unvouched } = judgement;
  return { verdict: verdictOf(parts), measures, parts, unvouched };
}

function judge({ rule, mineral, right }: ProgrammeLine, judged: JudgedChain): ShareJudgement {
  const { chain, graph } = judged;
  switch (rule.claim) {
    case 'recycled-content': {
      const threshold = mineral === undefined ? undefined : rule.thresholds[mineral];
      if (mineral === undefined || threshold === undefined) return 'out-of-scope';
      return recycledContent(chain, graph, mineral, { threshold, counts: rule.counts }, judged.vouching(rule));
    }
    case 'recycled-declared':
      if (mineral === undefined) return 'out-of-scope';
      return recycledDeclared(chain, graph, mineral, rule.counts, judged.vouching(rule));
    case 'origin':
      return originShare(chain, graph, rule, judged.vouching(rule), judged.processing(rule));
    case 'labelling':
      return { parts: labellingParts(chain, rule) };
    case 'labour':
    case 'conduct':
    case 'environment': {
      if (right === undefined) return 'out-of-scope';
      const evidence = rule.claim === 'environment' ? 'attestations' : rule.evidence;
      return { parts: judged.labourAt(rule.sitesIn).parts(right, evidence) };
    }
    case 'documented':
      return { parts: documentedParts(chain, rule) };
    case 'custody':
      return { parts: judged.custodyParts() };
    case 'mass-balance':
      return { parts: judged.massBalanceParts() };
    case 'chain-of-custody':
      return { parts: judged.custodyModelParts() };
    case 'control':
      return { parts: judged.controlParts(rule) };
    case 'trade-terms':
      return { parts: tradeTermsParts(chain, graph, rule, judged.vouching(rule)) };
  }
}

/** The threshold of a line that is not judged. */
export function thresholdOf({ rule, mineral }: ProgrammeLine): Measures | undefined {
  const text =
    rule.claim === 'origin'
      ? rule.threshold
      : rule.claim === 'recycled-content' && mineral !== undefined
        ? rule.thresholds[mineral]
        : undefined;
  const millionths = text === undefined ? undefined : parseShare(text);
  return millionths === undefined ? undefined : { threshold: formatMillionths(millionths) };
}
