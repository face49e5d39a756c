import { asDispatched, asItLeft } from '../account/gone-batches.js';
import { evolveAccount, foldAccount, requiresRefold } from '../account/evolve-account.js';
import { initialAccount, type SiteAccount } from '../account/site-account.js';
import {
  factOf,
  type Activity,
  type BatchesDispatched,
  type LedgerEvent,
  type SiteEvent,
  type SiteEvents,
} from '../events.js';
import { type Moment } from '../occurred-at.js';
import { type Decision } from '../refusal.js';
import { reservationStream } from '../reservation.js';
import { decideAtSite, needsOf, takesOf, type SiteCommand } from '../site/site-commands.js';
import { noFacts, type FactRequest, type Facts } from '../site/slice.js';

/** Sites, their streams and the ids taken, in memory: what a server does with the deciders, one command after the other. */
export class SmallLedger {
  readonly streams = new Map<string, LedgerEvent<SiteEvent>[]>();
  readonly accounts = new Map<string, SiteAccount>();
  /** Every event in the order of the log. */
  readonly log: LedgerEvent<SiteEvent>[] = [];
  readonly #taken = new Set<string>();
  readonly #dispatches = new Map<string, LedgerEvent<SiteEvent>>();
  readonly #placements = new Map<string, LedgerEvent<SiteEvent>>();
  readonly #settlements = new Map<string, LedgerEvent<SiteEvent>>();

  open(siteId: string, activities: Activity[], occurredAt: string): void {
    this.streams.set(siteId, []);
    this.accounts.set(siteId, initialAccount());
    const data = { siteId, organisationId: `of-${siteId}`, name: siteId, country: 'JP', activities };
    this.#append(siteId, { type: 'SiteOpened', data }, occurredAt);
  }

  account(siteId: string): SiteAccount {
    const account = this.accounts.get(siteId);
    if (!account) throw new Error(`No site ${siteId}`);
    return account;
  }

  stream(siteId: string): LedgerEvent<SiteEvent>[] {
    return this.streams.get(siteId) ?? [];
  }

  /** Shipments dispatched and not settled, with their data as recorded. */
  inTransit(): BatchesDispatched[] {
    return [...this.#dispatches]
      .filter(([shipmentId]) => !this.#settlements.has(shipmentId))
      .map(([, { data }]) => data as BatchesDispatched);
  }

  /** Ids of the shipments from that site which were refused, taken back or not. */
  refusedFrom(siteId: string): string[] {
    return this.shipmentIds().filter(
      (id) =>
        this.#settlements.get(id)?.type === 'ShipmentRefused' && this.#dispatches.get(id)?.stream === `site-${siteId}`,
    );
  }

  /** Ids of the products that were placed on the market, taken back or not. */
  placedIds(): string[] {
    return [...this.#placements.keys()];
  }

  /** Ids of all shipments. */
  shipmentIds(): string[] {
    return [...this.#dispatches.keys()];
  }

  /** Decides, and records what is accepted. */
  submit(siteId: string, command: SiteCommand, moment: Moment): Decision<SiteEvent> {
    const facts = noFacts();
    for (const need of needsOf(command)) this.#look(siteId, need, facts);
    const decision = decideAtSite(command, this.account(siteId), facts, moment);
    if (decision.accepted) {
      for (const id of takesOf(command)) this.#taken.add(reservationStream(id));
      for (const event of decision.events) this.#append(siteId, event, moment.occurredAt);
    }
    return decision;
  }

  #append(siteId: string, event: SiteEvent, occurredAt: string): void {
    const stream = this.stream(siteId);
    const id = `e${this.log.length}`;
    const recorded: LedgerEvent<SiteEvent> = {
      ...event,
      id,
      stream: `site-${siteId}`,
      revision: BigInt(stream.length),
      metadata: {
        commandId: `c-${id}`,
        actor: { principal: siteId },
        occurredAt,
        recordedAt: occurredAt,
        schemaVersion: 1,
      },
    };
    stream.push(recorded);
    this.log.push(recorded);
    this.#index(recorded);
    const account = requiresRefold(recorded) ? foldAccount(stream) : evolveAccount(this.account(siteId), recorded);
    this.accounts.set(siteId, account);
  }

  #index(recorded: LedgerEvent<SiteEvent>): void {
    const { type, data } = factOf(recorded);
    if (type === 'BatchesDispatched') this.#dispatches.set(data.shipmentId, recorded);
    if (type === 'ProductPlacedOnMarket') this.#placements.set(data.productId, recorded);
    if (type === 'BatchesReceived' || type === 'ShipmentRefused') this.#settlements.set(data.shipmentId, recorded);
  }

  #look(siteId: string, need: FactRequest, facts: Facts): void {
    switch (need.fact) {
      case 'site':
        if (this.accounts.has(need.siteId)) facts.sites.add(need.siteId);
        return;
      case 'taken':
        if (this.#taken.has(reservationStream(need))) facts.taken.add(reservationStream(need));
        return;
      case 'dispatch':
        return this.#lookAtDispatch(need.shipmentId, facts);
      case 'settlement': {
        const settled = this.#settlements.get(need.shipmentId);
        const outcome = settled?.type === 'ShipmentRefused' ? 'refused' : 'received';
        if (settled) facts.settlements.set(need.shipmentId, { outcome, occurredAt: settled.metadata.occurredAt });
        return;
      }
      case 'placement': {
        const placed = this.#placements.get(need.productId);
        if (!placed) return;
        const account = this.account(placed.stream.slice('site-'.length));
        const data = account.corrections.effective(placed).data as SiteEvents['ProductPlacedOnMarket'];
        const left = asItLeft(account, need.productId, undefined, data);
        facts.placements.set(need.productId, { occurredAt: placed.metadata.occurredAt, data: left });
        return;
      }
      case 'confirmer':
        facts.confirmer = { independent: this.log.length % 5 > 0, entitled: this.log.length % 7 > 0 };
        return;
      case 'event': {
        const root = this.account(siteId).corrections.rootOf(need.eventId);
        for (const event of this.stream(siteId)) {
          if (event.id === need.eventId || event.id === root) facts.events.set(event.id, event);
        }
      }
    }
  }

  #lookAtDispatch(shipmentId: string, facts: Facts): void {
    const dispatched = this.#dispatches.get(shipmentId);
    if (!dispatched) return;
    const consignorSiteId = dispatched.stream.slice('site-'.length);
    const consignor = this.account(consignorSiteId);
    const { data } = consignor.corrections.effective(dispatched);
    facts.dispatches.set(shipmentId, {
      consignorSiteId,
      occurredAt: dispatched.metadata.occurredAt,
      data: asDispatched(consignor, data as SiteEvents['BatchesDispatched']),
    });
  }
}
