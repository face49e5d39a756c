export { Chains } from './chains.js';
export { evaluate, Evaluator, type EvaluatorOptions, type Question } from './evaluate.js';
export { restsOn, type Missing, type RestingLine, type RestsOn, type Statement } from './rests-on.js';
export { BECAUSES, VERDICTS } from './verdict.types.js';
export type { Regulated } from './regulated.js';
export type * from './verdict.types.js';
