import { type KyselyPlugin, type QueryResult, type UnknownRow } from 'kysely';
import { type Views } from '../views/views.js';

/** The views of a process that dies after its n-th statement: whatever was not committed is gone. */
export function dyingAfter(views: Views, statements: number): Views & { readonly died: () => boolean } {
  let left = statements;
  const fuse: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }): Promise<QueryResult<UnknownRow>> => {
      if (left-- === 0) throw new Error('died here');
      return result;
    },
  };
  return {
    engine: views.engine,
    version: views.version,
    pseudonyms: views.pseudonyms,
    records: views.records,
    db: views.db,
    writer: views.writer.withPlugin(fuse),
    indexesElsewhere: views.indexesElsewhere,
    reset: () => views.reset(),
    becomeCurrent: (logSize) => views.becomeCurrent(logSize),
    close: () => views.close(),
    died: () => left < 0,
  };
}
