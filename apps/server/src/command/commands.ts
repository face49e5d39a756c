import { Command } from '@nestjs/cqrs';
import { type AttestationCommand, type ConcernCommand } from '#attestation';
import { type OrganisationCommand, type SiteCommand, type SiteOpened } from '#custody';
import { type CommandContext, type CommandReceipt } from '#recording';

/**
 * What every command's handler returns. `recorded` resolves when the event is durable. A command at a site resolves before,
 * when it has its place in the site's order: what is sent to one site one after the other is recorded so, and need not wait
 * for the disk between. What other streams decide by may be read only when it is recorded. A refusal rejects either.
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
