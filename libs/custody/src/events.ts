/**
 * The events of the ledger, version 1 (`docs/domain.md`). Plain JSON of strings, safe integers, booleans, arrays and
 * objects. Masses are whole grams, times RFC 3339 UTC with milliseconds.
 */

import { type Withholdable } from './withheld.js';

/** The Agreement's five minerals, and lead (Regulation (EU) 2023/1542). Order is ascending; extend here. */
export const MINERALS = ['cobalt', 'graphite', 'lead', 'lithium', 'manganese', 'nickel'] as const;
export type Mineral = (typeof MINERALS)[number];
/** Grams of each mineral contained (metal or carbon equivalent). No entry at all: the content is unknown. */
export type ContentGrams = Partial<Record<Mineral, number>>;

export const ROLES = ['miner', 'refiner', 'recycler', 'trader', 'battery-maker', 'attestor', 'regulator'] as const;
export type OrganisationRole = (typeof ROLES)[number];

export const ACTIVITIES = [
  'mining',
  'concentration',
  'refining',
  'recycling',
  'precursor',
  'cathode',
  'cell',
  'storage',
  'trading',
] as const;
export type Activity = (typeof ACTIVITIES)[number];

export const CUSTODY_MODELS = ['identity-preserved', 'segregated', 'controlled-blending'] as const;
/** Chain-of-custody model, ISO 22095. */
export type CustodyModel = (typeof CUSTODY_MODELS)[number];

export const LABEL_CARRIERS = ['qr', 'rfid', 'barcode', 'print'] as const;
export type LabelCarrier = (typeof LABEL_CARRIERS)[number];
export const LABEL_CONDITIONS = ['intact', 'illegible', 'missing'] as const;
export type LabelCondition = (typeof LABEL_CONDITIONS)[number];

export const ORIGIN_KINDS = ['extracted', 'end-of-life', 'undocumented'] as const;
export type OriginKind = (typeof ORIGIN_KINDS)[number];

export interface DocumentReference {
  /** Hex, 64 digits. */
  sha256: string;
  uri?: string;
  title?: string;
}
export interface Documented {
  documents?: Withholdable<DocumentReference[]>;
}

