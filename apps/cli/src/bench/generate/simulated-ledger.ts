import { decideAttestation, initialAttestation, type AttestationScheme, type IssueAttestation } from '#attestation';
import {
  decideAtSite,
  decideOrganisation,
  decideSiteOpening,
  evolveAccount,
  evolveOrganisation,
  initialAccount,
  initialOrganisation,
  noFacts,
  reservationStream,
  takesOf,
  type Decision,
  type DispatchedBatch,
  type EventMetadata,
  type HeldBatch,
  type LedgerEvent,
  type Moment,
  type Organisation,
  type OrganisationCommand,
  type SiteAccount,
  type SiteCommand,
  type SiteEvent,
  type SiteOpened,
} from '#custody';
import { OPERATOR } from '#access';
import { type ExpectedRevision, type JsonObject, type NewEvent } from '#event-store';
import { type SeededRandom } from './seeded-random.js';

/** One append to the event store. */
export interface GeneratedAppend {
  readonly stream: string;
  readonly events: NewEvent[];
  readonly expected: ExpectedRevision;
}

/** When the generated world begins. */
const BEGINNING = Date.UTC(2024, 0, 1);
/** How long it lasts, in milliseconds: two years, however many events happen in them. */
export const SPAN_MS = 730 * 86_400_000;
/** From what happens to when the ledger writes it, in milliseconds. */
const RECORDING_DELAY_MS = 1_500;
const SCHEMA_VERSION = 1;
/** Events of one append at most: consecutive commands of one site share an append, as those of an import do a group. */
const EVENTS_PER_APPEND = 100;

/**
 * A ledger that decides with the ledger's own deciders and writes nothing: what it gives out are the appends that the
 * server would have made for the same commands, reservations of ids included, with ids and times from the seed.
 */
export class SimulatedLedger {
  /** Events given out so far. */
  count = 0;
  #appends: GeneratedAppend[] = [];
  #time = BEGINNING;
  readonly #accounts = new Map<string, SiteAccount>();
  readonly #organisations = new Map<string, Organisation>();
  /** Site → organisation. */
  readonly #owners = new Map<string, string>();
  /** Shared by all decisions: ids are never repeated, and a settled shipment is forgotten. */
  readonly #facts = noFacts();
  readonly #longestPause: number;

  readonly #random: SeededRandom;

  /** @param expectedEvents for the pace of the clock */
  constructor(random: SeededRandom, expectedEvents: number) {
    this.#random = random;
    this.#longestPause = Math.max(1, Math.floor((2 * SPAN_MS) / expectedEvents));
  }

  /** The appends since the last call, in order. */
  take(): GeneratedAppend[] {
    const taken = this.#appends;
    this.#appends = [];
    return taken;
  }

  organisation(organisationId: string, command: OrganisationCommand): void {
    const state = this.#organisations.get(organisationId) ?? initialOrganisation();
    const { moment, metadata } = this.#next();
    const [event] = accepted(decideOrganisation(command, state, moment), command.kind);
    const stream = `organisation-${organisationId}`;
    const recorded = this.#emit(stream, event!, metadata, state.revision);
    this.#organisations.set(organisationId, evolveOrganisation(state, { ...event!, ...recorded, stream, metadata }));
  }

