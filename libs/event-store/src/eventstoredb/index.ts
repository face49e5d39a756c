export { type EventStoreDbOptions, openEventStoreDb } from './event-store-db.js';
export { type Protection, protectStreams } from './protect-streams.js';
export { DEFAULT_TIMING, type Timing } from './timing.js';
