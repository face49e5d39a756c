import { LRUCache } from 'lru-cache';
import { parseSummary, textOf, type Basis, type ChainSummary } from '#claims';

/** A summary with its text, by which summaries are compared. */
export interface Told {
  readonly summary: ChainSummary;
  readonly text: string;
}

/** Summaries remembered by their texts: most chains of a ledger have one of a few. */
const MOST_KEPT = 1_000;
const KEPT = new WeakMap<Basis, LRUCache<string, ChainSummary>>();
const TEXTS = new WeakMap<ChainSummary, string>();

/** The summary of a text; the same object for the same text while it is remembered. */
export function parsed(basis: Basis, text: string): ChainSummary {
  let kept = KEPT.get(basis);
  if (kept === undefined) KEPT.set(basis, (kept = new LRUCache<string, ChainSummary>({ max: MOST_KEPT })));
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
