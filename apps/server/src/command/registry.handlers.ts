import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actsFor } from '#access';
import {
  decideOrganisation,
  decideSiteOpening,
  evolveOrganisation,
  initialOrganisation,
  type LedgerEvent,
  type Organisation,
  type OrganisationEvent,
} from '#custody';
import { type StoredEvent } from '#event-store';
import { OpenSite, RecordOrganisation, type Recording } from './commands.js';
import { ShortStreamRecorder } from './short-stream-recorder.js';
import { Signatures } from './signatures.js';
import { organisationStream, siteStream } from './stream-names.js';

@CommandHandler(RecordOrganisation)
export class RecordOrganisationHandler implements ICommandHandler<RecordOrganisation> {
  constructor(
    private readonly recorder: ShortStreamRecorder,
    private readonly signatures: Signatures,
  ) {}

  async execute({ organisationId, command, context }: RecordOrganisation): Promise<Recording> {
    const known = actsFor(context.principal, organisationId);
    const receipt = await this.recorder.record(organisationStream(organisationId), context, (events, moment) => {
      const decision = decideOrganisation(command, organisationOf(known ? events : []), moment);
      if (decision.accepted && command.kind === 'signing-keys') {
        this.signatures.requirePossession(organisationId, command.body);
      }
      return decision;
    });
    return { recorded: Promise.resolve(receipt) };
  }
}

@CommandHandler(OpenSite)
export class OpenSiteHandler implements ICommandHandler<OpenSite> {
  constructor(private readonly recorder: ShortStreamRecorder) {}

  async execute({ opening, context }: OpenSite): Promise<Recording> {
    const { siteId, organisationId } = opening;
    const receipt = await this.recorder.record(
      siteStream(siteId),
      context,
      async (events, moment) => {
        const organisationExists =
          actsFor(context.principal, organisationId) &&
          (await this.recorder.exists(organisationStream(organisationId)));
        const facts = { organisationExists, siteExists: events.length > 0 };
        return decideSiteOpening({ kind: 'sites', body: opening }, facts, moment);
      },
      () => organisationId,
    );
    return { recorded: Promise.resolve(receipt) };
  }
}

export function organisationOf(events: readonly StoredEvent[]): Organisation {
  return events.reduce(
    (state, event) => evolveOrganisation(state, event as unknown as LedgerEvent<OrganisationEvent>),
    initialOrganisation(),
  );
}
