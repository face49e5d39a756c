export { type EventStoreDbDouble, type EventStoreDbDoubleOptions, startEventStoreDbDouble } from './server.js';
export { type AppendFault, type Faults, type LeaderEndpoint } from './faults.js';
export { type DoubleLog, type ProposedEvent, type RecordedEvent } from './log.js';
export { jsonEvent } from './state.js';
