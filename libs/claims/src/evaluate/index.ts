export { custodyTouches } from './custody-touches.js';
export { evaluate, type Question } from './evaluate.js';
export type * from './verdict.types.js';
