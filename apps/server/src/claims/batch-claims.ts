import { visibilityOf, type Principal } from '#access';
import { buildGraph, buildStanding, evaluate, restsOn, type BatteryCategory, type Programme } from '#claims';
import { type ChainFacts, type ExplainedVerdict, type ProvenanceQueries } from '#read-model';
import { type ProgrammeLibrary } from '#programmes';
import { type DisclosureReader } from '../disclosures/disclosures.js';
import { Problem } from '../problem/problem.js';
import { type AsOf } from './as-of.js';

export interface ClaimsQuestion {
  /** As what it was asked for. */
  readonly kind: 'batch' | 'product';
  readonly batchId: string;
  /** `id` or `id@version`. */
  readonly programme: string;
  readonly validAt: string;
  readonly knownAt: string | undefined;
  /** Which law applies; default: of a product that of the day it was placed on the market, else that of `validAt`. */
  readonly rulesAt: string | undefined;
  /** As if it were a battery of this category. */
  readonly batteryCategory: BatteryCategory | undefined;
  /** Judge by rules whose duty is not laid on batches, too. */
  readonly indicative: boolean;
  /** Say which attestations the verdict rests on, and what would be missing without each. */
  readonly restsOn: boolean;
}

export type ClaimsAnswer = ExplainedVerdict & { readonly knownAt: { readonly logIndex: number } };

/** Judges one batch as of any moment, from its chain alone. */
export class BatchClaims {
  readonly #library: ProgrammeLibrary;
  readonly #provenances: ProvenanceQueries;
  readonly #asOf: AsOf;
  readonly #disclosures: DisclosureReader;

  constructor(library: ProgrammeLibrary, provenances: ProvenanceQueries, asOf: AsOf, disclosures: DisclosureReader) {
    this.#library = library;
    this.#provenances = provenances;
    this.#asOf = asOf;
    this.#disclosures = disclosures;
  }

  /**
   * @param principal what of the chain is withheld, and disclosed to the caller, counts in the answer
   * @param signal looked at before the chain is judged
   * @throws Problem `not-found` for a programme or a batch that was not known then, `invalid-request`; the reason of the
   *   signal once that is aborted
   */
  async judge(
    principal: Principal,
    {
      kind,
      batchId,
      programme: reference,
      validAt,
      knownAt,
      rulesAt,
      batteryCategory,
      indicative,
      restsOn: isBasisAsked,
    }: ClaimsQuestion,
    signal?: AbortSignal,
  ): Promise<ClaimsAnswer> {
    const visibility = visibilityOf(principal);
    const { logIndex, recordedAt } = await this.#asOf.knownMoment(knownAt);
    const programme = this.#programme(reference, recordedAt);
    const moment = { knownAt: logIndex, validAt };
    const found = await this.#provenances.chainFacts(visibility, batchId, moment);
    const facts = found && ((await this.#revealed(found.batchId, moment, principal)) ?? found);
    signal?.throwIfAborted();
    const question = {
      batchId: found?.batchId ?? batchId,
      validAt,
      indicative,
      ...(rulesAt !== undefined && { rulesAt }),
      ...(batteryCategory !== undefined && { batteryCategory }),
    };
    const judged = facts && evaluate(facts.graph, facts.standing, programme, question);
    if (!judged) throw new Problem('not-found', `There was no ${kind} ${batchId} then.`);
    const basis = isBasisAsked ? restsOn(facts.graph, facts.standing, programme, question) : undefined;
    const verdict = { ...judged, ...(basis && { restsOn: basis }) };
    const {
      batchId: id,
      programme: name,
      validAt: at,
      rulesAt: law,
      ...rest
    } = await this.#provenances.explain(visibility, verdict, (data) => this.#disclosures.revealedIn(data, principal));
    return { batchId: id, programme: name, validAt: at, rulesAt: law, knownAt: { logIndex }, ...rest };
  }

  /** The chain with the values in place that the principal may see; undefined when there are none. */
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
