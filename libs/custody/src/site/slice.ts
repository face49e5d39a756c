import {
  recordedOf,
  type AddedOf,
  type Fact,
  type FactExample,
  type Fields,
  type RecordedOf,
  type SentOf,
} from '#vocabulary';
import { type SiteAccount } from '../account/site-account.js';
import { type ContentGrams, type DispatchedBatch } from '../custody-fields.js';
import { type AnyEvent, type LedgerEvent } from '../ledger-event.js';
import { type Moment } from '../occurred-at.js';
import { type Decision, type Refusal } from '../refusal.js';
import { type ReservedId } from '../reservation.js';
import { type ProductKind } from '../terms.js';

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
  /** Where, when and how the product was placed on the market. */
  | { readonly fact: 'placement'; readonly productId: string }
  /** The event of this site's stream with that id; for a correction, the event at its root too. */
  | { readonly fact: 'event'; readonly eventId: string }
  /** Who sends the command, as one who may confirm what this site corrected. */
  | { readonly fact: 'confirmer' };

export interface DispatchFact {
  readonly consignorSiteId: string;
  readonly occurredAt: string;
  /** The data in force: corrections in place, and labels and assays that the consignor has recorded late. */
  readonly data: {
    readonly shipmentId: string;
    readonly consigneeSiteId: string;
    readonly batches: DispatchedBatch[];
  };
}
export interface SettlementFact {
  readonly outcome: 'received' | 'refused';
  readonly occurredAt: string;
}

export interface PlacementFact {
  readonly occurredAt: string;
  /** The data in force: corrections in place, and labels and assays that were recorded late. */
  readonly data: {
    readonly kind: ProductKind;
    readonly grossGrams: number;
    readonly contentGrams: ContentGrams;
    readonly labels: string[];
  };
}

export interface ConfirmerFact {
  /** Neither the organisation of the site nor under common control with it. */
  readonly independent: boolean;
  /** A regulator, or an attestor with an accreditation that stands. */
  readonly entitled: boolean;
}

/** The answers to {@link FactRequest}s, filled in by whoever can read the ledger. What is not in it does not exist. */
export interface Facts {
  /** Ids of sites that exist. */
  readonly sites: Set<string>;
  /** By shipment id. */
  readonly dispatches: Map<string, DispatchFact>;
  /** By shipment id. */
  readonly settlements: Map<string, SettlementFact>;
  /** By product id. */
  readonly placements: Map<string, PlacementFact>;
  /** {@link reservationStream} of each id that is used already. */
  readonly taken: Set<string>;
  /** By event id, as recorded. */
  readonly events: Map<string, LedgerEvent<AnyEvent>>;
  /** Batches that a replacement of a transformation's data names as inputs, and no record of this site. */
  readonly neverHere: Set<string>;
  confirmer: ConfirmerFact;
}

/** Facts of which none is known yet. */
export function noFacts(): Facts {
  return {
    sites: new Set(),
    dispatches: new Map(),
    settlements: new Map(),
    placements: new Map(),
    taken: new Set(),
    events: new Map(),
    neverHere: new Set(),
    confirmer: { independent: false, entitled: false },
  };
}

/** What a command on a site reads, reserves and decides. */
interface Rules<F extends Fields> {
  /** The ledger-wide ids that the command uses, and likewise those that its recorded event has used. Default: none. */
  takes?(named: SentOf<F> | RecordedOf<F>): ReservedId[];
  /** Facts it needs beside the account and what it takes. Default: none. */
  needs?(body: SentOf<F>): FactRequest[];
  /** What is recorded beside what was sent (`{}`: nothing), or why nothing is. */
  decide(body: SentOf<F>, account: SiteAccount, facts: Facts, moment: Moment): Decision<AddedOf<F>>;
  /** What is wrong within data that shall replace those of an event, beside their form and a changed identity. */
  refuseReplacement?(data: RecordedOf<F>, account: SiteAccount, facts: Facts): Refusal | undefined;
}

interface Description<F extends Fields> extends Rules<F>, Pick<Fact, 'summary' | 'epcis'> {
  /** Default: what the site's custodian does. */
  readonly capability?: Fact['capability'];
  /** The body of a command that works on the demonstration chain, and the site where it does if it is another. */
  readonly example: { readonly site?: string } & Pick<FactExample, 'body' | 'notSendable'>;
}

/** One command on a site: the fact that it records, what it reads and reserves, and what it decides. */
export interface Slice<Type extends string = string, Kind extends string = string, F extends Fields = Fields>
  extends Fact<Type, F>, Required<Omit<Rules<F>, 'decide'>> {
  /** The last word of the command's path. */
  readonly kind: Kind;
  decide(
    body: SentOf<F>,
    account: SiteAccount,
    facts: Facts,
    moment: Moment,
  ): Decision<{ readonly type: Type; readonly data: RecordedOf<F> }>;
}

/** The site that most examples work at: `seto` of the demonstration chain opens it in an example. */
const EXAMPLE_SITE = 'kurobe-works';

/**
 * Something that happens at a site, described once.
 * @param type of the event
 * @param kind the last word of the command's path
 */
export function siteFact<const Type extends string, const Kind extends string, F extends Fields>(
  type: Type,
  kind: Kind,
  fields: F,
  { example: { site = EXAMPLE_SITE, ...example }, ...described }: Description<F>,
): Slice<Type, Kind, F> {
  return {
    type,
    kind,
    stream: 'site',
    path: `sites/:site/${kind}`,
    fields,
    capability: 'record-custody',
    takes: nothing,
    needs: nothing,
    refuseReplacement: () => undefined,
    ...described,
    example: { target: { site }, ...example },
    decide(command, account, facts, moment) {
      const decision = described.decide(command, account, facts, moment);
      if (!decision.accepted) return decision;
      const events = decision.events.map((added) => ({ type, data: recordedOf({ fields }, command, added) }));
      return { accepted: true, events };
    },
  };
}

const nothing = (): never[] => [];
