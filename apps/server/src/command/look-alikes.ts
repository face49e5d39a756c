import { Injectable } from '@nestjs/common';
import { type Command } from '@nestjs/cqrs';
import { isAnyone } from '#access';
import { takesOf } from '#custody';
import { ConfusableIds, type NamedId } from '#read-model';
import { type CommandWarning } from '#recording';
import {
  OpenSite,
  RecordAtSite,
  RecordAttestation,
  RecordConcern,
  RecordOrganisation,
  type Recording,
} from './commands.js';

interface NewIds {
  readonly ids: readonly NamedId[];
  /** The body that names them. */
  readonly body: unknown;
  /** The organisation they belong to; undefined: not known. */
  readonly organisation: string | undefined;
}

/**
 * Warns of new ids that look like another organisation's (UTS 39), without saying which id or whose: that is for
 * regulators. It asks the read model, which follows the log: of two ids that arrive together neither may cause a
 * warning, but both are listed.
 */
@Injectable()
export class LookAlikes {
  readonly #confusables: ConfusableIds;

  constructor(confusables: ConfusableIds) {
    this.#confusables = confusables;
  }

  /** Whether the command brings ids that could look like others at all. */
  concerns(command: Command<Recording>): boolean {
    return !(command instanceof RecordAtSite) || newIdsAtSite(command).length > 0;
  }

  /** Never rejects: the command is recorded, whether or not the tables can be asked. */
  async warningsFor(command: Command<Recording>): Promise<readonly CommandWarning[]> {
    try {
      const { ids, body, organisation } = await this.#newIdsOf(command);
      if (ids.length === 0 || organisation === undefined) return [];
      const found = await this.#confusables.among(ids, organisation);
      return found.map(({ kind, id }) => ({
        code: 'confusable-id',
        path: pathOf(body, `${kind}Id`, id) ?? `${kind}Id`,
        message: `looks like the ${kind} id of another organisation`,
      }));
    } catch {
      return [];
    }
  }

  async #newIdsOf(command: Command<Recording>): Promise<NewIds> {
    if (command instanceof RecordAtSite) {
      const ids = newIdsAtSite(command);
      if (ids.length === 0) return NONE;
      const { siteId, command: asked } = command;
      return { ids, body: asked.body, organisation: await this.#confusables.organisationOfSite(siteId) };
    }
    if (command instanceof OpenSite) {
      const { opening } = command;
      return { ids: [{ kind: 'site', id: opening.siteId }], body: opening, organisation: opening.organisationId };
    }
    if (command instanceof RecordOrganisation && command.command.kind === 'organisations') {
      const { organisationId, command: asked } = command;
      return { ids: [{ kind: 'organisation', id: organisationId }], body: asked.body, organisation: organisationId };
    }
    if (command instanceof RecordAttestation && command.command.kind === 'attestations') {
      const { body } = command.command;
      const ids = [{ kind: 'attestation', id: body.attestationId }];
      return { ids, body, organisation: body.issuerOrganisationId };
    }
    if (command instanceof RecordConcern && command.command.kind === 'concerns') {
      const { body } = command.command;
      const { principal } = command.context;
      // A caller without a key is not told what exists.
      const organisation = isAnyone(principal) ? undefined : (principal.organisation ?? '');
      return { ids: [{ kind: 'concern', id: body.concernId }], body, organisation };
    }
    return NONE;
  }
}

const NONE: NewIds = { ids: [], body: undefined, organisation: undefined };

function newIdsAtSite({ command }: RecordAtSite): NamedId[] {
  return takesOf(command).filter(({ kind }) => kind !== 'receipt' && kind !== 'return');
}

/**
 * Where a body names an id, e.g. `outputs[2].batchId`: the last occurrence, since what a command makes comes after what
 * it uses.
 */
function pathOf(body: unknown, name: string, id: string, at = ''): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  let found: string | undefined;
  for (const [key, value] of Object.entries(body) as [string, unknown][]) {
    const path = Array.isArray(body) ? `${at}[${key}]` : at === '' ? key : `${at}.${key}`;
    if (key === name && value === id) found = path;
    else found = pathOf(value, name, id, path) ?? found;
  }
  return found;
}
