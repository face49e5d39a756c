import {
  asDispatched,
  asItLeft,
  needsOf,
  needsRecords,
  noFacts,
  recordedBy,
  type BatchesDispatched,
  type BatchesTransformed,
  type ConfirmerFact,
  type FactRequest,
  type Facts,
  type LedgerEvent,
  type ProductPlacedOnMarket,
  type RecordCorrected,
  type SiteCommand,
  type SiteEvent,
} from '#custody';
import { type Principal } from '#access';
import { type AttestationSchemes } from '#attestation';
import { type EventStore } from '#event-store';
import { decidingType } from '#signing';
import { type LedgerClock } from './clock.js';
import { confirmerOf } from './confirmer.js';
import { type ReplacementCheck } from './ports.js';
import { type Reservations } from './reservations.js';
import { siteEvent } from './fold-account.js';
import { type CommandContext } from './command-context.js';
import { type SiteAccounts, type OpenAccount } from './site-accounts.js';
import { siteStream } from './stream-names.js';

const NO_FACTS = noFacts();

/** Looks up, in immutable streams, what a decision depends on beside its own account. */
export class SiteFacts {
  readonly #store: EventStore;
  readonly #accounts: SiteAccounts;
  readonly #reservations: Reservations;
  readonly #replacements: ReplacementCheck;
  readonly #clock: LedgerClock;
  readonly #schemes: AttestationSchemes;

  constructor(
    store: EventStore,
    accounts: SiteAccounts,
    reservations: Reservations,
    replacements: ReplacementCheck,
    clock: LedgerClock,
    schemes: AttestationSchemes,
  ) {
    this.#store = store;
    this.#accounts = accounts;
    this.#reservations = reservations;
    this.#replacements = replacements;
    this.#clock = clock;
    this.#schemes = schemes;
  }

  /** The facts of a command that needs none, the same for all of them: deciders only read. Undefined: {@link gather} them. */
  atOnce(command: SiteCommand): Facts | undefined {
    if (command.kind === 'corrections') return undefined;
    return needsRecords(command) ? undefined : NO_FACTS;
  }

  /**
   * @throws CommandRefused `invalid-request` if the replacement does not have the shape of the event that it replaces;
   *   `forbidden` for correcting what another role records
   */
  async gather(siteId: string, command: SiteCommand, context: CommandContext): Promise<Facts> {
    const facts = noFacts();
    await Promise.all(needsOf(command).map((need) => this.#look(siteId, need, facts, context.principal)));
    if (command.kind === 'corrections') await this.#checkReplacement(siteId, command.body, facts, context);
    return facts;
  }

  /** The type that says whose a command's record is, and by whose keys it is signed. */
  ownedAs({ kind, body }: SiteCommand, facts: Facts, account: OpenAccount): string {
    if (kind !== 'corrections') return recordedBy(kind);
    const root = facts.events.get(account.state.corrections.rootOf(body.eventId));
    return decidingType(recordedBy(kind), root?.type);
  }

  /** Which shape a replacement must have is known only now, when the event it stands in for is. */
  async #checkReplacement(
    siteId: string,
    correction: RecordCorrected,
    facts: Facts,
    context: CommandContext,
  ): Promise<void> {
    const corrections = (await this.#accounts.load(siteId))?.state.corrections;
    const { eventId, replacement } = correction;
    const root = facts.events.get(corrections?.rootOf(eventId) ?? eventId);
    if (!root) return;
    this.#replacements.check(root, correction, corrections, context);
    if (root.type === 'BatchesTransformed') {
      const { inputs } = replacement as unknown as BatchesTransformed;
      await this.#findHere(
        siteId,
        inputs.map(({ batchId }) => batchId),
        facts,
      );
    }
  }

  /** Which of these batches no record of the site names. */
  async #findHere(siteId: string, batchIds: readonly string[], { neverHere }: Facts): Promise<void> {
    for (const batchId of batchIds) neverHere.add(batchId);
    for await (const { type, data } of this.#store.readStream(siteStream(siteId))) {
      if (type !== 'RecordCorrected') for (const batchId of batchesIn(data)) neverHere.delete(batchId);
      if (neverHere.size === 0) return;
    }
  }

  async #look(siteId: string, need: FactRequest, facts: Facts, principal: Principal): Promise<void> {
    switch (need.fact) {
      case 'site':
        if (await this.#accounts.load(need.siteId)) facts.sites.add(need.siteId);
        return;
      case 'dispatch':
        return this.#dispatch(need.shipmentId, facts);
      case 'settlement':
        return this.#settlement(need.shipmentId, facts);
      case 'placement':
        return this.#placement(need.productId, facts);
      case 'event':
        return this.#event(siteId, need.eventId, facts);
      case 'confirmer':
        facts.confirmer = await this.#confirmer(siteId, principal);
        return;
      case 'taken':
        return; // taking the id tells, without a look beforehand: see the lane
    }
  }

  async #confirmer(siteId: string, principal: Principal): Promise<ConfirmerFact> {
    const account = await this.#accounts.load(siteId);
    const store = this.#store;
    const schemes = this.#schemes;
    return confirmerOf({ store, schemes, now: this.#clock.now() }, principal, account?.state.organisationId ?? '');
  }

  async #dispatch(shipmentId: string, facts: Facts): Promise<void> {
    const located = await this.#reservations.locate('shipment', shipmentId);
    if (!located?.use) return;
    const consignor = await this.#accounts.load(located.siteId);
    const event = siteEvent(located.use);
    const inForce = consignor?.state.corrections.effective(event) ?? event;
    const data = inForce.data as BatchesDispatched;
    facts.dispatches.set(shipmentId, {
      consignorSiteId: located.siteId,
      occurredAt: event.metadata.occurredAt,
      data: consignor === undefined ? data : asDispatched(consignor.state, data),
    });
  }

  async #placement(productId: string, facts: Facts): Promise<void> {
    const located = await this.#reservations.locate('placement', productId);
    if (!located?.use) return;
    const event = siteEvent(located.use);
    const { occurredAt } = event.metadata;
    const placedAt = await this.#accounts.load(located.siteId);
    const inForce = placedAt?.state.corrections.effective(event) ?? event;
    const data = inForce.data as ProductPlacedOnMarket;
    const left = placedAt === undefined ? data : asItLeft(placedAt.state, productId, undefined, data);
    facts.placements.set(productId, { occurredAt, data: left });
  }

  async #settlement(shipmentId: string, facts: Facts): Promise<void> {
    const use = (await this.#reservations.locate('receipt', shipmentId))?.use;
    if (!use) return;
    const outcome = use.type === 'ShipmentRefused' ? 'refused' : 'received';
    facts.settlements.set(shipmentId, { outcome, occurredAt: siteEvent(use).metadata.occurredAt });
  }

  /** Corrections are rare and refold the account anyway: one pass over the stream finds the event and its root. */
  async #event(siteId: string, eventId: string, facts: Facts): Promise<void> {
    const account = await this.#accounts.load(siteId);
    const wanted = new Set([eventId, account?.state.corrections.rootOf(eventId) ?? eventId]);
    for await (const event of this.#store.readStream(siteStream(siteId))) {
      if (!wanted.delete(event.id)) continue;
      facts.events.set(event.id, event as unknown as LedgerEvent<SiteEvent>);
      if (wanted.size === 0) return;
    }
  }
}

/** Every batch that an event names. */
function batchesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) =>
    name === 'batchId' && typeof field === 'string' ? [field] : batchesIn(field),
  );
}
