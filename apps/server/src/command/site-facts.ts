import { Inject, Injectable } from '@nestjs/common';
import { type Capability } from '#access';
import {
  needsOf,
  noFacts,
  recordedBy,
  type BatchesDispatched,
  type BatchesTransformed,
  type FactRequest,
  type Facts,
  type LedgerEvent,
  type RecordCorrected,
  type SiteCommand,
  type SiteEvent,
} from '#custody';
import { type EventStore } from '#event-store';
import { decidingType, isOfAuthority } from '#signing';
import { Problem } from '../problem/problem.js';
import { replacementProblems } from '../intake/replacement.js';
import { invalidRequest } from '../intake/validation.js';
import { requireCapability } from '../access/policy.js';
import { EVENT_STORE } from './event-store.token.js';
import { Reservations } from './reservations.js';
import { siteEvent } from './fold-account.js';
import { type CommandContext } from './command-context.js';
import { SiteAccounts, type OpenAccount } from './site-accounts.js';
import { siteStream } from './stream-names.js';

/** Looks up, in immutable streams, what a decision depends on beside its own account. */
@Injectable()
export class SiteFacts {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly accounts: SiteAccounts,
    private readonly reservations: Reservations,
  ) {}

  /** The facts of a command that needs none; undefined: {@link gather} them. */
  atOnce(command: SiteCommand): Facts | undefined {
    if (command.kind === 'corrections') return undefined;
    return needsOf(command).every(({ fact }) => fact === 'taken') ? noFacts() : undefined;
  }

  /**
   * @throws Problem `invalid-request` for a replacement of another shape than the event it stands in for; `forbidden` for a
   *   correction of what another role records
   */
  async gather(siteId: string, command: SiteCommand, context: CommandContext): Promise<Facts> {
    const facts = noFacts();
    await Promise.all(needsOf(command).map((need) => this.#look(siteId, need, facts)));
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
    { eventId, replacement }: RecordCorrected,
    facts: Facts,
    { principal, disclosures }: CommandContext,
  ): Promise<void> {
    const corrections = (await this.accounts.load(siteId))?.state.corrections;
    const root = facts.events.get(corrections?.rootOf(eventId) ?? eventId);
    if (!root) return;
    requireCapability(principal, recordingOf(root.type));
    const before = [root.data, corrections?.effective(root).data];
    const problems = replacementProblems({ type: root.type, data: replacement, before, disclosures });
    if (problems.length > 0) throw invalidRequest(problems);
    if (root.type === 'BatchesTransformed')
      await this.#requireHere(siteId, replacement as unknown as BatchesTransformed);
  }

  /**
   * To have written down the wrong batch is what corrections are for, but the right one was here too: whoever could name
   * any batch of the ledger would be shown what it was made of, and would take from it what others hold.
   * @throws Problem `batch-not-here`
   */
  async #requireHere(siteId: string, { inputs }: BatchesTransformed): Promise<void> {
    const missing = new Set(inputs.map(({ batchId }) => batchId));
    for await (const { type, data } of this.store.readStream(siteStream(siteId))) {
      if (type !== 'RecordCorrected') for (const batchId of batchesIn(data)) missing.delete(batchId);
      if (missing.size === 0) return;
    }
    const [batchId] = missing;
    const path = `replacement.inputs[${inputs.findIndex((input) => input.batchId === batchId)}].batchId`;
    const line = { path, code: 'batch-not-here', message: `${batchId} was never at ${siteId}` };
    throw new Problem('batch-not-here', `${batchId} was never at ${siteId}.`, [line]);
  }

  async #look(siteId: string, need: FactRequest, facts: Facts): Promise<void> {
    switch (need.fact) {
      case 'site':
        if (await this.accounts.load(need.siteId)) facts.sites.add(need.siteId);
        return;
      case 'dispatch':
        return this.#dispatch(need.shipmentId, facts);
      case 'settlement':
        return this.#settlement(need.shipmentId, facts);
      case 'event':
        return this.#event(siteId, need.eventId, facts);
      case 'taken':
        return; // taking the id tells, without a look beforehand: see the lane
    }
  }

  async #dispatch(shipmentId: string, facts: Facts): Promise<void> {
    const located = await this.reservations.locate('shipment', shipmentId);
    if (!located?.use) return;
    const consignor = await this.accounts.load(located.siteId);
    const event = siteEvent(located.use);
    const inForce = consignor?.state.corrections.effective(event) ?? event;
    facts.dispatches.set(shipmentId, {
      consignorSiteId: located.siteId,
      occurredAt: event.metadata.occurredAt,
      data: inForce.data as BatchesDispatched,
    });
  }

  async #settlement(shipmentId: string, facts: Facts): Promise<void> {
    const use = (await this.reservations.locate('receipt', shipmentId))?.use;
    if (!use) return;
    const outcome = use.type === 'ShipmentRefused' ? 'refused' : 'received';
    facts.settlements.set(shipmentId, { outcome, occurredAt: siteEvent(use).metadata.occurredAt });
  }

  /** Corrections are rare and refold the account anyway: one pass over the stream finds the event and its root. */
  async #event(siteId: string, eventId: string, facts: Facts): Promise<void> {
    const account = await this.accounts.load(siteId);
    const wanted = new Set([eventId, account?.state.corrections.rootOf(eventId) ?? eventId]);
    for await (const event of this.store.readStream(siteStream(siteId))) {
      if (!wanted.delete(event.id)) continue;
      facts.events.set(event.id, event as unknown as LedgerEvent<SiteEvent>);
      if (wanted.size === 0) return;
    }
  }
}

/** What an authority records at a site is not for its custodian to correct, nor the other way round. */
function recordingOf(type: string): Capability {
  return isOfAuthority(type) ? 'hold-batches' : 'record-custody';
}

/** Every batch that an event names. */
function batchesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) =>
    name === 'batchId' && typeof field === 'string' ? [field] : batchesIn(field),
  );
}
