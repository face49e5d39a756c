import { type Claim, type Reason, type VerdictWord } from '../api/answers.js';
import { dayOf, idOf, wordsOf } from '../format/format.js';

/** Each verdict's sign and what it says; colour is never the only bearer. */
export const VERDICTS: Readonly<Record<VerdictWord, { readonly sign: string; readonly word: string }>> = {
  holds: { sign: '✓', word: 'holds' },
  broken: { sign: '✕', word: 'broken' },
  unproven: { sign: '?', word: 'unproven' },
  undetermined: { sign: '…', word: 'undetermined' },
  'not-in-force': { sign: '–', word: 'not in force' },
  'out-of-scope': { sign: '–', word: 'out of scope' },
};

/** The worst first: what a reader came for. */
export const WORST_FIRST: readonly VerdictWord[] = [
  'broken',
  'unproven',
  'undetermined',
  'holds',
  'not-in-force',
  'out-of-scope',
];

export function titleOf({ claim, right, mineral }: Pick<Claim, 'claim' | 'right' | 'mineral'>): string {
  const about = right ?? mineral;
  const words = wordsOf(claim);
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return about === undefined ? title : `${title}: ${wordsOf(about)}`;
}

/** A reason as a sentence: the ledger's own where it gives one. */
export function sentenceOf(reason: Reason): string {
  if (reason.sentence !== undefined) return reason.sentence;
  const { because, batchId, siteId, from, until } = reason;
  const place = siteId === undefined ? '' : ` at ${idOf(siteId)}`;
  const batch = batchId === undefined ? '' : ` (batch ${idOf(batchId)})`;
  const time =
    from === undefined ? '' : until === undefined ? `, from ${dayOf(from)} on` : `, ${dayOf(from)} to ${dayOf(until)}`;
  const words = wordsOf(because);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${place}${batch}${time}.`;
}

/** Reasons that one happening gives to several claims are one: same sentence, same events. */
export function merged(reasons: readonly Reason[]): readonly { reason: Reason; claims: readonly string[] }[] {
  const byText = new Map<string, { reason: Reason; claims: string[] }>();
  for (const reason of reasons) {
    const key = JSON.stringify([reason.claim, sentenceOf(reason), reason.eventIds]);
    const entry = byText.get(key) ?? { reason, claims: [] };
    entry.claims.push(reason.right ?? reason.mineral ?? reason.claim);
    byText.set(key, entry);
  }
  return [...byText.values()];
}
