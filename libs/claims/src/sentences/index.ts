export { merged, type MergedReason } from './merged.js';
export { sentenceOf } from './sentence.js';
export { type Happening } from './happening.js';
