import { LRUCache } from 'lru-cache';
import { parseSummary, textOf, type Basis, type ChainSummary } from '#claims';

/** A summary with its text, by which summaries are compared. */
export interface Told {
  readonly summary: ChainSummary;
  readonly text: string;
}

/** Characters of the texts by which summaries are remembered: most chains of a ledger have one of a few. */
const CHARACTERS_KEPT = 2 * 1024 * 1024;
const KEPT = new WeakMap<Basis, LRUCache<string, ChainSummary>>();
const TEXTS = new WeakMap<ChainSummary, string>();

/** The summary of a text; the same object for the same text while it is remembered. */
export function parsed(basis: Basis, text: string): ChainSummary {
  let kept = KEPT.get(basis);
  if (kept === undefined) {
    kept = new LRUCache({ maxSize: CHARACTERS_KEPT, sizeCalculation: (_, { length }) => length + 1 });
    KEPT.set(basis, kept);
  }
  let summary = kept.get(text);
  if (summary === undefined) {
    summary = parseSummary(text, { strands: basis.strands.length, criteria: basis.criteria.length });
    kept.set(text, summary);
    TEXTS.set(summary, text);
  }
  return summary;
}

export function told(summary: ChainSummary): Told {
  let text = TEXTS.get(summary);
  if (text === undefined) TEXTS.set(summary, (text = textOf(summary)));
  return { summary, text };
}
