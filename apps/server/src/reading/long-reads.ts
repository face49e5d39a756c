import { type Principal, type Visibility } from '#access';
import { type ProvenanceRequest } from '#read-model';
import { type EvidenceQuestion, type SignedLog } from '#audit';
import { type DifferencesQuestion } from '../audit/differences.js';
import { type ClaimsQuestion } from '../claims/batch-claims.js';
import { type ModelYearQuestion } from '../claims/model-years.js';
import { type PassportQuestion } from '../claims/passports.js';

/** Content type of an answer that is one JSON text, as of every other JSON answer. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** A question that is answered from whole chains: its cost grows with them and may be seconds. */
export type LongRead =
  | { readonly kind: 'claims'; readonly principal: Principal; readonly question: ClaimsQuestion }
  | { readonly kind: 'passport'; readonly principal: Principal; readonly question: PassportQuestion }
  | { readonly kind: 'model-year'; readonly principal: Principal; readonly question: ModelYearQuestion }
  | { readonly kind: 'differences'; readonly visibility: Visibility; readonly question: DifferencesQuestion }
  | {
      readonly kind: 'provenance';
      readonly visibility: Visibility;
      readonly batchId: string;
      readonly request: ProvenanceRequest;
    }
  | {
      readonly kind: 'evidence';
      readonly principal: Principal;
      readonly question: EvidenceQuestion;
      readonly signed: SignedLog;
    };

/** Answers long reads, wherever that is done. */
export abstract class LongReads {
  /**
   * Resolves when the answer begins: from then on it is only handed out, no faster than it is taken. JSON is in UTF-8;
   * evidence is NDJSON.
   * @param principal the caller, who may have only a share of all reads at a time
   * @param signal aborted when nobody waits for the answer any more
   * @throws Problem with which the question itself is refused; `rate-limited` beyond the share; `overloaded` when too
   *   many wait
   */
  abstract read(principal: Principal, read: LongRead, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;

  /** {@link read} of an answer that is one JSON text. */
  async answer(principal: Principal, read: LongRead, signal: AbortSignal): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await this.read(principal, read, signal)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** {@link answer}, parsed; undefined when there is none. */
  async parsed<T>(principal: Principal, read: LongRead, signal: AbortSignal): Promise<T | undefined> {
    const answer = await this.answer(principal, read, signal);
    return (JSON.parse(answer.toString('utf8')) as T | null) ?? undefined;
  }

  /** Gives up the reads in progress. */
  abstract close(): Promise<void>;
}
