export { type EventStoreDbOptions, openEventStoreDb } from './event-store-db.js';
export { DEFAULT_TIMING, type Timing } from './timing.js';
