import { type ProvenanceGraph } from '../graph/index.js';
import { programmeReference, type BatteryCategory, type Programme } from '../programmes/index.js';
import { formatMillionths, parseShare } from '../programmes/share.js';
import type { Standing } from '../standing/index.js';
import { chainOf, custodyOf, type Chain } from './chain.js';
import { custodyParts, tradeTermsParts } from './custody.js';
import { labellingParts } from './labelling.js';
import { custodyBySite, labourParts, type SiteCustody } from './labour.js';
import { custodyModelParts, massBalanceParts } from './mass.js';
import { reasonsOf, verdictOf, type Part } from './part.js';
import { linesOf, type ProgrammeLine } from './programme-lines.js';
import { mayContain, originShare, recycledContent, recycledDeclared, type ShareJudgement } from './shares.js';
import { standsUntil } from './stands-until.js';
import type { ClaimLine, ClaimsVerdict, Measures, Reason, Subject, Verdict } from './verdict.types.js';

export interface Question {
  readonly batchId: string;
  /** RFC 3339 UTC with milliseconds. */
  readonly validAt: string;
  /** None: judged as one of `ev`, `industrial`, `sli`. */
  readonly batteryCategory?: BatteryCategory;
}

/**
 * The verdict of a batch under a programme (`docs/claims.md`), pure and linear in the batch's chain. Never throws on
 * anything that `foldEvent` and `foldStanding` made, whatever the events said.
 *
 * Reasons are given for every claim in force that does not hold. A claim is a conjunction: its verdict is that of its
 * worst parts, and becomes better only when all of those change. Its reasons are the fewest events whose change would do
 * that, at least one for each worst part; what a part is, and which change of an event mends it, each claim's own function
 * says under "Shortest". Where evidence is missing no record is wrong: the events named show where it is missing.
 *
 * @param graph folded from the events of the chain with occurredAt ≤ validAt
 * @param standing of the sites of the chain; what occurred after validAt does not count
 * @returns undefined when the graph does not know the batch
 */
export function evaluate(
  graph: ProvenanceGraph,
  standing: Standing,
  programme: Programme,
  { batchId, validAt, batteryCategory }: Question,
): ClaimsVerdict | undefined {
  const chain = chainOf(graph, batchId);
  if (chain === undefined) return undefined;
  const judge = new Judge(graph, standing, chain, validAt);
  const claims: ClaimLine[] = [];
  const reasons: Reason[] = [];
  const lines = linesOf(programme, validAt, batteryCategory);
  for (const line of lines) {
    const { verdict, measures, parts } = judge.line(line);
    const subject = subjectOf(line);
    claims.push({ ...subject, verdict, citation: line.rule.citation, ...measures });
    reasons.push(...reasonsOf(subject, parts));
  }
  const until = standsUntil(chain, judge.custody, standing, programme, validAt);
  return {
    batchId,
    programme: programmeReference(programme),
    validAt,
    verdict: lines.some(({ inForce }) => inForce) ? worstOf(claims) : 'not-in-force',
    claims,
    reasons,
    ...(until === undefined ? {} : { standsUntil: until }),
  };
}

/** The worst of the claims in force and in scope. */
function worstOf(claims: readonly ClaimLine[]): Verdict {
  for (const verdict of ['broken', 'unproven', 'holds'] as const) {
    if (claims.some((claim) => claim.verdict === verdict)) return verdict;
  }
  return 'out-of-scope';
}

function subjectOf({ claim, mineral, right }: ProgrammeLine): Subject {
  return { claim, ...(mineral === undefined ? {} : { mineral }), ...(right === undefined ? {} : { right }) };
}

interface Judgement {
  readonly verdict: Verdict;
  readonly measures: Measures;
  readonly parts: readonly Part[];
}

/** What the lines of one answer have in common, worked out once. */
class Judge {
  private sites: readonly SiteCustody[] | undefined;

  constructor(
    private readonly graph: ProvenanceGraph,
    private readonly standing: Standing,
    private readonly chain: Chain,
    private readonly validAt: string,
  ) {}

  get custody(): readonly SiteCustody[] {
    return (this.sites ??= custodyBySite(custodyOf(this.chain, this.validAt), this.standing, this.validAt));
  }

  line(line: ProgrammeLine): Judgement {
    if (!line.inForce) return { verdict: 'not-in-force', measures: thresholdOf(line), parts: [] };
    const judged = line.inScope && this.isInScope(line) ? this.judged(line) : 'out-of-scope';
    if (judged === 'out-of-scope') return { verdict: judged, measures: thresholdOf(line), parts: [] };
    return { verdict: verdictOf(judged.parts), ...judged };
  }

  private isInScope({ rule: { scope } }: ProgrammeLine): boolean {
    const { asked } = this.chain;
    if (scope?.materials !== undefined && !scope.materials.includes(asked.material)) return false;
    return scope?.minerals === undefined || mayContain(asked, scope.minerals);
  }

  private judged({ rule, mineral, right }: ProgrammeLine): ShareJudgement {
    const { chain, graph } = this;
    switch (rule.claim) {
      case 'recycled-content': {
        const threshold = mineral === undefined ? undefined : rule.thresholds[mineral];
        if (mineral === undefined || threshold === undefined) return 'out-of-scope';
        return recycledContent(chain, graph, mineral, threshold);
      }
      case 'recycled-declared':
        return mineral === undefined ? 'out-of-scope' : recycledDeclared(chain, mineral);
      case 'origin':
        return originShare(chain, graph, rule);
      case 'labelling':
        return { measures: {}, parts: labellingParts(chain, rule) };
      case 'labour':
      case 'environment': {
        if (right === undefined) return 'out-of-scope';
        const evidence = rule.claim === 'labour' ? rule.evidence : 'attestations';
        const parts = labourParts(this.custody, right, evidence);
        return { measures: {}, parts };
      }
      case 'custody':
        return { measures: {}, parts: custodyParts(chain) };
      case 'mass-balance':
        return { measures: {}, parts: massBalanceParts(chain, graph) };
      case 'chain-of-custody':
        return { measures: {}, parts: custodyModelParts(chain, graph) };
      case 'trade-terms':
        return { measures: {}, parts: tradeTermsParts(chain, graph, rule) };
    }
  }
}

/** The threshold of a line that is not judged. */
function thresholdOf({ rule, mineral }: ProgrammeLine): Measures {
  const text =
    rule.claim === 'origin'
      ? rule.threshold
      : rule.claim === 'recycled-content' && mineral !== undefined
        ? rule.thresholds[mineral]
        : undefined;
  const millionths = text === undefined ? undefined : parseShare(text);
  return millionths === undefined ? {} : { threshold: formatMillionths(millionths) };
}
