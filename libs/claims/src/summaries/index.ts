export { Basis } from './basis.js';
export { Summariser, type Contributions } from './summariser.js';
export { parseSummary, textOf, type ChainSummary } from './summary.js';
