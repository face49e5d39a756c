import { OPERATOR } from '#access';
import {
  decideAttestation,
  decideConcern,
  evolveAttestation,
  evolveConcern,
  initialAttestation,
  initialConcern,
  type AttestationCommand,
  type AttestationEvent,
  type ConcernCommand,
  type ConcernEvent,
  type AttestationSchemes,
} from '#attestation';
import { type GraphEvent } from '#claims';
import {
  decideAtSite,
  decideOrganisation,
  decideSiteOpening,
  evolveOrganisation,
  factOf,
  foldAccount,
  initialAccount,
  initialOrganisation,
  needsOf,
  noFacts,
  reservationStream,
  takesOf,
  evolveAccount,
  requiresRefold,
  type Decision,
  type Facts,
  type LedgerEvent,
  type Moment,
  type OrganisationCommand,
  type OrganisationEvent,
  type Refusal,
  type SiteAccount,
  type SiteCommand,
  type SiteEvent,
  type SiteOpened,
  type DeclaredControl,
} from '#custody';
import { loadSchemes } from '#programmes';
import { commandIdOf, eventIdOf } from '#recording';

/** A line of an import file. */
export interface ImportLine {
  readonly command: string;
  readonly idempotencyKey: string;
  readonly organisation?: string;
  readonly site?: string;
  readonly attestation?: string;
  readonly concern?: string;
  readonly scheme?: string;
  readonly body: Readonly<Record<string, unknown>> & { readonly occurredAt: string };
}

type Written = Pick<GraphEvent, 'type' | 'data'>;

/**
 * The ledger's decisions over a file, in order, in memory: every decider of the domain, no server, store or clock. The
 * ids are those that an import into the folder gives, for corrections name the events they correct.
 */
export class InMemoryLedger {
  /** All of the log, reservations of ids too. */
  readonly events: GraphEvent[] = [];
  readonly #streams = new Map<string, GraphEvent[]>();
  readonly #byId = new Map<string, GraphEvent>();
  readonly #accounts = new Map<string, SiteAccount>();

  readonly #now: string;
  readonly #schemes: AttestationSchemes;

  /**
   * @param now the ledger's clock, standing still
   * @param schemes default: those that come with the ledger
   */
  constructor(now: string, schemes: AttestationSchemes = loadSchemes()) {
    this.#now = now;
    this.#schemes = schemes;
  }

