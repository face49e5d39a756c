export { openViews, VIEWS_FILE, type Views, type ViewsOptions } from './views/views.js';
export { PROJECTION_VERSION, type ViewsSchema } from './views/schema.js';
export { ViewsError, type ViewsErrorCode } from './views/views-error.js';
export { AccountSnapshots, type AccountSnapshot } from './queries/account-snapshots.js';
export { BatchQueries, type BatchFilter, type ShipmentFilter } from './queries/batch-queries.js';
export { RegistryQueries } from './queries/registry-queries.js';
export * from './queries/answers.js';
