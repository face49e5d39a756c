import { type ClaimsVerdict, type Subject } from '#claims';
import { type VerdictRow } from '../views/schema.js';

/** A claim of a verdict as one word: `labour:child-labour`, `recycled-content:cobalt`, `custody`. */
export function subjectOf({ claim, mineral, right }: Subject): string {
  const what = mineral ?? right;
  return what === undefined ? claim : `${claim}:${what}`;
}

/** @param ahead when something that is recorded of the chain will have occurred */
export function verdictRow(
  batchId: string,
  programme: string,
  judged: ClaimsVerdict | undefined,
  ahead: string | undefined,
): VerdictRow {
  const until = [judged?.standsUntil, ahead].filter((moment) => moment !== undefined).sort();
  return {
    programme,
    batch_id: batchId,
    // No answer: what made the batch has yet to occur.
    verdict: judged?.verdict ?? 'unproven',
    claims: JSON.stringify((judged?.claims ?? []).map((line) => [subjectOf(line), line.verdict])),
    stands_until: until[0] ?? null,
  };
}
