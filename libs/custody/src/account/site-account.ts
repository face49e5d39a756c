import { type ContentGrams, type HeldProduct } from '../custody-fields.js';
import { type Activity } from '../terms.js';
import { Corrections } from './corrections.js';

/** A batch now at the site. */
export interface HeldBatch {
  material: string;
  /** What it is, when `material` is `other`. */
  otherMaterial?: string;
  grossGrams: number;
  contentGrams: ContentGrams;
  /** occurredAt of the registration, receipt, return, split or transformation that brought it. */
  arrivedAt: string;
  product?: HeldProduct;
  /** When the last of its uses here occurred. */
  usedAt?: string;
  /** When the assay occurred that its content is of, if nothing of it was used since. */
  assayedAt?: string;
  /** Labels on it: id → since when, at this site. */
  labels: Map<string, string>;
  /** The authority that holds it. */
  heldBy?: Holder;
}

/** A batch that was at the site. */
export interface GoneBatch extends Omit<HeldBatch, 'heldBy'> {
  /** When it was dispatched or placed on the market, or the last of it was used. Empty: nothing of it had arrived. */
  leftAt: string;
  /** By which it was dispatched. */
  shipmentId?: string;
  /** Nothing is left of it. */
  spent?: true;
  /** It came back as it had left. */
  back?: true;
}

export interface Holder {
  authority: string;
  since: string;
}

/** The first event of a command, to answer its repetition with. */
export interface RecordedCommand {
  revision: bigint;
  eventId: string;
  /** Of the event. */
  type: string;
  requestSha256?: string;
}

/**
 * What a site has in custody: the state that its commands are decided on. Live batches only, so that its size follows
 * what is on the premises and not what ever was.
 */
export interface SiteAccount {
  siteId: string;
  organisationId: string;
  country: string;
  activities: Activity[];
  openedAt: string;
  batches: Map<string, HeldBatch>;
  /** The authority that holds the site. */
  heldBy?: Holder;
  /** Shipments on their way here that an authority holds. */
  heldShipments: Map<string, Holder & { batchIds: string[] }>;
  /** Batches that left the site or were used up there lately, the one gone longest first. */
  gone: Map<string, GoneBatch>;
  /** Command id → what it recorded, oldest first. */
  commands: Map<string, RecordedCommand>;
  corrections: Corrections;
  /** Revision of the last event folded; {@link NO_REVISION} before the first. */
  revision: bigint;
}

/** Revision of a stream without events: the next event has revision 0. */
export const NO_REVISION = -1n;

/** Commands remembered for repetitions; older ones are found in the read model's index. */
export const COMMANDS_KEPT = 1024;

/** The account of a site of which nothing is recorded. */
export function initialAccount(): SiteAccount {
  return {
    siteId: '',
    organisationId: '',
    country: '',
    activities: [],
    openedAt: '',
    batches: new Map(),
    heldShipments: new Map(),
    gone: new Map(),
    commands: new Map(),
    corrections: new Corrections(),
    revision: NO_REVISION,
  };
}
