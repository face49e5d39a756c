import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OpenSite, RecordOrganisation, type Recording } from './commands.js';
import { LedgerRecorder } from './ledger-recorder.js';

@CommandHandler(RecordOrganisation)
export class RecordOrganisationHandler implements ICommandHandler<RecordOrganisation> {
  readonly #recorder: LedgerRecorder;

  constructor(recorder: LedgerRecorder) {
    this.#recorder = recorder;
  }

  async execute({ organisationId, command, context }: RecordOrganisation): Promise<Recording> {
    return { recorded: Promise.resolve(await this.#recorder.registry.organisation(organisationId, command, context)) };
  }
}

@CommandHandler(OpenSite)
export class OpenSiteHandler implements ICommandHandler<OpenSite> {
  readonly #recorder: LedgerRecorder;

  constructor(recorder: LedgerRecorder) {
    this.#recorder = recorder;
  }

  async execute({ opening, context }: OpenSite): Promise<Recording> {
    return { recorded: Promise.resolve(await this.#recorder.registry.siteOpening(opening, context)) };
  }
}
