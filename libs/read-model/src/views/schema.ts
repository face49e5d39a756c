/**
 * The read tables, as Kysely sees them. Everything here is derived from the log and may be deleted at any time. JSON is
 * kept as text, stream positions as decimal strings (some stores have them beyond 2^53), log indexes and grams as
 * integers below 2^53, so that the same statements run on SQLite and PostgreSQL.
 */

/**
 * Version of the projection: its tables, and what the folds write into them. Raise it whenever either changes; the new
 * version's tables are then filled beside the old ones (`docs/architecture.md`).
 */
export const PROJECTION_VERSION = 11;

export interface OrganisationRow {
  organisation_id: string;
  /** JSON: a text, or what stands for a withheld one. */
  name: string;
  country: string;
  roles: string;
  /** `open`: shown by name to every organisation; `pseudonymous`: only to those it deals with. */
  visibility: string;
  /** JSON: its declarations of who controls it, in the order recorded. */
  control: string;
  registered_at: string;
}
export interface AccreditationRow {
  organisation_id: string;
  scheme: string;
  valid_from: string;
  valid_until: string | null;
  /** Log index of the grant. */
  granted_by: number;
  /** From when it is withdrawn. */
  withdrawn_from: string | null;
  /** JSON, as names are. */
  withdrawn_reason: string | null;
}
export interface SiteRow {
  site_id: string;
  organisation_id: string;
  name: string;
  country: string;
  activities: string;
  latitude: string | null;
  longitude: string | null;
  opened_at: string;
  /** JSON: which event opened it. */
  opening: string;
  /** JSON: by which authority it is held; null: by none. */
  hold: string | null;
}
export interface BatchRow {
  batch_id: string;
  material: string;
  status: string;
  /** Where it lies; null in transit and when gone. */
  site_id: string | null;
  gross_grams: number;
  /** 1 when an authority holds it. */
  held: number;
  /** Log index of the event that made it; null while none did (corrected data only). */
  created_by: number | null;
  /** Where it was made, and its id chosen; null as above. */
  maker_site_id: string | null;
  /** Shares of its composition (keys of each mineral), when it has more than a batch usually has; else null. */
  wide_shares: number | null;
  /** The fold's node without its past (`BatchOutline`): the one source of content, composition and labels. */
  node: string;
}
/** A use of a batch: something was taken from it. */
export interface BatchUseRow {
  batch_id: string;
  /** Log index of the event. */
  used_by: number;
  /** Number of the use among those of this batch by the same event (the parts of a split), from 0. */
  nth: number;
  /** JSON: the fold's `Use`. */
  use: string;
}
/** A product by the plant that made it, for queries about everything that the plant made of a model in a year. */
export interface ProductRow {
  product_id: string;
  plant_site_id: string;
  model: string;
  /** The day on which it left the plant; null while it has not. */
  left_on: string | null;
  /** The day on which it was placed on the market. */
  placed_on: string | null;
  /** JSON (`AlikeRecord`), the same for all products of a run that do not differ in it. */
  alike: string;
}
export interface ShipmentRow {
  shipment_id: string;
  consignor_site_id: string;
  consignee_site_id: string;
  status: string;
  dispatched_at: string;
  /** When it was received, refused or returned; null while in transit. */
  settled_at: string | null;
  /** Log index of the dispatch. */
  dispatched_by: number;
  node: string;
}
export interface ShipmentBatchRow {
  shipment_id: string;
  batch_id: string;
}
export interface TransformationRow {
  transformation_id: string;
  site_id: string;
  occurred_at: string;
  /** Log index of the event. */
  recorded_by: number;
  node: string;
}
/**
 * A step of a mass flow. A node is a batch or, where several batches flow into several, the transformation between them
 * (`flowNode`): inputs plus outputs make the rows, and a walk passes a transformation once.
 */
