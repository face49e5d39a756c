import { OPERATOR } from '#access';
import { type AttestationCommand, type AttestationSchemes, type ConcernCommand } from '#attestation';
import { type GraphEvent } from '#claims';
import { type OrganisationCommand, type SiteCommand, type SiteOpened } from '#custody';
import { MemoryEventStore } from '#event-store';
import { loadSchemes } from '#programmes';
import { CommandRefused, LedgerClock, Recorder, type CommandContext, type CommandReceipt } from '#recording';

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

/** Why a line is refused. */
type LineRefusal = Pick<CommandRefused, 'code' | 'message'>;

/** The ledger's clock, standing still. */
class StandingClock extends LedgerClock {
  readonly #now: string;

  constructor(now: string) {
    super();
    this.#now = now;
  }

  override now(): string {
    return this.#now;
  }
}

/**
 * Records a file in its order, in memory and without a server. Events get the same ids as in an import into a folder,
 * because corrections name the events they correct.
 */
export class InMemoryLedger {
  readonly #store = new MemoryEventStore();
  readonly #recorder: Recorder;

  /**
   * @param now of the ledger's clock
   * @param schemes default: those that come with the ledger
   */
  constructor(now: string, schemes: AttestationSchemes = loadSchemes()) {
    this.#recorder = new Recorder({ store: this.#store, clock: new StandingClock(now), schemes });
  }

  /** Records what the line says, or returns why it is refused; then nothing is recorded. */
  async record(line: ImportLine): Promise<LineRefusal | undefined> {
    try {
      await this.#record(line);
      return undefined;
    } catch (error) {
      if (!(error instanceof CommandRefused)) throw error;
      return { code: error.code, message: error.message };
    }
  }

  /** The whole log, including reservations of ids. */
  async events(): Promise<GraphEvent[]> {
    const events: GraphEvent[] = [];
    for await (const { id, stream, revision, type, data, metadata } of this.#store.readAll()) {
      const recorded = { id, stream, revision, type, data, metadata, logIndex: events.length };
      events.push(recorded as unknown as GraphEvent);
    }
    return events;
  }

  #record(line: ImportLine): Promise<CommandReceipt> {
    const { command: kind, organisation, site, attestation, concern, scheme, idempotencyKey } = line;
    const { occurredAt, ...body } = line.body;
    const context: CommandContext = {
      principal: OPERATOR,
      occurredAt,
      idempotencyKey,
      requestSha256: undefined,
      ifMatch: undefined,
      signature: undefined,
      disclosures: [],
    };
    const { registry } = this.#recorder;
    if (site !== undefined) {
      return this.#recorder.atSite({ siteId: site, command: { kind, body } as unknown as SiteCommand, context });
    }
    if (organisation !== undefined && kind === 'sites') {
      return registry.siteOpening({ ...body, organisationId: organisation } as unknown as SiteOpened, context);
    }
    if (attestation !== undefined || kind === 'attestations') {
      const id = attestation ?? String(body['attestationId']);
      return registry.attestation(id, { kind, body } as unknown as AttestationCommand, context);
    }
    if (concern !== undefined || kind === 'concerns') {
      const id = concern ?? String(body['concernId']);
      return registry.concern(id, { kind, body } as unknown as ConcernCommand, context, false);
    }
    const command = { kind, body: scheme === undefined ? body : { ...body, scheme } } as unknown as OrganisationCommand;
    return registry.organisation(organisation ?? String(body['organisationId']), command, context);
  }
}
