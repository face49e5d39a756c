import { type Command } from '@nestjs/cqrs';
import { type Capability } from '#access';
import { FACTS } from '#attestation';
import { openSite } from '#custody';
import {
  commandOf,
  streamIdOf,
  targetOf,
  withAddressed,
  withholdablePaths,
  type Fact,
  type FactExample,
  type Target,
  type TargetName,
} from '#vocabulary';
import { type CommandContext } from '../command/command-context.js';
import {
  OpenSite,
  RecordAtSite,
  RecordAttestation,
  RecordConcern,
  RecordOrganisation,
  type Recording,
} from '../command/commands.js';
import { REPLACEABLE } from './replacement.js';
import { commandShape, type CommandBody, type Shape } from './shape.js';

export interface CommandRoute {
  /** Below `/v1`, with `:site` and the like for what the target names. */
  readonly path: string;
  readonly target: readonly TargetName[];
  readonly tag: string;
  readonly summary: string;
  /** What its sender must be able to do, where its organisation is concerned (`actsFor` of `#access`). */
  readonly needs: Capability;
  readonly shape: Shape<CommandBody>;
  /** JSON pointers of what its body may withhold. */
  readonly withholdable: readonly string[];
  readonly example: FactExample;
  readonly toCommand: (target: Target, body: object, context: CommandContext) => Command<Recording>;
}

const TAGS: Readonly<Record<string, string>> = {
  organisations: 'Organisations',
  sites: 'Custody',
  attestations: 'Attestations',
  concerns: 'Concerns',
};

/** Every command of the ledger: the routes, their OpenAPI, the NDJSON stream and the import all read this table. */
export const COMMAND_ROUTES: readonly CommandRoute[] = FACTS.map(routeOf);

function routeOf(fact: Fact): CommandRoute {
  const { path, summary, capability, example } = fact;
  return {
    path,
    target: targetOf(fact),
    tag: TAGS[path.split('/')[0]!]!,
    summary,
    needs: capability,
    shape: commandShape(fact),
    withholdable: withholdablePaths(fact, REPLACEABLE),
    example,
    toCommand: (target, body, context) => commandFor(fact, target, withAddressed(fact, target, body), context),
  };
}

/** The body has been checked against the fact's description. */
function commandFor(fact: Fact, target: Target, body: object, context: CommandContext): Command<Recording> {
  const id = streamIdOf(fact, target, body as Readonly<Record<string, unknown>>);
  const command = { kind: commandOf(fact), body } as never;
  switch (fact.stream) {
    case 'site':
      return fact.type === openSite.type
        ? new OpenSite(body as OpenSite['opening'], context)
        : new RecordAtSite(id, command, context);
    case 'organisation':
      return new RecordOrganisation(id, command, context);
    case 'attestation':
      return new RecordAttestation(id, command, context);
    case 'concern':
      return new RecordConcern(id, command, context);
  }
}
