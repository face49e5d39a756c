import {
  BatchQueries,
  LedgerQueries,
  ModelYearQueries,
  PassportQueries,
  ProvenanceQueries,
  SummarisedVerdicts,
  type Views,
} from '#read-model';
import { type LedgerClock } from '#recording';
import { Evidence, type LogTree } from '#audit';
import { type ProgrammeLibrary } from '#programmes';
import { VerdictDifferences } from '../audit/differences.js';
import { AsOf } from '../claims/as-of.js';
import { BatchClaims } from '../claims/batch-claims.js';
import { ModelYears } from '../claims/model-years.js';
import { Passports } from '../claims/passports.js';
import { type DisclosureReader } from '../disclosures/disclosures.js';
import { type LongRead, LongReads } from './long-reads.js';

/** What long reads are answered from. */
interface ReadingParts {
  readonly views: Views;
  readonly tree: Pick<LogTree, 'inclusionProof' | 'leaf'>;
  readonly disclosures: DisclosureReader;
  readonly programmes: ProgrammeLibrary;
  readonly clock: LedgerClock;
}

/** Answers long reads in the thread of the caller. */
export class ReadingDesk extends LongReads {
  readonly #claims;
  readonly #differences;
  readonly #evidence;
  readonly #modelYears;
  readonly #passports;
  readonly #provenances;

  constructor({ views, tree, disclosures, programmes, clock }: ReadingParts) {
    super();
    const ledger = new LedgerQueries(views);
    const asOf = new AsOf(ledger);
    this.#provenances = new ProvenanceQueries(views);
    this.#claims = new BatchClaims({
      library: programmes,
      provenances: this.#provenances,
      summarised: new SummarisedVerdicts(views, programmes.programmes),
      asOf,
      disclosures,
      clock,
    });
    this.#passports = new Passports({
      queries: new PassportQueries(views),
      claims: this.#claims,
      provenances: this.#provenances,
      library: programmes,
      asOf,
      clock,
      disclosures,
    });
    this.#modelYears = new ModelYears({
      queries: new ModelYearQueries(views),
      provenances: this.#provenances,
      library: programmes,
      clock,
      disclosures,
    });
    this.#differences = new VerdictDifferences(asOf, new BatchQueries(views), this.#provenances, programmes);
    this.#evidence = new Evidence(tree, ledger, this.#provenances, programmes, clock, disclosures);
  }

  override async read(_principal: unknown, read: LongRead, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    return this.perform(read, signal);
  }

  /** @throws Problem with which the question is refused; the reason of the signal once that is aborted */
  async perform(read: LongRead, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    switch (read.kind) {
      case 'claims':
        return jsonOf(await this.#claims.judge(read.principal, read.question, signal));
      case 'passport':
        return jsonOf(await this.#passports.answer(read.principal, read.question, signal));
      case 'model-year':
        return jsonOf(await this.#modelYears.answer(read.principal, read.question, signal));
      case 'differences':
        return jsonOf(await this.#differences.between(read.visibility, read.question, signal));
      case 'provenance':
        return jsonOf(await this.#provenances.provenance(read.visibility, read.batchId, read.request));
      case 'evidence':
        return this.#evidence.bundle(read.principal, read.question, read.signed, signal);
    }
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}

/** `null` stands for no answer. */
async function* jsonOf(answer: unknown): AsyncGenerator<Uint8Array> {
  yield Buffer.from(JSON.stringify(answer ?? null), 'utf8');
}
