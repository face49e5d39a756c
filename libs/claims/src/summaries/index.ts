export { Basis } from './basis.js';
export { type Contributions } from './processed.js';
export { Summariser } from './summariser.js';
export { parseSummary, textOf, type ChainSummary } from './summary.js';
