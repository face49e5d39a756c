import { decideAttestation, initialAttestation, type AttestationScheme, type IssueAttestation } from '#attestation';
import {
  decideAtSite,
  decideOrganisation,
  decideSiteOpening,
  evolveOrganisation,
  initialAccount,
  initialOrganisation,
  noFacts,
  takesOf,
  type Decision,
  type DispatchedBatch,
  type EventMetadata,
  type HeldBatch,
  type Moment,
  type Organisation,
  type OrganisationCommand,
  type SiteAccount,
  type SiteCommand,
  type SiteEvent,
  type SiteOpened,
} from '#custody';
import { OPERATOR } from '#access';
import { type ExpectedRevision, type NewEvent } from '#event-store';
import {
  accountBehind,
  attestationStream,
  metadataOf,
  newEvents,
  newReservation,
  organisationStream,
  siteStream,
} from '#recording';
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
/** From an occurrence to its recording, in milliseconds. */
const RECORDING_DELAY_MS = 1_500;
/** Most events of one append: consecutive commands of one site share an append, as they share a group in an import. */
const EVENTS_PER_APPEND = 100;

/**
 * Decides as the ledger does but writes nothing: it yields the appends that a recorder would make for the same
 * commands, including reservations of ids, with ids, salts and times from the seed. Everything a decision looks up is
 * in memory, so nothing is awaited and a million events take a minute.
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
  /** Shared by all decisions: ids are never repeated, and settled shipments are removed. */
  readonly #facts = noFacts();
  readonly #longestPause: number;
  readonly #random: SeededRandom;
  readonly #salt = (): string => this.#random.salt();

  /** @param expectedEvents determines the pace of the clock */
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
    const stream = organisationStream(organisationId);
    const [{ id }] = this.#emit(stream, state.revision, [event!], metadata) as [NewEvent];
    const place = { id, stream, revision: state.revision + 1n, metadata };
    this.#organisations.set(organisationId, evolveOrganisation(state, { ...event!, ...place }));
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
    this.#emit(attestationStream(issued.attestationId), -1n, [event!], metadata);
  }

  /** Records a command at a site. @throws Error when it would be refused, which would be a fault of the plan */
  at(siteId: string, command: SiteCommand): void {
    const account = this.#account(siteId);
    const { moment, metadata } = this.#next();
    const events = accepted(decideAtSite(command, account, this.#facts, moment), `${command.kind} at ${siteId}`);
    for (const { kind, id } of takesOf(command)) {
      const reserved = { kind, id, siteId, afterRevision: String(account.revision) };
      const { stream, event } = newReservation(reserved, metadata, this.#salt);
      this.#append(stream, [event], -1n);
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

  #recordAtSite(siteId: string, facts: readonly SiteEvent[], metadata: EventMetadata): void {
    const account = this.#account(siteId);
    const events = this.#emit(siteStream(siteId), account.revision, facts, metadata);
    this.#accounts.set(siteId, accountBehind(account, siteId, facts, events, metadata));
    for (const fact of facts) this.#follow(siteId, fact, metadata.occurredAt);
  }

  #follow(siteId: string, { type, data }: SiteEvent, occurredAt: string): void {
    if (type === 'BatchesDispatched') {
      this.#facts.dispatches.set(data.shipmentId, { consignorSiteId: siteId, occurredAt, data });
    }
    if (type === 'BatchesReceived') this.#facts.dispatches.delete(data.shipmentId);
  }

  #next(): { moment: Moment; metadata: EventMetadata } {
    this.#time += this.#random.integer(1, this.#longestPause);
    const recordedAt = new Date(this.#time + RECORDING_DELAY_MS).toISOString();
    const moment = { occurredAt: this.now, now: recordedAt, authority: OPERATOR.principal };
    return { moment, metadata: metadataOf(this.#random.uuid(), { principal: OPERATOR }, moment) };
  }

  /** @param after the stream's last revision, −1 for none */
  #emit(
    stream: string,
    after: bigint,
    facts: readonly { type: string; data: unknown }[],
    metadata: EventMetadata,
  ): NewEvent[] {
    const events = newEvents(facts, metadata, this.#salt);
    this.#append(stream, events, after);
    return events;
  }

  #append(stream: string, events: readonly NewEvent[], after: bigint): void {
    const last = this.#appends.at(-1);
    if (last?.stream === stream && last.events.length + events.length <= EVENTS_PER_APPEND) last.events.push(...events);
    else this.#appends.push({ stream, events: [...events], expected: after < 0n ? 'no-stream' : after });
    this.count += events.length;
  }
}

function accepted<E>(decision: Decision<E>, what: string): E[] {
  if (decision.accepted) return decision.events;
  throw new Error(`the plan of the generated ledger is wrong: ${what} is refused: ${decision.refusal.detail}`);
}
