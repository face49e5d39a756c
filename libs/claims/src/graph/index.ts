export { labelsOn } from './batch-node.js';
export { compositionSummary, contentOf, parseKey, recycledShare, UNDECLARED_KEY } from './composition.js';
export type { CompositionEntry, RecycledShare } from './composition.js';
export { buildGraph, createGraph, foldEvent, touchedBy, type FoldOutcome } from './fold.js';
export type * from './graph.types.js';
export { firstAfter } from './moments.js';
export { upstreamOf } from './walk.js';
