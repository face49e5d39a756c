import { Injectable } from '@nestjs/common';
import { EVERYTHING } from '#access';
import { LedgerQueries } from '#read-model';
import { isInstant } from '#vocabulary';
import { invalidRequest, queryProblem } from '../shapes/validation.js';
import { Problem } from '../problem/problem.js';

/** A moment of the ledger: the last event known, and when the ledger wrote it. */
export interface KnownMoment {
  readonly logIndex: number;
  readonly recordedAt: string;
}

/** Reads `knownAt` and `validAt` of a query. */
@Injectable()
export class AsOf {
  readonly #ledger: LedgerQueries;

  constructor(ledger: LedgerQueries) {
    this.#ledger = ledger;
  }

  /**
   * @param knownAt a log index or a recorded time; default: everything the read model has. A time in the future means
   * the same; an index that the log has not reached is refused, since its answer could not be reproduced.
   * @param name of the query's parameter, for the problem
   * @throws Problem `invalid-request`; `not-found` before the ledger began
   */
  async knownMoment(knownAt: string | undefined, name = 'knownAt'): Promise<KnownMoment> {
    const last = (await this.#ledger.ledgerSize()) - 1;
    const logIndex = await this.#indexOf(name, knownAt, last);
    const recordedAt = logIndex === undefined ? undefined : await this.#ledger.recordedAt(EVERYTHING, logIndex);
    if (logIndex === undefined || recordedAt === undefined) {
      const began = await this.#ledger.recordedAt(EVERYTHING, 0);
      const why = began === undefined ? 'it is empty' : `its first event was recorded at ${began}`;
      throw new Problem('not-found', `The ledger knew nothing then: ${why}.`);
    }
    return { logIndex, recordedAt };
  }

  async #indexOf(name: string, knownAt: string | undefined, last: number): Promise<number | undefined> {
    if (knownAt === undefined) return last;
    if (isInstant(knownAt)) return this.#ledger.logIndexAt(EVERYTHING, knownAt);
    const index = Number(knownAt);
    if (!/^\d{1,15}$/.test(knownAt))
      throw invalidRequest([
        queryProblem(name, 'malformed', 'must be a log index or a time in RFC 3339 UTC with milliseconds'),
      ]);
    if (index > last)
      throw invalidRequest([queryProblem(name, 'not-allowed', `must be a log index up to ${last}, the last one`)]);
    return index;
  }
}

/** @throws Problem `invalid-request` */
export function instantOf(name: string, text: string | undefined): string | undefined {
  if (text !== undefined && !isInstant(text)) {
    throw invalidRequest([queryProblem(name, 'not-an-instant', 'must be a time in RFC 3339 UTC with milliseconds')]);
  }
  return text;
}
