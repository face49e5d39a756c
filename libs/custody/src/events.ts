/**
 * The events of the ledger, version 1 (`docs/domain.md`). Plain JSON of strings, safe integers, booleans, arrays and
 * objects. Masses are whole grams, times RFC 3339 UTC with milliseconds. Their data are as the facts describe them.
 */
import { type EventsOf, type Recorded } from '#vocabulary';
import { type Hop } from './account/hops.js';
import { type EventOf } from './ledger-event.js';
import { type OrganisationFact } from './organisation/organisation-facts.js';
import { type openSite } from './organisation/open-site.js';
import { type confirmCorrection } from './site/confirm-correction.js';
import { type correctRecord } from './site/correct-record.js';
import { type ReservedKind } from './terms.js';

export * from './terms.js';
export * from './ledger-event.js';
export {
  type ContentGrams,
  type DispatchedBatch,
  type Origin,
  type ReceivedBatch,
  type TradeTerms,
  type TransformationOutput,
} from './custody-fields.js';

/** An id taken for one site before its first use (`docs/decisions`): who may use it, and where to look for that use. */
export interface IdReserved {
  kind: ReservedKind;
  id: string;
  siteId: string;
  /** The use is in `site-{siteId}` after this revision (decimal string), if it was made at all. */
  afterRevision: string;
}

/** Event type → data, of the streams `organisation-{id}`. */
export type OrganisationEvents = EventsOf<OrganisationFact>;
/** Event type → data, of the streams `site-{id}`. */
export type SiteEvents = EventsOf<Hop['slice'] | typeof openSite | typeof correctRecord | typeof confirmCorrection>;
export interface ReservationEvents {
  IdReserved: IdReserved;
}

export type OrganisationEvent = EventOf<OrganisationEvents>;
export type SiteEvent = EventOf<SiteEvents>;
export type SiteEventType = SiteEvent['type'];

export type SiteOpened = Recorded<typeof openSite>;
export type RecordCorrected = Recorded<typeof correctRecord>;
export type BatchRegistered = SiteEvents['BatchRegistered'];
export type BatchesTransformed = SiteEvents['BatchesTransformed'];
export type BatchSplit = SiteEvents['BatchSplit'];
export type BatchesDispatched = SiteEvents['BatchesDispatched'];
export type BatchesReceived = SiteEvents['BatchesReceived'];
export type ShipmentRefused = SiteEvents['ShipmentRefused'];
export type ShipmentReturned = SiteEvents['ShipmentReturned'];
export type BatchLabelled = SiteEvents['BatchLabelled'];
export type LabelRemoved = SiteEvents['LabelRemoved'];
export type BatchAssayed = SiteEvents['BatchAssayed'];
export type RecycledContentDeclared = SiteEvents['RecycledContentDeclared'];
export type BatchHeld = SiteEvents['BatchHeld'];
export type ShipmentHeld = SiteEvents['ShipmentHeld'];
export type ShipmentReleased = SiteEvents['ShipmentReleased'];
export type BatchReleased = SiteEvents['BatchReleased'];
export type ProductAssembled = SiteEvents['ProductAssembled'];
export type ProductsAssembled = SiteEvents['ProductsAssembled'];
export type ProductPlacedOnMarket = SiteEvents['ProductPlacedOnMarket'];
export type ProductReturned = SiteEvents['ProductReturned'];
export type ProductRepurposed = SiteEvents['ProductRepurposed'];
export type ProductWasted = SiteEvents['ProductWasted'];
export type BatchConsumed = SiteEvents['BatchConsumed'];
export type BatchDisposed = SiteEvents['BatchDisposed'];

export type OrganisationRegistered = OrganisationEvents['OrganisationRegistered'];
export type AccreditationGranted = OrganisationEvents['AccreditationGranted'];
export type AccreditationWithdrawn = OrganisationEvents['AccreditationWithdrawn'];
export type SigningKeyRegistered = OrganisationEvents['SigningKeyRegistered'];
export type SigningKeyRevoked = OrganisationEvents['SigningKeyRevoked'];
export type SigningPolicyChosen = OrganisationEvents['SigningPolicyChosen'];
export type ControlDeclared = OrganisationEvents['ControlDeclared'];
export type VisibilityChosen = OrganisationEvents['VisibilityChosen'];
