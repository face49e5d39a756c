import { type ProvenanceGraph } from '../graph/index.js';
import { programmeReference, type BatteryCategory, type Programme } from '../programmes/index.js';
import { formatMillionths, parseShare } from '../programmes/share.js';
import type { Standing } from '../standing/index.js';
import { chainOf, custodyOf, type Chain } from './chain.js';
import { custodyParts, tradeTermsParts } from './custody.js';
import { labellingParts } from './labelling.js';
import { custodyBySite, LabourJudge } from './labour.js';
import { MassJudge } from './mass.js';
import { reasonsOf, verdictOf, type Part, type ReasonOfParts } from './part.js';
import { linesOf, type ProgrammeLine } from './programme-lines.js';
import { mayContain, originShare, recycledContent, recycledDeclared, type ShareJudgement } from './shares.js';
import { SitesAt } from './sites-at.js';
import { Expiry } from './stands-until.js';
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
  { batchId, ...moment }: Question,
): ClaimsVerdict | undefined {
  return new Evaluator(graph, standing, programme, moment).verdictOf(batchId);
}

/**
 * {@link evaluate} for many batches of one graph: what their chains have in common is worked out once. Graph and standing
 * must not change meanwhile.
 */
export class Evaluator {
  private readonly lines;
  private readonly sites;
  private readonly masses;
  private readonly expiry;
  private readonly reference;
  /** Claims that say nothing but their verdicts, by these: most chains of a ledger have the same. */
  private readonly unmeasuredClaims = new Map<string, readonly ClaimLine[]>();

  constructor(
    private readonly graph: ProvenanceGraph,
    standing: Standing,
    programme: Programme,
    private readonly moment: Omit<Question, 'batchId'>,
  ) {
    const { validAt, batteryCategory } = moment;
    this.lines = linesOf(programme, validAt, batteryCategory).map((line): JudgedLine => ({
      line,
      subject: subjectOf(line),
      unmeasured: new Map(),
    }));
    this.sites = new SitesAt(standing, validAt);
    this.masses = new MassJudge(graph);
    this.expiry = new Expiry(programme, this.sites, validAt);
    this.reference = programmeReference(programme);
  }

  /** Undefined when the graph does not know the batch. */
  verdictOf(batchId: string): ClaimsVerdict | undefined {
    const { validAt } = this.moment;
    const chain = chainOf(this.graph, batchId);
    if (chain === undefined) return undefined;
    const custody = custodyBySite(custodyOf(chain, validAt), (siteId) => this.sites.rightsAt(siteId));
    const judge = new ChainJudge(this.graph, this.masses, chain, new LabourJudge(custody));
    const lines: ClaimLine[] = [];
    const reasons: Reason[] = [];
    let isMeasured = false;
    // Claims of several rights often come of the same parts.
    const explained = new Map<readonly Part[], ReasonOfParts[]>();
    for (const judged of this.lines) {
      const { verdict, measures, parts } = judge.line(judged.line);
      if (measures !== undefined) isMeasured = true;
      lines.push(
        measures === undefined ? unmeasured(judged, verdict) : { ...unmeasured(judged, verdict), ...measures },
      );
      let own = explained.get(parts);
      if (own === undefined) explained.set(parts, (own = reasonsOf(parts)));
      for (const reason of own) reasons.push(reasonFor(judged.subject, reason));
    }
    const claims = isMeasured ? lines : this.sameAsBefore(lines);
    const until = this.expiry.of(chain, custody);
    return {
      batchId,
      programme: this.reference,
      validAt,
      verdict: this.lines.some(({ line }) => line.inForce) ? worstOf(claims) : 'not-in-force',
      claims,
      reasons,
      ...(until === undefined ? {} : { standsUntil: until }),
    };
  }

  private sameAsBefore(claims: readonly ClaimLine[]): readonly ClaimLine[] {
    let key = '';
    for (const { verdict } of claims) key += `${verdict} `;
    const known = this.unmeasuredClaims.get(key);
    if (known === undefined) this.unmeasuredClaims.set(key, claims);
    return known ?? claims;
  }
}