export interface OrganisationRegistered extends Documented {
  organisationId: string;
  name: Withholdable<string>;
  /** ISO 3166-1 alpha-2. */
  country: string;
  roles: OrganisationRole[];
}
export interface AccreditationGranted extends Documented {
  scheme: string;
  from: string;
  until?: string;
}
export interface AccreditationWithdrawn extends Documented {
  scheme: string;
  from: string;
  reason: Withholdable<string>;
}
export interface SiteOpened extends Documented {
  siteId: string;
  organisationId: string;
  name: Withholdable<string>;
  country: string;
  activities: Activity[];
  /** Decimal degrees as strings. */
  location?: Withholdable<{ latitude: string; longitude: string }>;
}
export interface Origin {
  kind: OriginKind;
  /** ISO 3166-1 alpha-2. Of `extracted`: where it was mined; default the site's own country. */
  country?: Withholdable<string>;
  feedstock?: Withholdable<string>;
}
export interface BatchRegistered extends Documented {
  batchId: string;
  material: string;
  grossGrams: number;
  contentGrams: ContentGrams;
  origin: Origin;
}
export interface TransformationInput {
  batchId: string;
  grossGrams: number;
}
export interface TransformationOutput {
  batchId: string;
  material: string;
  grossGrams: number;
  contentGrams: ContentGrams;
  /** Production scrap of this process: manufacturing waste, once it is recycled. */
  scrap?: boolean;
}
export interface BatchesTransformed extends Documented {
  transformationId: string;
  process: string;
  chainOfCustody: CustodyModel;
  inputs: TransformationInput[];
  outputs: TransformationOutput[];
  /** Mass of what was added that carries none of the minerals: acids, water, soda. */
  reagentGrams?: number;
}
export interface BatchSplit extends Documented {
  batchId: string;
  parts: { batchId: string; grossGrams: number }[];
}
export interface DispatchedBatch {
  batchId: string;
  material: string;
  grossGrams: number;
  contentGrams: ContentGrams;
  /** Ids of the labels on the batch as it left. */
  labels: string[];
}
export interface TradeTerms {
  exportDuty: boolean;
  quantitativeRestriction: boolean;
}
export interface BatchesDispatched extends Documented {
  shipmentId: string;
  consigneeSiteId: string;
  batches: DispatchedBatch[];
  transport?: Withholdable<string>;
  tradeTerms?: Withholdable<TradeTerms>;
}
export interface ReceivedBatch {
  batchId: string;
  /** As dispatched: the receiver's own stream tells all that its account needs. */
  material: string;
  grossGrams: number;
  contentGrams: ContentGrams;
  labels: { labelId: string; condition: LabelCondition }[];
}
export interface BatchesReceived extends Documented {
  shipmentId: string;
  consignorSiteId: string;
  batches: ReceivedBatch[];
}
export interface ShipmentRefused extends Documented {
  shipmentId: string;
  reason: Withholdable<string>;
}
export interface ShipmentReturned extends Documented {
  shipmentId: string;
  /** As dispatched: the sender's account takes them back from this alone. */
  batches: DispatchedBatch[];
}
export interface BatchLabelled extends Documented {
  batchId: string;
  labelId: string;
  standard: string;
  carrier: LabelCarrier;
  value: Withholdable<string>;
}
export interface LabelRemoved extends Documented {
  batchId: string;
  labelId: string;
  reason: Withholdable<string>;
}
export interface BatchAssayed extends Documented {
  batchId: string;
  contentGrams: ContentGrams;
  method: Withholdable<string>;
  laboratory?: Withholdable<string>;
}
export interface RecycledContentDeclared extends Documented {
  batchId: string;
  mineral: Mineral;
  /** Decimal string, 0 to 1, at most 6 places. */
  share: string;
}
export interface BatchHeld extends Documented {
  batchId: string;
  authority: string;
  reason: Withholdable<string>;
}
export interface BatchReleased extends Documented {
  batchId: string;
}
export interface BatchConsumed extends Documented {
  batchId: string;
  grossGrams: number;
  productId: string;
}
export interface BatchDisposed extends Documented {
  batchId: string;
  grossGrams: number;
  reason: Withholdable<string>;
}
export interface RecordCorrected extends Documented {
  /** The event corrected; when that is itself a correction, the event at the root of the chain is meant. */
  eventId: string;
  reason: Withholdable<string>;
  /** The corrected data of that event, whole. */
  replacement: Record<string, unknown>;
}

/** A key by which the organisation signs its commands from here on. */
export interface SigningKeyRegistered extends Documented {
  /** Unique in the organisation, for ever; the `kid` of its signatures. */
  keyId: string;
  /** Ed25519, 32 bytes in base64url (RFC 8037). */
  publicKey: string;
}
export interface SigningKeyRevoked extends Documented {
  keyId: string;
  /** What it signed and was recorded from then on stands on a revoked key, however late this is recorded. */
  from: string;
  reason: Withholdable<string>;
}
export interface SigningPolicyChosen extends Documented {
  /** Whether the organisation's commands are refused without its signature. */
  required: boolean;
}

export const VISIBILITIES = ['open', 'pseudonymous'] as const;
/** `open`: whoever sees a chain reads the name of the organisation in it; `pseudonymous`: only whom it deals with does. */
export type Visibility = (typeof VISIBILITIES)[number];
export interface VisibilityChosen extends Documented {
  visibility: Visibility;
}

