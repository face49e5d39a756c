import {
  OperationNodeTransformer,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryId,
  type QueryResult,
  type RootOperationNode,
  type SchemableIdentifierNode,
  type UnknownRow,
} from 'kysely';
import { VERSIONED_TABLES } from './tables.js';

/** The name of a projection's table in the database: each version has its own. */
function physicalName(table: string, version: number): string {
  return `${table}_v${version}`;
}

class TableVersionTransformer extends OperationNodeTransformer {
  readonly #version: number;

  constructor(version: number) {
    super();
    this.#version = version;
  }

  protected override transformSchemableIdentifier(
    node: SchemableIdentifierNode,
    queryId?: QueryId,
  ): SchemableIdentifierNode {
    const transformed = super.transformSchemableIdentifier(node, queryId);
    const { name } = transformed.identifier;
    if (!VERSIONED_TABLES.has(name)) return transformed;
    return { ...transformed, identifier: { ...transformed.identifier, name: physicalName(name, this.#version) } };
  }
}

/**
 * Lets queries name `batches` and reach `batches_v{version}`: a projection's versions live side by side on any dialect. A common
 * table expression or an alias must not bear the name of a table.
 */
export class TableVersionsPlugin implements KyselyPlugin {
  readonly #transformer: TableVersionTransformer;

  constructor(version: number) {
    this.#transformer = new TableVersionTransformer(version);
  }

  transformQuery(args: PluginTransformQueryArgs): RootOperationNode {
    return this.#transformer.transformNode(args.node, args.queryId);
  }

  async transformResult(args: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return args.result;
  }
}
