export { Chains } from './chains.js';
export { evaluate, Evaluator, type EvaluatorOptions, type Question } from './evaluate.js';
export { restsOn } from './rests-on.js';
export * from './rests-on.types.js';
export { BECAUSES, CLAIMS_VERDICT, GROUNDS, REASON, SUBJECT, VERDICTS } from './verdict.types.js';
export type { Regulated } from './regulated.js';
export type * from './verdict.types.js';
