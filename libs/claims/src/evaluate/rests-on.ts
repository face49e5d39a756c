import { CONTROL_CRITERION } from '#attestation';
import { type ProvenanceGraph } from '../graph/index.js';
import { type ControlRule, type Programme } from '../programmes/index.js';
import { type AttestationNode, type Cover, type Standing } from '../standing/index.js';
import { Chains, type JudgedChain } from './chains.js';
import { ControlJudge } from './control.js';
import { evaluate, Evaluator, type Question } from './evaluate.js';
import { judgementOf, type Judgement } from './judgement.js';
import { custodyIn } from './labour.js';
import { linesOf, type ProgrammeLine } from './programme-lines.js';
import { regulatedAs, type Addressed } from './regulated.js';
import { SitesAt } from './sites-at.js';
import { type Missing, type RestsOn, type Statement } from './rests-on.types.js';
import { type ClaimLine, type ClaimsVerdict, type Reason, type Subject } from './verdict.types.js';

/** Statements tried at most, and batches judged for that in all: each is tried by judging the chain again. */
const MOST_STATEMENTS = 200;
const MOST_JUDGED = 50_000;

/**
 * What each line of a verdict rests on: the attestations that cover custody where the line requires cover, or that vouch for
 * an act where it requires that. One that covers the same as another is listed too: without it nothing changes, and `missing` says so. Leaving
 * out an attestation that is not listed changes no verdict, unless it was suspended, revoked or withdrawn: such a one
 * vouches for nothing, and may explain a breach.
 *
 * @param most statements tried
 * @returns undefined when the graph does not know the batch
 */
export function restsOn(
  graph: ProvenanceGraph,
  standing: Standing,
  programme: Programme,
  question: Question,
  most: number = MOST_STATEMENTS,
): RestsOn | undefined {
  const chains = new Chains(graph, standing, question.validAt);
  const judged = chains.of(question.batchId);
  const now = new Evaluator(chains, programme, question).verdictOf(question.batchId);
  if (judged === undefined || now === undefined) return undefined;
  const used = new StatementFinder(graph, standing, chains, judged).usedBy(programme, question);
  const ids = [...new Map(used.flatMap((statements) => [...statements].map(([id, [first]]) => [id, first!])))]
    .sort(([, a], [, b]) => a.attestation.issued.logIndex - b.attestation.issued.logIndex)
    .map(([id]) => id);
  const bound = Math.max(1, Math.min(most, Math.floor(MOST_JUDGED / judged.chain.links.length)));
  const tried = ids.slice(0, bound);
  const known = new Set(now.reasons.map(keyOf));
  const statements = tried.map((id) => {
    const fallen = evaluate(graph, standingWithout(standing, id), programme, question) ?? now;
    return { id, fallen, news: newReasons(fallen, known) };
  });
  const claims = now.claims.flatMap((line, index) => {
    const own = statements.flatMap(({ id, fallen, news }) => {
      const covers = used[index]?.get(id);
      if (covers === undefined) return [];
      return [statementOf(covers, missingIn(fallen.claims[index] ?? line, line, news.get(subjectKeyOf(line))))];
    });
    return own.length === 0 ? [] : [{ ...subjectOf(line), citation: line.citation, statements: own }];
  });
  return { claims, truncated: ids.length > tried.length };
}

/** By attestation: its periods that are used, at least one. */
type UsedCovers = Map<string, Cover[]>;

class StatementFinder {
  readonly #graph: ProvenanceGraph;
  readonly #chains: Chains;
  readonly #judged: JudgedChain;
  /** The chain as if nobody had attested anything: what it then lacks either rests on an attestation, or is not attested. */
  readonly #bare: { readonly judged: JudgedChain; readonly sites: SitesAt };
  readonly #standing: Standing;

  constructor(graph: ProvenanceGraph, standing: Standing, chains: Chains, judged: JudgedChain) {
    this.#graph = graph;
    this.#standing = standing;
    this.#chains = chains;
    this.#judged = judged;
    const bare = new Chains(graph, standingOfNone(standing), chains.validAt);
    this.#bare = { judged: bare.of(judged.chain.asked.batchId)!, sites: bare.sites };
  }

