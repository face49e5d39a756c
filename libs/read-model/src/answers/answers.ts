/** What the queries answer: the shapes of `GET` in the HTTP contract, as plain JSON. */
import { type BatchStatus, type ClaimsVerdict, type CompositionEntry, type MergedReason, type Verdict } from '#claims';
import { type ContentGrams, type Mineral, type Withholdable } from '#custody';
import { type SearchedKind } from '../views/schema.js';
import { type ShipmentStatus } from './registry-answers.js';

export type {
  AccreditationAnswer,
  AttestationAnswer,
  ConcernAnswer,
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

export interface LabelAnswer {
  labelId: string;
  standard: string;
  carrier: string;
  value: Withholdable<string>;
  labelledAt: string;
  /** As the last receipt found it. */
  condition?: string;
}
export interface BatchAnswer {
  batchId: string;
  /** Code of the table of materials. */
  material: string;
  /** What it is, when `material` is `other`. */
  otherMaterial?: string;
  status: BatchStatus;
  siteId?: string;
  grossGrams: number;
  contentGrams: ContentGrams;
  /** False: no event has said what it contains. */
  contentKnown: boolean;
  /** The content is the estimate of its registration, until the first assay. */
  provisional?: true;
  composition: Partial<Record<Mineral, CompositionEntry[]>>;
  /** Those on it now. */
  labels: LabelAnswer[];
  held: boolean;
}

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
  /** Of what it leads to, as who asks may know it. */
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

/** What an item of a search was found by. */
export const SEARCHED_FIELDS = ['id', 'name', 'material', 'label'] as const;
export interface SearchItem {
  kind: SearchedKind;
  id: string;
  /** The text that what was looked for is in, as who asks may read it. */
  matched: { field: (typeof SEARCHED_FIELDS)[number]; text: string };
  /** Of an organisation or a site. */
  name?: Withholdable<string>;
  country?: string;
  /** Of a site. */
  organisationId?: string;
  /** Of a batch. */
  material?: string;
  status?: BatchStatus;
  siteId?: string;
}
export interface SearchAnswer {
  items: SearchItem[];
  /** There is more than is shown: a longer text finds less. */
  more: boolean;
}

export interface ProvenanceBatch extends BatchAnswer {
  /** Steps from the batch asked about. */
  depth: number;
}
export interface ProvenanceTransformation {
  transformationId?: string;
  /** A split moves mass between batches of one material; it has no process. */
  kind: 'transformation' | 'split';
  eventId: string;
  siteId: string;
  process?: string;
  chainOfCustody?: string;
  occurredAt: string;
  inputs: { batchId: string; grossGrams: number }[];
  outputs: { batchId: string; grossGrams: number }[];
}
export interface ProvenanceHop {
  shipmentId: string;
  batchId: string;
  consignorSiteId: string;
  consigneeSiteId: string;
  dispatchedAt: string;
  receivedAt?: string;
  status: ShipmentStatus;
}
export interface ProvenanceAnswer {
  batches: ProvenanceBatch[];
  transformations: ProvenanceTransformation[];
  hops: ProvenanceHop[];
  /** True when a limit cut the graph: what is shown is the nearest part. */
  truncated: boolean;
}

export interface JudgedBatch extends BatchAnswer {
  /** `id@version`. */
  programme: string;
  verdict: Verdict;
  /** Log index up to which the verdict takes all events into account, and perhaps later ones. */
  judgedUpTo: number;
}

/** Why lines of a programme do not hold, with its facts in words. */
export interface ExplainedReason extends MergedReason {
  readonly sentence: string;
}
export interface ExplainedVerdict extends Omit<ClaimsVerdict, 'reasons'> {
  readonly reasons: readonly ExplainedReason[];
}
