import {
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
} from 'kysely';
import { giveTurn } from '../turns.js';

/**
 * After a statement the event loop may turn. The database answers at once, so that a thousand statements awaited one after
 * the other would otherwise be one piece of work.
 */
export class TurnsPlugin implements KyselyPlugin {
  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    return node;
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    await giveTurn();
    return result;
  }
}
