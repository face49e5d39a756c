import { Injectable } from '@nestjs/common';
import { evaluate, type BatteryCategory, type ClaimsVerdict, type Programme } from '#claims';
import { type Sight } from '#access';
import { ProvenanceQueries } from '#read-model';
import { Problem } from '../problem/problem.js';
import { AsOf } from './as-of.js';
import { ProgrammeLibrary } from './programme-library.js';

export interface ClaimsQuestion {
  readonly batchId: string;
  /** `id` or `id@version`. */
  readonly programme: string;
  readonly validAt: string;
  readonly knownAt: string | undefined;
  readonly batteryCategory: BatteryCategory | undefined;
}

export type ClaimsAnswer = ClaimsVerdict & { readonly knownAt: { readonly logIndex: number } };

/** Judges one batch as of any moment, from its chain alone. */
@Injectable()
export class BatchClaims {
  constructor(
    private readonly library: ProgrammeLibrary,
    private readonly provenances: ProvenanceQueries,
    private readonly asOf: AsOf,
  ) {}

  /** @throws Problem `not-found` for a programme or a batch that was not known then, `invalid-request` */
  async judge(
    sight: Sight,
    { batchId, programme: reference, validAt, knownAt, batteryCategory }: ClaimsQuestion,
  ): Promise<ClaimsAnswer> {
    const { logIndex, recordedAt } = await this.asOf.knownMoment(knownAt);
    const programme = this.#programme(reference, recordedAt);
    const facts = await this.provenances.chainFacts(sight, batchId, { knownAt: logIndex, validAt });
    const category = batteryCategory !== undefined && { batteryCategory };
    const judged =
      facts && evaluate(facts.graph, facts.standing, programme, { batchId: facts.batchId, validAt, ...category });
    if (!judged) throw new Problem('not-found', `There was no batch ${batchId} then.`);
    const { batchId: id, programme: name, validAt: at, ...rest } = await this.provenances.showVerdict(sight, judged);
    return { batchId: id, programme: name, validAt: at, knownAt: { logIndex }, ...rest };
  }

  #programme(reference: string, publishedBy: string): Programme {
    const programme = this.library.choose(reference, publishedBy);
    if (!programme) throw new Problem('not-found', `There was no programme ${reference} then.`);
    return programme;
  }
}
