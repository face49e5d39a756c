/** The answers to queries, as plain JSON; a separate entry point with types only, for the console. */
export type {
  BatchAnswer,
  CompositionEntry,
  JudgedBatch,
  LabelAnswer,
  ProductFactsAnswer,
  ProvenanceAnswer,
  ProvenanceBatch,
  ProvenanceHop,
  ProvenanceTransformation,
  SearchAnswer,
  SearchItem,
} from './batch-answers.js';
export type { ClaimsAnswer, ExplainedVerdict, Explanation, OverviewAnswer, VerdictCounts } from './claims-answers.js';
export type {
  EventAnswer,
  EventLink,
  HistoryEntry,
  LoggedRecord,
  NewsAnswer,
  NewsItem,
  RecordAnswer,
} from './log-answers.js';
export type { ModelYearAnswer } from './product-answers.js';
export type {
  AccreditationAnswer,
  AttestationAnswer,
  AwaitingAnswer,
  BroughtId,
  ConcernAnswer,
  ConfusablePair,
  DocketAnswer,
  FindingAnswer,
  NotOnDocket,
  OrganisationAnswer,
  ShipmentAnswer,
  ShipmentStatus,
  SiteAnswer,
} from './registry-answers.js';

/** One page of a list. `next` is the cursor of the following page; null on the last. */
export interface Page<T> {
  items: T[];
  next: string | null;
}
export interface PageRequest {
  /** From 1 to {@link MAX_PAGE}. */
  limit?: number;
  /** `next` of the previous page. */
  cursor?: string;
}
/** Items on a page: the default and the maximum. */
export const DEFAULT_PAGE = 100;
export const MAX_PAGE = 1_000;
