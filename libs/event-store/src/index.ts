export * from './stored-event.js';
export * from './event-store.port.js';
export * from './event-store-error.js';
export * from './stream-finding.js';
export * from './event-store-observer.js';
export { MAX_EVENT_BYTES } from './append-request.js';
export { canonicalRecord, type ParsedRecord } from './canonical-record.js';
export { MemoryEventStore } from './memory/memory-event-store.js';
export { openSqliteEventStore, openSqliteEventStoreReadOnly, type Grown } from './sqlite/sqlite-event-store.js';
export { ManyRows } from './sqlite/many-rows.js';
export { LedgerScan, type ScannedRow } from './sqlite/ledger-scan.js';
export {
  LEDGER_FILE,
  ledgerPath,
  openEventStore,
  openEventStoreReader,
  openRecords,
  protectStreams,
  type OpenEventStoreOptions,
} from './open-event-store.js';
