/** Lost races are tried again so often before the client is told to. */
export const MOST_ATTEMPTS = 20;
/** `schemaVersion` of the events this code writes. */
export const SCHEMA_VERSION = 1;
