export { labelsOn } from './batch-node.js';
export { isOfPast, isUnlooked } from './late-facts.js';
export {
  apportion,
  compositionSummary,
  contentOf,
  compositionAt,
  judgedComposition,
  MILLIGRAMS_PER_GRAM,
  parseKey,
  poolTotal,
  UNDECLARED_KEY,
} from './composition.js';
export type { CompositionEntry, KeyParts } from './composition.js';
export {
  buildGraph,
  correctionsAmong,
  createGraph,
  foldEvent,
  inForce,
  isCorrecting,
  touchedBy,
  type FoldOutcome,
} from './fold.js';
export { CONTENT_CLASSES } from './graph.types.js';
export type * from './graph.types.js';
export { classedKey, isRecovery } from './making.js';
export { leftPlantOn } from './left-plant.js';
export { firstAfter } from './moments.js';
export { batchOf, forgetPast, outlineOf } from './past.js';
export type { BatchOutline, BatchPast, BatchState } from './past.js';
export { parentsOf, productsOf, upstreamOf, upstreamOfOutputs } from './walk.js';
export { sharesIn, sharesOf, sharesOfPool } from './width.js';