/** An id taken for one site before its first use (`docs/decisions`): who may use it, and where to look for that use. */
export interface IdReserved {
  kind: ReservedKind;
  id: string;
  siteId: string;
  /** The use is in `site-{siteId}` after this revision (decimal string), if it was made at all. */
  afterRevision: string;
}
/** `receipt` and `return` reserve the one settlement, the one taking back, of a shipment. */
export const RESERVED_KINDS = ['batch', 'shipment', 'transformation', 'receipt', 'return'] as const;
export type ReservedKind = (typeof RESERVED_KINDS)[number];

/** Event type → data, of the streams `organisation-{id}`. */
export interface OrganisationEvents {
  OrganisationRegistered: OrganisationRegistered;
  AccreditationGranted: AccreditationGranted;
  AccreditationWithdrawn: AccreditationWithdrawn;
  SigningKeyRegistered: SigningKeyRegistered;
  SigningKeyRevoked: SigningKeyRevoked;
  SigningPolicyChosen: SigningPolicyChosen;
  VisibilityChosen: VisibilityChosen;
}
/** Event type → data, of the streams `site-{id}`. */
export interface SiteEvents {
  SiteOpened: SiteOpened;
  BatchRegistered: BatchRegistered;
  BatchesTransformed: BatchesTransformed;
  BatchSplit: BatchSplit;
  BatchesDispatched: BatchesDispatched;
  BatchesReceived: BatchesReceived;
  ShipmentRefused: ShipmentRefused;
  ShipmentReturned: ShipmentReturned;
  BatchLabelled: BatchLabelled;
  LabelRemoved: LabelRemoved;
  BatchAssayed: BatchAssayed;
  RecycledContentDeclared: RecycledContentDeclared;
  BatchHeld: BatchHeld;
  BatchReleased: BatchReleased;
  BatchConsumed: BatchConsumed;
  BatchDisposed: BatchDisposed;
  RecordCorrected: RecordCorrected;
}
export interface ReservationEvents {
  IdReserved: IdReserved;
}

/** `{ type, data }` for each entry of such a map. */
export type EventOf<Map> = { [T in keyof Map & string]: { readonly type: T; readonly data: Map[T] } }[keyof Map &
  string];
export type OrganisationEvent = EventOf<OrganisationEvents>;
export type SiteEvent = EventOf<SiteEvents>;
export type SiteEventType = SiteEvent['type'];
export type CustodyEvent = EventOf<OrganisationEvents & SiteEvents & ReservationEvents>;

/** A command's signature, with all that is needed to check it again beside the organisation's keys. */
export interface CommandSignature {
  /** Whose key it is. */
  organisationId: string;
  /** Compact JWS without its payload (RFC 7515 App. F), over the RFC 8785 form of `command`. */
  jws: string;
  /** What was signed: the command's name, its target and its body, as they were sent. */
  command: Record<string, unknown>;
}

/** What every event of the ledger carries beside its data. */
export interface EventMetadata {
  commandId: string;
  actor: { principal: string; organisation?: string };
  /** When it happened in the world, as claimed. */
  occurredAt: string;
  /** When the ledger wrote it. */
  recordedAt: string;
  schemaVersion: number;
  /**
   * 16 random bytes of the record's own, base64url: its leaf hash is public, and without them a lot that is easily guessed
   * would be confirmed by it. Whoever sees a record in part does not see them.
   */
  salt?: string;
  /** SHA-256 of the request, hex, when it came with an Idempotency-Key. */
  requestSha256?: string;
  /** Of a signed command. */
  signature?: CommandSignature;
}

/** An event as a fold sees it, from whichever store. */
export interface LedgerEvent<E extends { type: string; data: unknown } = CustodyEvent> {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly type: E['type'];
  readonly data: E['data'];
  readonly metadata: EventMetadata;
}

/** The event's type and data as one of E: whoever wrote it chose the data by the type, which `LedgerEvent` cannot say. */
export function factOf<E extends { type: string; data: unknown }>(event: LedgerEvent<E>): E {
  return event as unknown as E;
}
