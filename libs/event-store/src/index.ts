export * from './event-store.port.js';
export * from './event-store-error.js';
