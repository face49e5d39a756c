import { type Claim, type Explanation, type VerdictWord } from '../api/answers.js';
import { wordsOf } from '../format/format.js';

/** The sign and the word for each verdict; colour is never the only cue. */
export const VERDICTS: Readonly<Record<VerdictWord, { readonly sign: string; readonly word: string }>> = {
  holds: { sign: '✓', word: 'holds' },
  broken: { sign: '✕', word: 'broken' },
  unproven: { sign: '?', word: 'unproven' },
  undetermined: { sign: '…', word: 'undetermined' },
  'not-in-force': { sign: '–', word: 'not in force' },
  'out-of-scope': { sign: '–', word: 'out of scope' },
};

/** Worst first, since readers come for what is wrong. */
export const WORST_FIRST: readonly VerdictWord[] = [
  'broken',
  'unproven',
  'undetermined',
  'holds',
  'not-in-force',
  'out-of-scope',
];

export function titleOf({
  claim,
  right,
  mineral,
  document,
}: Pick<Claim, 'claim' | 'right' | 'mineral' | 'document'>): string {
  const about = right ?? mineral ?? document;
  const words = wordsOf(claim);
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return about === undefined ? title : `${title}: ${wordsOf(about)}`;
}

/** The claims that a reason concerns, each once, with its rights or minerals. */
export function aboutOf({ about }: Pick<Explanation, 'about'>): string {
  const claims = new Map<string, string[]>();
  for (const { claim, right, mineral, document } of about) {
    const of = right ?? mineral ?? document;
    claims.set(claim, [...(claims.get(claim) ?? []), ...(of === undefined ? [] : [wordsOf(of)])]);
  }
  return [...claims].map(([claim, of]) => wordsOf(claim) + (of.length > 0 ? `: ${of.join(', ')}` : '')).join('; ');
}

/** The first reason given for a claim, which decides its verdict. */
export function reasonFor(claim: Claim, reasons: readonly Explanation[]): Explanation | undefined {
  return reasons.find(({ about }) => about.some((line) => titleOf(line) === titleOf(claim)));
}
