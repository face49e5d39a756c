/** What the queries answer: the shapes of `GET` in the HTTP contract, as plain JSON. */
export type {
  BatchAnswer,
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
export type { ClaimsAnswer, ExplainedVerdict, OverviewAnswer, VerdictCounts } from './claims-answers.js';
export type {
  AccreditationAnswer,
  AttestationAnswer,
  AwaitingAnswer,
  ConcernAnswer,
  DocketAnswer,
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
  /** 1 to {@link MAX_PAGE}. */
  limit?: number;
  /** `next` of the page before. */
  cursor?: string;
}
/** Items on a page when nothing is asked for, and at most. */
export const DEFAULT_PAGE = 100;
export const MAX_PAGE = 1_000;

/** A ledger record as it is hashed: `{ data, id, metadata, revision, stream, type }`. */
export interface RecordAnswer {
  id: string;
  stream: string;
  /** Decimal string. */
  revision: string;
  type: string;
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}
export interface LoggedRecord {
  logIndex: number;
  record: RecordAnswer;
}
export interface HistoryEntry extends LoggedRecord {
  /** Hex, SHA-256(0x00 ‖ canonical record), RFC 9162 2.1.1. */
  leafHash: string;
}

export const EVENT_LINKS = [
  'self',
  'site',
  'organisation',
  'corrects',
  'corrected-by',
  'batch',
  'inclusion-proof',
] as const;
export interface EventLink {
  rel: (typeof EVENT_LINKS)[number];
  /** Of what it leads to, as the caller may know it. */
  id?: string;
  /** Path of the API. */
  href: string;
}
/** One recorded event, and what it has to do with. */
export interface EventAnswer extends HistoryEntry {
  eventId: string;
  /** Place in the ledger's global order, decimal; of a record that is shown whole. */
  position?: string;
  /** The record is the one that is hashed, with nothing replaced or left out. */
  whole: boolean;
  links: EventLink[];
}

/** One event that was recorded, in the news. */
export interface NewsItem {
  readonly logIndex: number;
  readonly eventId: string;
  readonly type: string;
  /** That it touches, some of many. */
  readonly batchIds: readonly string[];
}
