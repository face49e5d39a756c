export { evaluate, Evaluator, type Question } from './evaluate.js';
export type * from './verdict.types.js';
