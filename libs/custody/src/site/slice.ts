import { type SiteAccount } from '../account/site-account.js';
import {
  type BatchesDispatched,
  type Documented,
  type LedgerEvent,
  type SiteEvent,
  type SiteEvents,
  type SiteEventType,
} from '../events.js';
import { type Moment } from '../occurred-at.js';
import { type Decision } from '../refusal.js';
import { type ReservedId } from '../reservation.js';

/** Something a decision depends on that the site's own stream does not tell. */
export type FactRequest =
  /** Does this site exist? */
  | { readonly fact: 'site'; readonly siteId: string }
  /** What left under this shipment id, from where and when? */
  | { readonly fact: 'dispatch'; readonly shipmentId: string }
  /** Was the shipment received or refused, and when? */
  | { readonly fact: 'settlement'; readonly shipmentId: string }
  /** Is the id used by any site already? Asked for all that a command takes. */
  | ({ readonly fact: 'taken' } & ReservedId)
  /** The event of this site's stream with that id; for a correction, the event at its root too. */
  | { readonly fact: 'event'; readonly eventId: string };

export interface DispatchFact {
  readonly consignorSiteId: string;
  readonly occurredAt: string;
  /** The data in force: corrections in place. */
  readonly data: BatchesDispatched;
}
export interface SettlementFact {
  readonly outcome: 'received' | 'refused';
  readonly occurredAt: string;
}

/** The answers to {@link FactRequest}s, filled in by whoever can read the ledger. What is not in it does not exist. */
export interface Facts {
  /** Ids of sites that exist. */
  readonly sites: Set<string>;
  /** By shipment id. */
  readonly dispatches: Map<string, DispatchFact>;
  /** By shipment id. */
  readonly settlements: Map<string, SettlementFact>;
  /** {@link reservationStream} of each id that is used already. */
  readonly taken: Set<string>;
  /** By event id, as recorded. */
  readonly events: Map<string, LedgerEvent<SiteEvent>>;
}

/** Facts of which none is known yet. */
export function noFacts(): Facts {
  return { sites: new Set(), dispatches: new Map(), settlements: new Map(), taken: new Set(), events: new Map() };
}

/** One command on a site: what it reads and reserves, and the event it records or why it does not. */
export interface Slice<Body, Type extends SiteEventType> {
  /** The event it records. */
  readonly records: Type;
  /** The ledger-wide ids that the command uses, and likewise those that its recorded event has used. */
  takes(named: Body | SiteEvents[Type]): ReservedId[];
  /** Facts it needs beside the account and {@link takes}. */
  needs(body: Body): FactRequest[];
  decide(body: Body, account: SiteAccount, facts: Facts, moment: Moment): Decision<SiteEvent>;
}

/** For slices that use no new id, or ask for nothing beyond the account. */
export const nothing = (): never[] => [];

/** The document references of a body, if it has any. */
export function documentsOf(body: Documented): Documented {
  return body.documents === undefined ? {} : { documents: body.documents };
}