  /** Records what the line says, or returns why it is refused; then nothing is recorded. */
  record(line: ImportLine): Refusal | undefined {
    const { occurredAt, ...body } = line.body;
    const moment: Moment = { occurredAt, now: this.#now, authority: OPERATOR.principal };
    const { stream, decision, reserves } = this.#decide(line, body, moment);
    if (!decision.accepted) return decision.refusal;
    const commandId = commandIdOf(OPERATOR.principal, line.idempotencyKey);
    for (const { kind, id } of reserves) {
      const data = { kind, id, siteId: line.site, afterRevision: String(this.#stream(stream).length - 1) };
      this.#append(
        reservationStream({ kind, id }),
        { type: 'IdReserved', data },
        commandId,
        `${kind} ${id}`,
        occurredAt,
      );
    }
    decision.events.forEach((event, index) => this.#append(stream, event, commandId, index, occurredAt));
    return undefined;
  }

  /** What is now at a site. */
  account(siteId: string): SiteAccount {
    return this.#accounts.get(siteId) ?? initialAccount();
  }

  #decide(line: ImportLine, body: Record<string, unknown>, moment: Moment): Outcome {
    const { command: kind, organisation, site, attestation, concern, scheme } = line;
    if (site !== undefined) {
      const command = { kind, body } as unknown as SiteCommand;
      const decision = decideAtSite(command, this.account(site), this.#facts(site, command), moment);
      return { stream: `site-${site}`, decision, reserves: takesOf(command) };
    }
    if (organisation !== undefined && kind === 'sites') {
      const opened = { ...body, organisationId: organisation } as unknown as SiteOpened;
      const facts = {
        organisationExists: this.#streams.has(`organisation-${organisation}`),
        siteExists: this.#streams.has(`site-${opened.siteId}`),
      };
      return outcome(`site-${opened.siteId}`, decideSiteOpening({ kind: 'sites', body: opened }, facts, moment));
    }
    if (attestation !== undefined || kind === 'attestations') {
      return this.#decideAttestation(attestation ?? String(body['attestationId']), { kind, body } as never, moment);
    }
    if (concern !== undefined || kind === 'concerns') {
      return this.#decideConcern(concern ?? String(body['concernId']), { kind, body } as never, moment);
    }
    const organisationId = organisation ?? String(body['organisationId']);
    const command = { kind, body: scheme === undefined ? body : { ...body, scheme } } as unknown as OrganisationCommand;
    return outcome(
      `organisation-${organisationId}`,
      decideOrganisation(command, this.#organisation(organisationId), moment),
    );
  }

  #decideAttestation(id: string, command: AttestationCommand, moment: Moment): Outcome {
    const stream = `attestation-${id}`;
    const events = this.#stream(stream) as LedgerEvent<AttestationEvent>[];
    const state = events.reduce(evolveAttestation, initialAttestation());
    const issued = command.kind === 'attestations' ? command.body : undefined;
    const opening = this.#stream(`site-${issued?.siteId ?? ''}`)[0]?.data as SiteOpened | undefined;
    const facts = {
      siteOrganisationId: opening?.organisationId,
      issuer: this.#organisation(issued?.issuerOrganisationId ?? ''),
      controlOf: this.#control(),
      scheme: this.#schemes.get(issued?.scheme ?? ''),
    };
    return outcome(stream, decideAttestation(command, state, facts, moment));
  }

  #decideConcern(id: string, command: ConcernCommand, moment: Moment): Outcome {
    const stream = `concern-${id}`;
    const events = this.#stream(stream) as LedgerEvent<ConcernEvent>[];
    const siteExists = command.kind === 'concerns' && this.#streams.has(`site-${command.body.siteId}`);
    return outcome(
      stream,
      decideConcern(command, events.reduce(evolveConcern, initialConcern()), { siteExists }, moment),
    );
  }

  #control(): Map<string, readonly DeclaredControl[]> {
    const organisations = [...this.#streams.keys()].filter((stream) => stream.startsWith('organisation-'));
    const ids = organisations.map((stream) => stream.slice('organisation-'.length));
    return new Map(ids.map((id) => [id, this.#organisation(id).control]));
  }

  #organisation(organisationId: string): ReturnType<typeof initialOrganisation> {
    const events = this.#stream(`organisation-${organisationId}`) as LedgerEvent<OrganisationEvent>[];
    return events.reduce(evolveOrganisation, initialOrganisation());
  }

  #facts(siteId: string, command: SiteCommand): Facts {
    const facts = noFacts();
    for (const need of needsOf(command)) {
      if (need.fact === 'site' && this.#streams.has(`site-${need.siteId}`)) facts.sites.add(need.siteId);
      if (need.fact === 'taken' && this.#streams.has(reservationStream(need))) facts.taken.add(reservationStream(need));
      if (need.fact === 'event') {
        const root = this.account(siteId).corrections.rootOf(need.eventId);
        for (const event of this.#stream(`site-${siteId}`))
          if (event.id === need.eventId || event.id === root) facts.events.set(event.id, event);
      }
      if (need.fact === 'confirmer') facts.confirmer = { independent: true, entitled: true };
      if (need.fact === 'dispatch') this.#lookUpDispatch(need.shipmentId, facts);
      if (need.fact === 'settlement') this.#lookUpSettlement(need.shipmentId, facts);
      // Whether a shipment is settled already is asked of its reservations.
      if ('shipmentId' in need) {
        for (const kind of ['receipt', 'return'] as const) {
          const stream = reservationStream({ kind, id: need.shipmentId });
          if (this.#streams.has(stream)) facts.taken.add(stream);
        }
      }
    }
    return facts;
  }

  #lookUpDispatch(shipmentId: string, facts: Facts): void {
    for (const event of this.#siteEvents()) {
      const { type, data } = factOf(event);
      if (type !== 'BatchesDispatched' || data.shipmentId !== shipmentId) continue;
      const consignorSiteId = event.stream.slice('site-'.length);
      facts.dispatches.set(shipmentId, { consignorSiteId, occurredAt: event.metadata.occurredAt, data });
    }
  }

  #lookUpSettlement(shipmentId: string, facts: Facts): void {
    for (const event of this.#siteEvents()) {
      const { type, data } = factOf(event);
      if ((type !== 'BatchesReceived' && type !== 'ShipmentRefused') || data.shipmentId !== shipmentId) continue;
      const settled = type === 'BatchesReceived' ? 'received' : 'refused';
      facts.settlements.set(shipmentId, { outcome: settled, occurredAt: event.metadata.occurredAt });
    }
  }

  #siteEvents(): LedgerEvent<SiteEvent>[] {
    return this.events.filter(({ stream }) => stream.startsWith('site-')) as LedgerEvent<SiteEvent>[];
  }

  #stream(name: string): GraphEvent[] {
    return this.#streams.get(name) ?? [];
  }

  #append(stream: string, event: Written, commandId: string, part: number | string, occurredAt: string): void {
    const before = this.#stream(stream);
    const recorded: GraphEvent = {
      id: eventIdOf(commandId, part),
      stream,
      revision: BigInt(before.length),
      type: event.type,
      data: event.data,
      metadata: {
        commandId,
        actor: { principal: OPERATOR.principal },
        occurredAt,
        recordedAt: this.#now,
        schemaVersion: 1,
      },
      logIndex: this.events.length,
    };
    if (this.#byId.has(recorded.id)) throw new Error(`event id ${recorded.id} twice`);
    this.#byId.set(recorded.id, recorded);
    this.events.push(recorded);
    this.#streams.set(stream, [...before, recorded]);
    if (stream.startsWith('site-')) this.#follow(stream, recorded as LedgerEvent<SiteEvent>);
  }

  #follow(stream: string, event: LedgerEvent<SiteEvent>): void {
    const siteId = stream.slice('site-'.length);
    const account = requiresRefold(event)
      ? foldAccount(this.#stream(stream) as LedgerEvent<SiteEvent>[])
      : evolveAccount(this.account(siteId), event);
    this.#accounts.set(siteId, account);
  }
}

interface Outcome {
  readonly stream: string;
  readonly decision: Decision<Written>;
  readonly reserves: ReturnType<typeof takesOf>;
}

function outcome(stream: string, decision: Decision<Written>): Outcome {
  return { stream, decision, reserves: [] };
}
