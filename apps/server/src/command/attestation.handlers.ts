import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actsFor, type Principal } from '#access';
import {
  decideAttestation,
  decideConcern,
  evolveAttestation,
  evolveConcern,
  initialAttestation,
  initialConcern,
  type AttestationEvent,
  type AttestationFacts,
  type AttestationState,
  type ConcernEvent,
} from '#attestation';
import { isAccredited, type LedgerEvent, type Moment } from '#custody';
import { type StoredEvent } from '#event-store';
import { RecordAttestation, RecordConcern, type Recording } from './commands.js';
import { organisationOf } from './registry.handlers.js';
import { ShortStreamRecorder } from './short-stream-recorder.js';
import { attestationStream, concernStream, organisationStream, siteStream } from './stream-names.js';

@CommandHandler(RecordAttestation)
export class RecordAttestationHandler implements ICommandHandler<RecordAttestation> {
  constructor(private readonly recorder: ShortStreamRecorder) {}

  async execute({ attestationId, command, context }: RecordAttestation): Promise<Recording> {
    const receipt = await this.recorder.record(
      attestationStream(attestationId),
      context,
      async (events, moment) =>
        decideAttestation(
          command,
          asKnownTo(context.principal, command, attestationOf(events)),
          await this.#facts(command, moment, context.principal),
          moment,
        ),
      (events) =>
        command.kind === 'attestations'
          ? command.body.issuerOrganisationId
          : attestationOf(events).issued?.issuerOrganisationId,
    );
    return { recorded: Promise.resolve(receipt) };
  }

  async #facts(
    command: RecordAttestation['command'],
    { occurredAt }: Moment,
    principal: Principal,
  ): Promise<AttestationFacts> {
    if (command.kind !== 'attestations') return { siteExists: true, accredited: true };
    const { siteId, issuerOrganisationId, scheme } = command.body;
    const issuer = organisationOf(await this.recorder.read(organisationStream(issuerOrganisationId)));
    return {
      siteExists: await this.recorder.exists(siteStream(siteId)),
      accredited: actsFor(principal, issuerOrganisationId) && isAccredited(issuer, scheme, occurredAt),
    };
  }
}

function attestationOf(events: readonly StoredEvent[]): AttestationState {
  return events.reduce(
    (folded, event) => evolveAttestation(folded, event as unknown as LedgerEvent<AttestationEvent>),
    initialAttestation(),
  );
}

/** To change the attestation of another issuer is to change one that there is not; its id is taken all the same. */
function asKnownTo(
  principal: Principal,
  { kind }: RecordAttestation['command'],
  state: AttestationState,
): AttestationState {
  const hidden = state.issued !== undefined && !actsFor(principal, state.issued.issuerOrganisationId);
  return hidden && kind !== 'attestations' ? initialAttestation() : state;
}

@CommandHandler(RecordConcern)
export class RecordConcernHandler implements ICommandHandler<RecordConcern> {
  constructor(private readonly recorder: ShortStreamRecorder) {}

  async execute({ concernId, command, context }: RecordConcern): Promise<Recording> {
    const receipt = await this.recorder.record(concernStream(concernId), context, async (events, moment) => {
      const state = events.reduce(
        (folded, event) => evolveConcern(folded, event as unknown as LedgerEvent<ConcernEvent>),
        initialConcern(),
      );
      const siteExists = command.kind !== 'concerns' || (await this.recorder.exists(siteStream(command.body.siteId)));
      return decideConcern(command, state, { siteExists }, moment);
    });
    return { recorded: Promise.resolve(receipt) };
  }
}
