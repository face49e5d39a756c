export { openEventStoreDb } from './event-store-db.js';
export { type Protection, protectStreams } from './protect-streams.js';
