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
  /** Labels on it: id → since when, at this site. */
  labels: Map<string, string>;
  /** The authority that holds it. */
  heldBy?: Holder;
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
  /** Ids of the batches used up here lately, oldest first. */
  spent: Set<string>;
  /** Command id → what it recorded, oldest first. */
  commands: Map<string, RecordedCommand>;
  corrections: Corrections;
  /** Revision of the last event folded; {@link NO_REVISION} before the first. */
  revision: bigint;
}

/** Revision of a stream without events: the next event has revision 0. */
export const NO_REVISION = -1n;

/**
 * Spent batches remembered, to answer `not-enough-left` rather than `batch-not-here` to a late use. Only the wording of a
 * refusal depends on it: either way the batch cannot be used.
 */
export const SPENT_BATCHES_KEPT = 1024;

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
    spent: new Set(),
    commands: new Map(),
    corrections: new Corrections(),
    revision: NO_REVISION,
  };
}
