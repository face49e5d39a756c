export type * from './graph.types.js';
