export * from './graph/index.js';
export * from './programmes/index.js';
export * from './standing/index.js';
export * from './evaluate/index.js';
export * from './summaries/index.js';
export * from './sentences/index.js';
