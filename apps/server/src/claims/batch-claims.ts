import { visibilityOf, type Principal } from '#access';
import {
  buildGraph,
  buildStanding,
  Chains,
  Evaluator,
  restsOn,
  type BatteryCategory,
  type ClaimsVerdict,
  type Programme,
} from '#claims';
import {
  type ChainFacts,
  type ClaimsAnswer,
  type ExplainedVerdict,
  type ProvenanceQueries,
  type SummarisedVerdicts,
} from '#read-model';
import { type LedgerClock } from '#recording';
import { type ProgrammeLibrary } from '#programmes';
import { type DisclosureReader } from '../disclosures/disclosures.js';
import { Problem } from '../problem/problem.js';
import { type AsOf, type KnownMoment } from './as-of.js';

export interface ClaimsQuestion {
  /** Whether the caller asked about it as a batch or as a product. */
  readonly kind: 'batch' | 'product';
  readonly batchId: string;
  /** `id` or `id@version`. */
  readonly programme: string;
  /** Undefined: now. */
  readonly validAt: string | undefined;
  readonly knownAt: string | undefined;
  /** The moment whose law applies; default: for a product the day it was placed on the market, else `validAt`. */
  readonly rulesAt: string | undefined;
  /** Judge it as a battery of this category. */
  readonly batteryCategory: BatteryCategory | undefined;
  /** Also judge by rules whose duty does not apply to batches. */
  readonly indicative: boolean;
  /** Say which attestations the verdict rests on, and what would be missing without each. */
  readonly restsOn: boolean;
  /** Say why lines do not hold. */
  readonly reasons: boolean;
  /** Leave out nothing that is known, even if that requires a walk through the chain. */
  readonly complete: boolean;
}

/** A verdict, and what is known about it. */
interface Judged {
  readonly verdict: ClaimsVerdict & Pick<ExplainedVerdict, 'restsOn'>;
  readonly logIndex: number;
}

interface BatchClaimsParts {
  readonly library: ProgrammeLibrary;
  readonly provenances: ProvenanceQueries;
  readonly summarised: SummarisedVerdicts;
  readonly asOf: AsOf;
  readonly disclosures: DisclosureReader;
  readonly clock: LedgerClock;
}

/**
 * Judges one batch as of any moment, from its chain alone; as of now from the summary of its chain, if that is enough
 * to answer the question.
 */
export class BatchClaims {
  readonly #library: ProgrammeLibrary;
  readonly #provenances: ProvenanceQueries;
  readonly #summarised: SummarisedVerdicts;
  readonly #asOf: AsOf;
  readonly #disclosures: DisclosureReader;
  readonly #clock: LedgerClock;

  constructor({ library, provenances, summarised, asOf, disclosures, clock }: BatchClaimsParts) {
    this.#library = library;
    this.#provenances = provenances;
    this.#summarised = summarised;
    this.#asOf = asOf;
    this.#disclosures = disclosures;
    this.#clock = clock;
  }

  /**
   * @param principal withheld values of the chain that this caller may see count in the answer
   * @param signal checked before the chain is judged
   * @throws Problem `not-found` for a programme or a batch that was not known then, `invalid-request`; the reason of the
   *   signal once that is aborted
   */
  async judge(principal: Principal, question: ClaimsQuestion, signal?: AbortSignal): Promise<ClaimsAnswer> {
    const visibility = visibilityOf(principal);
    const known = await this.#asOf.knownMoment(question.knownAt);
    const programme = this.#programme(question.programme, known.recordedAt);
    const { verdict, logIndex } =
      (await this.#fromSummary(principal, question, programme, known)) ??
      (await this.#fromChain(principal, question, programme, known, signal));
    const explained = await this.#provenances.explain(visibility, verdict, (data) =>
      this.#disclosures.revealedIn(data, principal),
    );
    const { batchId, programme: name, validAt, rulesAt, reasons, explanations, ...rest } = explained;
    const answer = { batchId, programme: name, validAt, rulesAt, knownAt: { logIndex }, ...rest };
    return question.reasons ? { ...answer, reasons, explanations } : answer;
  }

  /** Undefined when the summary cannot answer the whole question. */
  async #fromSummary(
    principal: Principal,
    question: ClaimsQuestion,
    programme: Programme,
    known: KnownMoment,
  ): Promise<Judged | undefined> {
    const { validAt, knownAt, rulesAt, batteryCategory, indicative } = question;
    const isAsKept = validAt === undefined && knownAt === undefined && rulesAt === undefined;
    // A summary is made without any withheld values.
    if (!isAsKept || batteryCategory !== undefined || indicative || question.restsOn || !this.#disclosures.isEmpty)
      return undefined;
    const id = await this.#provenances.ownId(visibilityOf(principal), question.batchId);
    const { reasons } = question;
    const found = id && (await this.#summarised.verdict(id, programme, this.#clock.now(), { reasons }));
    if (!found) return undefined;
    const { verdict, judgedUpTo: logIndex } = found;
    const isComplete = logIndex >= known.logIndex;
    return isComplete || !(reasons || question.complete) ? { verdict, logIndex } : undefined;
  }

  async #fromChain(
    principal: Principal,
    question: ClaimsQuestion,
    programme: Programme,
    { logIndex }: KnownMoment,
    signal: AbortSignal | undefined,
  ): Promise<Judged> {
    const { kind, batchId, validAt = this.#clock.now(), rulesAt, batteryCategory, indicative, reasons } = question;
    const moment = { knownAt: logIndex, validAt };
    const found = await this.#provenances.chainFacts(visibilityOf(principal), batchId, moment);
    const facts = found && ((await this.#revealed(found.batchId, moment, principal)) ?? found);
    signal?.throwIfAborted();
    const about = {
      indicative,
      ...(rulesAt !== undefined && { rulesAt }),
      ...(batteryCategory !== undefined && { batteryCategory }),
    };
    const asked = { batchId: found?.batchId ?? batchId, validAt, ...about };
    const chains = facts && new Chains(facts.graph, facts.standing, validAt);
    const judged = chains && new Evaluator(chains, programme, { ...about, reasons }).verdictOf(asked.batchId);
    if (!judged) throw new Problem('not-found', `There was no ${kind} ${batchId} then.`);
    const basis = question.restsOn ? restsOn(facts.graph, facts.standing, programme, asked) : undefined;
    return { verdict: { ...judged, ...(basis && { restsOn: basis }) }, logIndex };
  }

  /** The chain with the withheld values that the principal may see put in place; undefined when there are none. */
  async #revealed(
    batchId: string,
    { knownAt, validAt }: { knownAt: number; validAt: string },
    principal: Principal,
  ): Promise<Pick<ChainFacts, 'graph' | 'standing'> | undefined> {
    if (this.#disclosures.isEmpty) return undefined;
    const { events } = await this.#provenances.chainEvents({ sees: 'everything' }, batchId, { knownAt });
    const revealed = this.#disclosures.revealed(events, principal);
    return revealed && { graph: buildGraph(revealed, { validAt }), standing: buildStanding(revealed) };
  }

  #programme(reference: string, publishedBy: string): Programme {
    const programme = this.#library.choose(reference, publishedBy);
    if (!programme) throw new Problem('not-found', `There was no programme ${reference} then.`);
    return programme;
  }
}
