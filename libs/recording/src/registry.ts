import { actsFor, isAnyone, may, visibilityOf, type Principal } from '#access';
import {
  decideAttestation,
  decideConcern,
  evolveAttestation,
  evolveConcern,
  initialAttestation,
  initialConcern,
  type AttestationCommand,
  type AttestationEvent,
  type AttestationFacts,
  type AttestationSchemes,
  type AttestationState,
  type ConcernCommand,
  type ConcernEvent,
  type ConcernFacts,
  type ConcernState,
} from '#attestation';
import {
  decideOrganisation,
  decideSiteOpening,
  type EventMetadata,
  initialOrganisation,
  type LedgerEvent,
  type OrganisationCommand,
  type SiteOpened,
} from '#custody';
import { type StoredEvent } from '#event-store';
import { type CommandContext, type CommandReceipt } from './command-context.js';
import { organisationOf } from './organisation-of.js';
import { withControllers } from './controllers.js';
import { type Signatures } from './signatures.js';
import { type ShortStreams } from './short-streams.js';
import { attestationStream, concernStream, organisationStream, siteStream } from './stream-names.js';

/** Records what is not custody: organisations, sites that open, attestations, concerns. */
export class Registry {
  readonly #streams: ShortStreams;
  readonly #signatures: Signatures;
  readonly #schemes: AttestationSchemes;

  constructor(streams: ShortStreams, signatures: Signatures, schemes: AttestationSchemes) {
    this.#streams = streams;
    this.#signatures = signatures;
    this.#schemes = schemes;
  }

  organisation(organisationId: string, command: OrganisationCommand, context: CommandContext): Promise<CommandReceipt> {
    const known = actsFor(context.principal, organisationId);
    return this.#streams.record(organisationStream(organisationId), context, (events, moment) => {
      const decision = decideOrganisation(command, organisationOf(known ? events : []), moment);
      if (decision.accepted && command.kind === 'signing-keys') {
        this.#signatures.requirePossession(organisationId, command.body);
      }
      return decision;
    });
  }

  siteOpening(opening: SiteOpened, context: CommandContext): Promise<CommandReceipt> {
    const { siteId, organisationId } = opening;
    return this.#streams.record(
      siteStream(siteId),
      context,
      async (events, moment) => {
        const organisationExists =
          actsFor(context.principal, organisationId) &&
          (await this.#streams.exists(organisationStream(organisationId)));
        const facts = { organisationExists, siteExists: events.length > 0 };
        return decideSiteOpening({ kind: 'sites', body: opening }, facts, moment);
      },
      () => organisationId,
    );
  }

  attestation(attestationId: string, command: AttestationCommand, context: CommandContext): Promise<CommandReceipt> {
    return this.#streams.record(
      attestationStream(attestationId),
      context,
      async (events, moment) =>
        decideAttestation(
          command,
          asKnownTo(context.principal, command, attestationOf(events)),
          await this.#attestationFacts(command, context.principal),
          moment,
        ),
      (events) =>
        command.kind === 'attestations'
          ? command.body.issuerOrganisationId
          : attestationOf(events).issued?.issuerOrganisationId,
    );
  }

  /** @param onDocket the sender has named the concern by the id that the docket gives it */
  concern(
    concernId: string,
    command: ConcernCommand,
    context: CommandContext,
    onDocket: boolean,
  ): Promise<CommandReceipt> {
    return this.#streams.record(concernStream(concernId), context, async (events, moment) => {
      const state = events.reduce(
        (folded, event) => evolveConcern(folded, event as unknown as LedgerEvent<ConcernEvent>),
        initialConcern(),
      );
      const facts = await this.#concernFacts(command, state, context.principal);
      const raiser = (events[0]?.metadata as unknown as EventMetadata | undefined)?.actor.organisation;
      const knows = onDocket || facts.knows || (raiser !== undefined && raiser === context.principal.organisation);
      return decideConcern(command, state, { ...facts, knows }, moment);
    });
  }

  async #concernFacts(command: ConcernCommand, state: ConcernState, principal: Principal): Promise<ConcernFacts> {
    const siteId = command.kind === 'concerns' ? command.body.siteId : state.raised?.siteId;
    const opening = siteId === undefined ? undefined : await this.#streams.first(siteStream(siteId));
    const organisationId = opening && (opening.data as unknown as SiteOpened).organisationId;
    return {
      siteExists: opening !== undefined,
      byAnyone: isAnyone(principal),
      ofSite: organisationId !== undefined && actsFor(principal, organisationId),
      knows: await this.#knowsSite(principal, organisationId),
    };
  }

  /** Whether the site of this organisation is known to the principal by what is recorded of both. */
  async #knowsSite(principal: Principal, organisationId: string | undefined): Promise<boolean> {
    if (visibilityOf(principal).sees === 'everything') return true;
    if (organisationId === undefined) return false;
    if (principal.organisation === organisationId) return true;
    return organisationOf(await this.#streams.read(organisationStream(organisationId))).visibility === 'open';
  }

  async #attestationFacts(command: AttestationCommand, principal: Principal): Promise<AttestationFacts> {
    if (command.kind !== 'attestations') return { ...NO_FACTS, authority: authorityOf(principal) };
    const { siteId, issuerOrganisationId, scheme } = command.body;
    const opening = await this.#streams.first(siteStream(siteId));
    const siteOrganisationId = opening && (opening.data as unknown as SiteOpened).organisationId;
    const mayIssue = actsFor(principal, issuerOrganisationId);
    const known = await withControllers(
      (stream) => this.#streams.read(stream),
      [siteOrganisationId, issuerOrganisationId].filter((id) => id !== undefined),
    );
    return {
      siteOrganisationId,
      issuer: (mayIssue ? known.get(issuerOrganisationId) : undefined) ?? initialOrganisation(),
      controlOf: new Map([...known].map(([organisationId, { control }]) => [organisationId, control])),
      scheme: this.#schemes.get(scheme),
    };
  }
}

const NO_FACTS: AttestationFacts = {
  siteOrganisationId: undefined,
  issuer: initialOrganisation(),
  controlOf: new Map(),
  scheme: undefined,
};

/** Who may suspend an attestation and issue none. */
function authorityOf({ role, organisation, principal }: Principal): string | undefined {
  return may(role, 'attest') ? undefined : (organisation ?? principal);
}

function attestationOf(events: readonly StoredEvent[]): AttestationState {
  return events.reduce(
    (folded, event) => evolveAttestation(folded, event as unknown as LedgerEvent<AttestationEvent>),
    initialAttestation(),
  );
}

/** To change the attestation of another issuer is to change one that there is not; its id is taken all the same. */
function asKnownTo(principal: Principal, { kind }: AttestationCommand, state: AttestationState): AttestationState {
  const hidden = state.issued !== undefined && !actsFor(principal, state.issued.issuerOrganisationId);
  return hidden && kind !== 'attestations' ? initialAttestation() : state;
}
