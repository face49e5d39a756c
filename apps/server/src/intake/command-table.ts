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
import { type CommandContext } from '#recording';
import {
  OpenSite,
  RecordAtSite,
  RecordAttestation,
  RecordConcern,
  RecordOrganisation,
  type Recording,
} from '../command/commands.js';
import { REPLACEABLE } from '../shapes/replacement.js';
import { commandShape, type CommandBody, type Shape } from '../shapes/shape.js';

export interface CommandRoute {
  /** Below `/v1`, with `:site` and the like for the ids of the target. */
  readonly path: string;
  readonly target: readonly TargetName[];
  readonly tag: string;
  readonly summary: string;
  /** The capability that its sender needs, for the organisation concerned (`actsFor` of `#access`). */
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
  const [whole, idOf, make] = [withAddressed(fact), streamIdOf(fact), makerOf(fact)];
  return {
    path,
    target: targetOf(fact),
    tag: TAGS[path.split('/')[0]!]!,
    summary,
    needs: capability,
    shape: commandShape(fact),
    withholdable: withholdablePaths(fact, REPLACEABLE),
    example,
    toCommand(target, sent, context) {
      const body = whole(target, sent);
      return make(idOf(target, body as Readonly<Record<string, unknown>>), body, context);
    },
  };
}

/** The bus command for a fact. Its body has been checked against the fact's description. */
function makerOf(fact: Fact): (id: string, body: object, context: CommandContext) => Command<Recording> {
  const kind = commandOf(fact);
  const command = (body: object): never => ({ kind, body }) as never;
  switch (fact.stream) {
    case 'site':
      if (fact.type === openSite.type) return (_, body, context) => new OpenSite(body as OpenSite['opening'], context);
      return (id, body, context) => new RecordAtSite(id, command(body), context);
    case 'organisation':
      return (id, body, context) => new RecordOrganisation(id, command(body), context);
    case 'attestation':
      return (id, body, context) => new RecordAttestation(id, command(body), context);
    case 'concern':
      return (id, body, context) => new RecordConcern(id, command(body), context);
  }
}