  openSite(opening: SiteOpened): void {
    const { moment, metadata } = this.#next();
    const known = { organisationExists: this.#organisations.has(opening.organisationId), siteExists: false };
    const events = accepted(decideSiteOpening({ kind: 'sites', body: opening }, known, moment), 'sites');
    this.#accounts.set(opening.siteId, initialAccount());
    this.#facts.sites.add(opening.siteId);
    this.#owners.set(opening.siteId, opening.organisationId);
    this.#recordAtSite(opening.siteId, events, metadata);
  }

  attest(issued: IssueAttestation, scheme: AttestationScheme): void {
    const { moment, metadata } = this.#next();
    const issuer = this.#organisations.get(issued.issuerOrganisationId) ?? initialOrganisation();
    const known = { siteOrganisationId: this.#owners.get(issued.siteId), issuer, controlOf: new Map(), scheme };
    const command = { kind: 'attestations' as const, body: issued };
    const [event] = accepted(decideAttestation(command, initialAttestation(), known, moment), command.kind);
    this.#emit(`attestation-${issued.attestationId}`, event!, metadata, -1n);
  }

  /** Records a command at a site. @throws Error when it would be refused, which a plan must not let happen */
  at(siteId: string, command: SiteCommand): void {
    const account = this.#account(siteId);
    const { moment, metadata } = this.#next();
    const events = accepted(decideAtSite(command, account, this.#facts, moment), `${command.kind} at ${siteId}`);
    for (const { kind, id } of takesOf(command)) {
      const data = { kind, id, siteId, afterRevision: String(account.revision) };
      this.#emit(reservationStream({ kind, id }), { type: 'IdReserved', data }, metadata, -1n);
    }
    this.#recordAtSite(siteId, events, metadata);
  }

  /** A batch now at a site. @throws Error when it is not there */
  batch(siteId: string, batchId: string): HeldBatch {
    const batch = this.#account(siteId).batches.get(batchId);
    if (!batch) throw new Error(`${batchId} is not at ${siteId}`);
    return batch;
  }

  /** What is on its way under a shipment id. @throws Error when nothing is */
  inTransit(shipmentId: string): readonly DispatchedBatch[] {
    const shipment = this.#facts.dispatches.get(shipmentId);
    if (!shipment) throw new Error(`nothing is on its way under ${shipmentId}`);
    return shipment.data.batches;
  }

  /** Events of a site's stream. */
  eventsAt(siteId: string): number {
    return Number(this.#account(siteId).revision) + 1;
  }

  /** The present of the generated world, RFC 3339 UTC with milliseconds. */
  get now(): string {
    return new Date(this.#time).toISOString();
  }

  #account(siteId: string): SiteAccount {
    const account = this.#accounts.get(siteId);
    if (!account) throw new Error(`there is no site ${siteId}`);
    return account;
  }

  #recordAtSite(siteId: string, events: readonly SiteEvent[], metadata: EventMetadata): void {
    const stream = `site-${siteId}`;
    for (const event of events) {
      const account = this.#account(siteId);
      const { id, revision } = this.#emit(stream, event, metadata, account.revision);
      const { type, data } = event;
      const recorded = { id, stream, revision, type, data, metadata } as LedgerEvent<SiteEvent>;
      this.#accounts.set(siteId, evolveAccount(account, recorded));
      this.#follow(siteId, event, metadata.occurredAt);
    }
  }

  #follow(siteId: string, { type, data }: SiteEvent, occurredAt: string): void {
    if (type === 'BatchesDispatched') {
      this.#facts.dispatches.set(data.shipmentId, { consignorSiteId: siteId, occurredAt, data });
    }
    if (type === 'BatchesReceived') this.#facts.dispatches.delete(data.shipmentId);
  }

  #next(): { moment: Moment; metadata: EventMetadata } {
    this.#time += this.#random.integer(1, this.#longestPause);
    const occurredAt = this.now;
    const recordedAt = new Date(this.#time + RECORDING_DELAY_MS).toISOString();
    return {
      moment: { occurredAt, now: recordedAt, authority: OPERATOR.principal },
      metadata: {
        commandId: this.#random.uuid(),
        actor: { principal: OPERATOR.principal },
        occurredAt,
        recordedAt,
        schemaVersion: SCHEMA_VERSION,
      },
    };
  }

  /** @param after the stream's last revision, −1 for none */
  #emit(
    stream: string,
    { type, data }: { type: string; data: unknown },
    metadata: EventMetadata,
    after: bigint,
  ): { id: string; revision: bigint } {
    const id = this.#random.uuid();
    const event = { id, type, data: data as JsonObject, metadata: metadata as unknown as JsonObject };
    const last = this.#appends.at(-1);
    if (last?.stream === stream && last.events.length < EVENTS_PER_APPEND) last.events.push(event);
    else this.#appends.push({ stream, events: [event], expected: after < 0n ? 'no-stream' : after });
    this.count++;
    return { id, revision: after + 1n };
  }
}

function accepted<E>(decision: Decision<E>, what: string): E[] {
  if (decision.accepted) return decision.events;
  throw new Error(`the plan of the generated ledger is wrong: ${what} is refused: ${decision.refusal.detail}`);
}