export interface FlowEdgeRow {
  from_node: string;
  to_node: string;
  /** Log index of the transformation or split through which mass flowed. */
  via: number;
  /** Log index from which the ledger knows of the flow: `via`, or the correction that brought it. */
  known_from: number;
  /** Log index of the correction that took it away; null while it stands. */
  known_until: number | null;
}
export interface EventRow {
  log_index: number;
  position: string;
  event_id: string;
  stream: string;
  type: string;
  recorded_at: string;
  /** The site a fact of the registry is about: its opening, an attestation, a concern. Null for custody events. */
  subject_site: string | null;
  /** Length of its record in bytes. */
  record_bytes: number;
}
/** A copy of an event's record: only of a log in which it cannot be read by position at once (`Records`). */
export interface RecordRow {
  log_index: number;
  /** The RFC 8785 text that is hashed. */
  record: string;
}
export interface EventBatchRow {
  batch_id: string;
  log_index: number;
}
export interface SiteCustodyRow {
  batch_id: string;
  /** Log index of the arrival. */
  arrived_by: number;
  /** Number of the stay among those that the same event began, from 0. */
  nth: number;
  site_id: string;
  arrived_at: string;
  /** Null while it is there. */
  departed_at: string | null;
  /** JSON: the fold's `Stay`. */
  stay: string;
}
export interface AttestationRow {
  attestation_id: string;
  site_id: string;
  issuer_organisation_id: string;
  scheme: string;
  /** Log index of the event that issued it. */
  issued_by: number;
  state: string;
}
export interface ConcernRow {
  concern_id: string;
  site_id: string;
  /** Log index of the event that raised it. */
  raised_by: number;
  /** Whose key it was raised with; null for a key of no organisation, and for none. */
  raised_by_organisation: string | null;
  /** Its id for everybody who does not know the site by name. */
  public_id: string;
  /** Log index of its admission to the docket; null before. */
  admitted_by: number | null;
  /** How many of the concern and its comments await admission. */
  awaiting: number;
  /** 1: only regulators know of it, because it was sent without a key and is not admitted. */
  hidden: number;
  state: string;
}
export interface CorrectionRow {
  /** Log index of the `RecordCorrected`. */
  log_index: number;
  /** The event at the root of the chain of corrections. */
  event_id: string;
}

/** A batch that an organisation sees: its sites hold or held it, it was sent to one of them, or it went into such a batch. */
export interface VisibleBatchRow {
  organisation_id: string;
  batch_id: string;
  /** 1: its sites handled the batch themselves, so they know its id; 0: it is upstream of such a batch. */
  direct: number;
  /** The organisation's own name for it, see `Pseudonyms`. */
  pseudonym: string;
}
/** A transformation all of whose inputs an organisation sees, since it sees an output: its inputs are not walked again. */
export interface SeenFlowRow {
  /** See `flowNode`. */
  flow: string;
  organisation_id: string;
}
/** Two organisations that know each other: one shipped to the other, or attested a site of it. Each pair both ways. */
export interface DealingRow {
  organisation_id: string;
  other_id: string;
}

/** The first id of an organisation with this skeleton (UTS 39). */
export interface IdSkeletonRow {
  /** `organisation`, `site`, `batch`, `shipment`, `transformation`, `attestation` or `concern`. */
  kind: string;
  skeleton: string;
  /** The organisation that the id belongs to; empty for a concern raised with a key of no organisation. */
  organisation_id: string;
  id: string;
  /** Log index of the event that first named it. */
  known_from: number;
}
/** An id that looks like another organisation's. */
export interface ConfusableIdRow {
  kind: string;
  id: string;
  organisation_id: string;
  known_from: number;
  /** The first one of another organisation that it looks like. */
  other_id: string;
  other_organisation_id: string;
  other_known_from: number;
}

export const SEARCHED_KINDS = ['organisation', 'site', 'batch'] as const;
export type SearchedKind = (typeof SEARCHED_KINDS)[number];
/** What a row of {@link SearchTextRow} leads to: several may lead to one. */
export interface SearchEntryRow {
  /** Later ones are greater. */
  entry: number;
  kind: SearchedKind;
  id: string;
}
/** The index of texts (`trigrams.ts`): written and searched, never read. */
export interface SearchTextRow {
  /** The entry. */
  rowid: number;
  text: string;
}