  /** For each line of the programme, in the order of the verdict's. */
  usedBy(programme: Programme, { validAt, ...about }: Question): UsedCovers[] {
    const regulated = about.regulated ?? regulatedAs(this.#judged.chain.asked);
    const rulesAt = about.rulesAt ?? regulated?.placedOnMarket ?? validAt;
    const addressed = { ...about, ...(regulated && { regulated }) };
    const lines = linesOf(programme, rulesAt, about.batteryCategory ?? regulated?.category);
    return lines.map((line) => collected(this.#coversOf(line, addressed)));
  }

  #coversOf(line: ProgrammeLine, about: Addressed): Cover[] {
    const judgement = judgementOf(line, this.#judged, about);
    const { verdict } = judgement;
    if (verdict !== 'holds' && verdict !== 'broken' && verdict !== 'unproven') return [];
    const { rule } = line;
    if (rule.claim === 'control') return this.#controlCovers(rule);
    if ('vouched' in rule && rule.vouched !== undefined) {
      const lacking = unvouched(judgement);
      const vouchedFor = [...unvouched(judgementOf(line, this.#bare.judged, about))];
      const criteria = rule.vouched;
      return vouchedFor.flatMap(([act, { siteId, at }]) =>
        lacking.has(act)
          ? []
          : criteria.flatMap((criterion) =>
              this.#chains.sites.rightsAt(siteId).of(criterion).covered.filter(holdsAt(at)),
            ),
      );
    }
    return this.#custodyCovers(line);
  }

  #custodyCovers({ rule, right }: ProgrammeLine): Cover[] {
    if (right === undefined || (rule.claim !== 'labour' && rule.claim !== 'conduct' && rule.claim !== 'environment'))
      return [];
    if (rule.claim !== 'environment' && rule.evidence !== 'attestations') return [];
    return custodyIn(rule.sitesIn, this.#judged.custody, this.#graph).flatMap(({ rights, periods }) =>
      rights
        .of(right)
        .covered.filter((cover) => periods.some(({ from, until }) => cover.from < until && from < cover.until)),
    );
  }

  /** Attestations of `control` of the organisations that acted, each of which is sufficient by itself. */
  #controlCovers(rule: ControlRule): Cover[] {
    const { validAt } = this.#chains;
    const bare = new ControlJudge(this.#graph, this.#bare.sites, rule);
    return this.#judged.chain.links.flatMap((link) => {
      const [act] = unvouched({ parts: bare.parts([link]) }).values();
      if (act === undefined) return [];
      const covers = this.#chains.sites.rightsAt(act.siteId).of(CONTROL_CRITERION).covered.filter(holdsAt(act.at));
      return covers.filter(({ attestation }) => {
        const alone = new SitesAt(standingOfOne(this.#standing, attestation), validAt);
        return new ControlJudge(this.#graph, alone, rule).parts([link]).length === 0;
      });
    });
  }
}

/** Acts that nobody vouches for, by site and event. */
function unvouched(
  judgement: Pick<Judgement, 'parts' | 'unvouched'>,
): Map<string, { readonly siteId: string; readonly at: string }> {
  const acts = new Map<string, { siteId: string; at: string }>();
  for (const { siteId, missing } of judgement.unvouched?.() ?? judgement.parts) {
    if (siteId === undefined || missing?.because !== 'not-vouched') continue;
    for (const { eventId, occurredAt } of missing.shownBy) acts.set(`${siteId} ${eventId}`, { siteId, at: occurredAt });
  }
  return acts;
}

function holdsAt(at: string): (cover: Cover) => boolean {
  return ({ from, until }) => from <= at && at < until;
}

function collected(covers: readonly Cover[]): UsedCovers {
  const byStatement: UsedCovers = new Map();
  for (const cover of new Set(covers)) {
    const { attestationId } = cover.attestation;
    byStatement.set(attestationId, [...(byStatement.get(attestationId) ?? []), cover]);
  }
  return byStatement;
}

function statementOf(covers: readonly Cover[], missing: Missing): Statement {
  const [first] = covers;
  const { attestationId, issuerOrganisationId, scheme, assurance, siteId } = first!.attestation;
  const from = covers.map((cover) => cover.from).sort()[0]!;
  const until = covers
    .map((cover) => cover.until)
    .sort()
    .at(-1)!;
  return { attestationId, issuerOrganisationId, scheme, assurance, siteId, from, until, missing };
}

function missingIn(line: ClaimLine, before: ClaimLine, reason: Reason | undefined): Missing {
  const { because, batchId, siteId, from, until } = reason ?? {};
  return {
    verdict: line.verdict,
    ...(line.lower !== undefined && line.lower !== before.lower && { lower: line.lower }),
    ...(because !== undefined && { because }),
    ...(batchId !== undefined && { batchId }),
    ...(siteId !== undefined && { siteId }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
  };
}

/** The first reason of each subject that is not among those known. */
function newReasons({ reasons }: ClaimsVerdict, known: ReadonlySet<string>): Map<string, Reason> {
  const first = new Map<string, Reason>();
  for (const reason of reasons) {
    const subject = subjectKeyOf(reason);
    if (!first.has(subject) && !known.has(keyOf(reason))) first.set(subject, reason);
  }
  return first;
}

function keyOf(reason: Reason): string {
  const { because, siteId, batchId, from, until, eventIds } = reason;
  return [subjectKeyOf(reason), because, siteId, batchId, from, until, ...eventIds].join(' ');
}

function subjectKeyOf({ claim, mineral, right, document }: Subject): string {
  return [claim, mineral, right, document].join(' ');
}

function subjectOf({ claim, mineral, right, document }: Subject | ClaimLine): Subject {
  return {
    claim,
    ...(mineral !== undefined && { mineral }),
    ...(right !== undefined && { right }),
    ...(document !== undefined && { document }),
  };
}

/** The standing as if the attestation had never been issued; what both share is not changed. */
function standingWithout(standing: Standing, attestationId: string): Standing {
  const siteId = standing.attestations.get(attestationId)?.siteId;
  const site = siteId === undefined ? undefined : standing.sites.get(siteId);
  if (siteId === undefined || site === undefined) return standing;
  const left = new Map(site.attestations);
  left.delete(attestationId);
  const attestations = new Map(standing.attestations);
  attestations.delete(attestationId);
  const sites = new Map(standing.sites).set(siteId, { ...site, attestations: left });
  return { ...standing, attestations, sites };
}

function standingOfNone(standing: Standing): Standing {
  const sites = new Map([...standing.sites].map(([siteId, site]) => [siteId, { ...site, attestations: new Map() }]));
  return { ...standing, attestations: new Map(), sites };
}

function standingOfOne(standing: Standing, attestation: AttestationNode): Standing {
  const { attestationId, siteId } = attestation;
  const attestations = new Map([[attestationId, attestation]]);
  const none = standing.sites.get(siteId) ?? { holds: [], concerns: new Map() };
  return { ...standing, attestations, sites: new Map([[siteId, { ...none, attestations }]]) };
}
