/** Where what is in a chain was processed, as its summary keeps it for each list of countries that a rule asks about. */
import { all, isSame, Processing, UNKNOWN } from '../evaluate/processing.js';
import { type BatchNode, type ProvenanceGraph, type TransformationNode } from '../graph/index.js';
import { type Basis } from './basis.js';
import { processedOf, summaryOfProcessed, type ChainSummary, type Known } from './summary.js';

/** What chains were when a transformation or a split took from them, by batch. */
export type Contributions = ReadonlyMap<string, ChainSummary>;

/** Whether shares of what went in were processed in different places: then it matters how much each was. */
export function isProcessedApart({ processedIn }: Basis, contributions: Contributions): boolean {
  return processedIn.some((_, index) => {
    const [first, ...others] = [...contributions.values()].map((each) =>
      processedOf('wholeChain' in each ? undefined : each.processed[index]),
    );
    if (first === undefined) return false;
    return (
      first.named.size > 0 || others.some(({ named, others: its }) => named.size > 0 || !isSame(first.others, its))
    );
  });
}

export function processedBy(
  { processedIn }: Basis,
  graph: ProvenanceGraph,
  made: TransformationNode,
  contributions: Contributions,
): Known['processed'] {
  return processedIn.map((countries, index) => {
    const processing = new Processing(graph, countries);
    for (const [batchId, each] of contributions)
      if (!('wholeChain' in each)) processing.give(batchId, processedOf(each.processed[index]));
    return summaryOfProcessed(processing.transformed(made));
  });
}

/** Nothing is known of a batch that no event made. */
export function processedUpTo({ processedIn }: Basis, { bornBy }: BatchNode, made: Known): Known['processed'] {
  return bornBy === undefined ? processedIn.map(() => summaryOfProcessed(all(UNKNOWN))) : made.processed;
}
