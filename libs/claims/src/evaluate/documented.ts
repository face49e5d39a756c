import { type DocumentedRule } from '../programmes/index.js';
import { type Chain } from './chain.js';
import { lacking, type Part } from './part.js';
import { placeOf } from './share-parts.js';

/**
 * `documented`: a document of the kind was recorded with the batch. Shortest: the event that made the batch shows where the
 * document is missing.
 */
export function documentedParts({ asked }: Chain, { document }: DocumentedRule): Part[] {
  if (asked.documented?.[document] !== undefined) return [];
  return [lacking('document-not-recorded', asked.bornBy === undefined ? [] : [asked.bornBy], placeOf(asked))];
}
