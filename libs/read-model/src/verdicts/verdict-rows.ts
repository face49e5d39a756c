import { type BatchNode, type Claim, type ClaimLine, type ClaimsVerdict, type Subject } from '#claims';
import { type VerdictRow } from '../views/schema.js';

/** A claim of a verdict as one word: `labour:child-labour`, `recycled-content:cobalt`, `custody`. */
export function subjectKey({ claim, mineral, right, document }: Subject): string {
  const what = mineral ?? right ?? document;
  return what === undefined ? claim : `${claim}:${what}`;
}

/** The claim that {@link subjectKey} was made from. */
export function subjectOf(key: string): Subject {
  const [claim, what] = key.split(':') as [Claim, string?];
  if (what === undefined) return { claim };
  const field = claim === 'documented' ? 'document' : claim.startsWith('recycled-') ? 'mineral' : 'right';
  return { claim, [field]: what };
}

/** @param ahead when something recorded about the chain, dated in the future, will have occurred */
export function verdictRow(
  { batchId, material }: Pick<BatchNode, 'batchId' | 'material'>,
  programme: string,
  judged: ClaimsVerdict | undefined,
  ahead: string | undefined,
): VerdictRow {
  const until = [judged?.standsUntil, ahead].filter((moment) => moment !== undefined).sort();
  return {
    programme,
    batch_id: batchId,
    material,
    // No verdict: the event that made the batch is dated in the future.
    verdict: judged?.verdict ?? 'unproven',
    claims: judged === undefined ? '[]' : claimsText(judged.claims),
    stands_until: until[0] ?? null,
  };
}

/** Most batches have the same list of claims as others. */
const TEXTS = new WeakMap<readonly ClaimLine[], string>();

function claimsText(claims: readonly ClaimLine[]): string {
  let text = TEXTS.get(claims);
  if (text === undefined) {
    text = JSON.stringify(claims.map((line) => [subjectKey(line), line.verdict]));
    TEXTS.set(claims, text);
  }
  return text;
}