/** A batch whose verdicts, or a making (`flowNode`) whose summary, may be out of date. */
export interface UnjudgedRow {
  batch_id: string;
  /** Log index of the first event that its verdicts do not take into account. */
  since: number;
  /** Log index of the last one. */
  last: number;
  /** 0: what is downstream of it has not been marked yet, where it has to be. */
  spread: number;
  /** Log index of what made it; −1 when nothing did. Batches are judged in this order, inputs first. */
  born: number;
  /**
   * Whether to examine its making and its past uses again, too: 1 only where they depend on what is said about sites, or
   * about the batch for a time before it arrived where it is; 2 in any case, because a record was corrected; 3 in any
   * case, because all batches are judged.
   */
  anew: number;
  /** The organisation of the site that the last event is about; empty when unknown, or when all batches are judged. Organisations take turns. */
  organisation_id: string;
}
/** What the outputs of a transformation, or the parts of a split, are made of (`Summariser`). */
export interface MakingSummaryRow {
  /** Log index of the transformation or split. */
  flow: number;
  summary: string;
  /** 1: it depends on what its inputs contain and on what is said about its site. */
  weighed: number;
}
/** What a batch passed on by a use. */
export interface ContributionRow {
  flow: number;
  batch_id: string;
  summary: string;
}
/** For a frequently used batch: up to which use it is known what it passed on, and from what (`ToldUses`). */
export interface ToldUsesRow {
  batch_id: string;
  /** Log index of that use. */
  up_to: number;
  /** SHA-256, base64url, of what all its uses depend on, and of the weights for those that depend on its content. */
  hangs_on: string;
  weights: string;
}
/** The basis of the summaries (`Basis.name`); one row. */
export interface SummaryBasisRow {
  basis: string;
}
export interface VerdictRow {
  /** `id@version`. */
  programme: string;
  batch_id: string;
  /** Of the batch. */
  material: string;
  verdict: string;
  /** JSON: `[subject, verdict]` of each claim, the subject as `claim`, `claim:mineral` or `claim:right`. */
  claims: string;
  /** When the passing of time alone may change it; null: never. */
  stands_until: string | null;
}
/** A verdict as stored: with the name of its list of claims. */
export interface StoredVerdictRow extends Omit<VerdictRow, 'claims'> {
  claim_list: string;
}
/** `VerdictRow.claims` of many verdicts, named by their SHA-256. */
export interface ClaimListRow {
  claim_list: string;
  claims: string;
}
/** How many of the batches that an organisation sees have this verdict and these claims under a programme. */
export interface SeenCountRow {
  organisation_id: string;
  programme: string;
  verdict: string;
  claim_list: string;
  batches: number;
}
/** For how many batches a claim of a programme has this verdict; the programme's own verdict has an empty subject. */
export interface VerdictCountRow {
  programme: string;
  subject: string;
  verdict: string;
  batches: number;
}

/** Where a projection stands; one row a version, written in the transaction that writes its tables. */
export interface ProjectionRow {
  version: number;
  /** `filling` until it first catches up with the log, then `current`; `retired` once a newer one is current. */
  state: 'filling' | 'current' | 'retired';
  /** Evidence events folded so far: the log index of the next. */
  log_size: number;
  /** Of the last event folded; null before the first. */
  position: string | null;
  stream: string | null;
  revision: number | null;
  event_id: string | null;
}
/** The secret that a version's pseudonyms were made with, by its fingerprint. */
export interface PseudonymKeyRow {
  version: number;
  fingerprint: string;
}
/** A folded site account, so that a command on a busy site need not read its whole stream. Disposable. */
export interface AccountSnapshotRow {
  site_id: string;
  revision: string;
  version: number;
  state: string;
}

/** Tables that belong to one version of the projection. */
export interface VersionedTables {
  organisations: OrganisationRow;
  accreditations: AccreditationRow;
  sites: SiteRow;
  batches: BatchRow;
  batch_uses: BatchUseRow;
  products: ProductRow;
  shipments: ShipmentRow;
  shipment_batches: ShipmentBatchRow;
  transformations: TransformationRow;
  flow_edges: FlowEdgeRow;
  events: EventRow;
  records: RecordRow;
  event_batches: EventBatchRow;
  site_custody: SiteCustodyRow;
  attestations: AttestationRow;
  concerns: ConcernRow;
  corrections: CorrectionRow;
  visible_batches: VisibleBatchRow;
  seen_flows: SeenFlowRow;
  dealings: DealingRow;
  id_skeletons: IdSkeletonRow;
  confusable_ids: ConfusableIdRow;
  search_entries: SearchEntryRow;
  search_texts: SearchTextRow;
  unjudged: UnjudgedRow;
  making_summaries: MakingSummaryRow;
  contributions: ContributionRow;
  told_uses: ToldUsesRow;
  summary_basis: SummaryBasisRow;
  verdicts: StoredVerdictRow;
  claim_lists: ClaimListRow;
  seen_counts: SeenCountRow;
  verdict_counts: VerdictCountRow;
}
export interface ViewsSchema extends VersionedTables {
  projections: ProjectionRow;
  pseudonym_keys: PseudonymKeyRow;
  account_snapshots: AccountSnapshotRow;
}
