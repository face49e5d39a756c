export { joinViews, openViews, VIEWS_FILE, type Views, type ViewsOptions } from './views/views.js';
export { PSEUDONYM_KEY_FILE, readPseudonyms } from './views/pseudonym-key.js';
export { PROJECTION_VERSION, SEARCHED_KINDS, type SearchedKind, type ViewsSchema } from './views/schema.js';
export { SHORTEST_SEARCH } from './views/trigrams.js';
export { ViewsError, type ViewsErrorCode } from './views/views-error.js';
export {
  EVENTS_PER_TRANSACTION,
  Projector,
  type ProjectorObserver,
  type ProjectorOptions,
} from './projection/projector.js';
export { areFilled } from './projection/checkpoint.js';
export { LAG_COUNTED, ReadModelProgress, VerdictProgress } from './projection/progress.js';
export { EVIDENCE_CATEGORIES, evidenceAfter } from './chains/evidence.js';
export {
  AccountSnapshots,
  SnapshotKeeper,
  type AccountSnapshot,
  type KeptSnapshot,
} from './queries/account-snapshots.js';
export { USUAL_SHARES } from './chains/batch-tables.js';
export { CompositionWidths } from './queries/composition-widths.js';
export { BatchQueries, type BatchFilter } from './queries/batch-queries.js';
export { type ShipmentFilter } from './queries/shipment-rows.js';
export { ConfusableIds, type NamedId } from './queries/confusable-ids.js';
export { DocketQueries } from './queries/docket-queries.js';
export { EventQueries } from './queries/event-queries.js';
export { HistoryQueries } from './queries/history-queries.js';
export {
  MAX_PROVENANCE_BATCHES,
  ProvenanceQueries,
  type ChainEvents,
  type ProvenanceRequest,
} from './queries/provenance-queries.js';
export type { ChainFacts } from './chains/stored-chains.js';
export { LedgerQueries, type EventRange } from './queries/ledger-queries.js';
export type { LoggedEvent } from './chains/logged-event.js';
export { MOST_FOUND, SearchQueries, type SearchRequest } from './queries/search-queries.js';
export { ModelYearQueries, type AlikeUnderLaw, type ModelYearFacts } from './queries/model-year-queries.js';
export { MOST_NEWS, NewsQueries } from './queries/news-queries.js';
export { RegistryQueries } from './queries/registry-queries.js';
export * from './answers/index.js';
export { BATCH_ANSWER, JUDGED_BATCH_ANSWER, PROVENANCE_ANSWER, SEARCH_ANSWER } from './answers/batch-answers.js';
export { CLAIMS_ANSWER, OVERVIEW_ANSWER } from './answers/claims-answers.js';
export {
  MODEL_YEAR_ANSWER,
  PASSPORT_ANSWER,
  type ModelYearPart,
  type PassportAnswer,
  type ProductRecords,
  type SaidDocument,
} from './answers/product-answers.js';
export { PassportQueries } from './queries/passport-queries.js';
export { EVENT_ANSWER, HISTORY_ENTRY, NEWS_ANSWER } from './answers/log-answers.js';
export {
  ATTESTATION_ANSWER,
  AWAITING_ANSWER,
  CONCERN_ANSWER,
  CONFUSABLE_PAIR,
  DOCKET_ANSWER,
  NOT_ON_DOCKET,
  ORGANISATION_ANSWER,
  SHIPMENT_ANSWER,
  SHIPMENT_STATUSES,
  SITE_ANSWER,
} from './answers/registry-answers.js';
export { alteredRecord, isRecordOf } from './views/records.js';
export { decodeCursor, encodeCursor } from './queries/cursor.js';
export { VerdictQueries } from './queries/verdict-queries.js';
export { JUDGED_AT_ONCE, VerdictProjector, type VerdictProjectorOptions } from './verdicts/verdict-projector.js';
export { SummarisedVerdicts, type SummarisedVerdict } from './verdicts/summarised-verdicts.js';