/** The worst of the claims in force and in scope. */
function worstOf(claims: readonly ClaimLine[]): Verdict {
  for (const verdict of ['broken', 'unproven', 'holds'] as const) {
    if (claims.some((claim) => claim.verdict === verdict)) return verdict;
  }
  return 'out-of-scope';
}

/** A line of the programme with its answers that say nothing but the verdict: the same in every chain. */
interface JudgedLine {
  readonly line: ProgrammeLine;
  readonly subject: Subject;
  readonly unmeasured: Map<Verdict, ClaimLine>;
}

function unmeasured({ line, subject, unmeasured: known }: JudgedLine, verdict: Verdict): ClaimLine {
  let claim = known.get(verdict);
  if (claim === undefined) known.set(verdict, (claim = { ...subject, verdict, citation: line.rule.citation }));
  return claim;
}

/** Written field by field: a chain without any label has as many reasons as batches. */
function reasonFor({ claim, mineral, right }: Subject, explained: ReasonOfParts): Reason {
  const { verdict, because, eventIds, batchId, siteId, from, until } = explained;
  const reason: { -readonly [F in keyof Reason]: Reason[F] } =
    mineral !== undefined
      ? { claim, mineral, verdict, because, eventIds }
      : right !== undefined
        ? { claim, right, verdict, because, eventIds }
        : { claim, verdict, because, eventIds };
  if (batchId !== undefined) reason.batchId = batchId;
  if (siteId !== undefined) reason.siteId = siteId;
  if (from !== undefined) reason.from = from;
  if (until !== undefined) reason.until = until;
  return reason;
}

function subjectOf({ claim, mineral, right }: ProgrammeLine): Subject {
  return { claim, ...(mineral === undefined ? {} : { mineral }), ...(right === undefined ? {} : { right }) };
}

interface Judgement {
  readonly verdict: Verdict;
  readonly measures?: Measures | undefined;
  readonly parts: readonly Part[];
}

const NO_PARTS: readonly Part[] = [];

/** Judges the lines of one answer. */
class ChainJudge {
  constructor(
    private readonly graph: ProvenanceGraph,
    private readonly masses: MassJudge,
    private readonly chain: Chain,
    private readonly labour: LabourJudge,
  ) {}

  line(line: ProgrammeLine): Judgement {
    if (!line.inForce) return { verdict: 'not-in-force', measures: thresholdOf(line), parts: NO_PARTS };
    const judged = line.inScope && this.isInScope(line) ? this.judged(line) : 'out-of-scope';
    if (judged === 'out-of-scope') return { verdict: judged, measures: thresholdOf(line), parts: NO_PARTS };
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
        return recycledContent(chain, graph, mineral, { threshold, counts: rule.counts });
      }
      case 'recycled-declared':
        return mineral === undefined ? 'out-of-scope' : recycledDeclared(chain, graph, mineral, rule.counts);
      case 'origin':
        return originShare(chain, graph, rule);
      case 'labelling':
        return { parts: labellingParts(chain, rule) };
      case 'labour':
      case 'environment': {
        if (right === undefined) return 'out-of-scope';
        const evidence = rule.claim === 'labour' ? rule.evidence : 'attestations';
        return { parts: this.labour.parts(right, evidence) };
      }
      case 'custody':
        return { parts: custodyParts(chain) };
      case 'mass-balance':
        return { parts: this.masses.massBalanceParts(chain) };
      case 'chain-of-custody':
        return { parts: this.masses.custodyModelParts(chain) };
      case 'trade-terms':
        return { parts: tradeTermsParts(chain, graph, rule) };
    }
  }
}

/** The threshold of a line that is not judged. */
function thresholdOf({ rule, mineral }: ProgrammeLine): Measures | undefined {
  const text =
    rule.claim === 'origin'
      ? rule.threshold
      : rule.claim === 'recycled-content' && mineral !== undefined
        ? rule.thresholds[mineral]
        : undefined;
  const millionths = text === undefined ? undefined : parseShare(text);
  return millionths === undefined ? undefined : { threshold: formatMillionths(millionths) };
}
