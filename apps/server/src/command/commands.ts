import { Command } from '@nestjs/cqrs';
import { type AttestationCommand, type ConcernCommand } from '#attestation';
import { type OrganisationCommand, type SiteCommand, type SiteOpened } from '#custody';
import { type CommandContext, type CommandReceipt } from '#recording';

/**
 * What every command's handler returns. `recorded` resolves when the event is durable. The handler of a command at a
 * site resolves earlier, when the command has its place in the site's order: commands sent to one site one after the
 * other are recorded in that order without waiting for the disk in between. Whatever decisions on other streams depend
 * on may be read only once it is recorded. A refusal rejects either promise.
 */
export interface Recording {
  readonly recorded: Promise<CommandReceipt>;
}

export class RecordAtSite extends Command<Recording> {
  constructor(
    readonly siteId: string,
    readonly command: SiteCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

export class OpenSite extends Command<Recording> {
  constructor(
    readonly opening: SiteOpened,
    readonly context: CommandContext,
  ) {
    super();
  }
}

export class RecordOrganisation extends Command<Recording> {
  constructor(
    readonly organisationId: string,
    readonly command: OrganisationCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

export class RecordAttestation extends Command<Recording> {
  constructor(
    readonly attestationId: string,
    readonly command: AttestationCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

export class RecordConcern extends Command<Recording> {
  constructor(
    readonly concernId: string,
    readonly command: ConcernCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}
