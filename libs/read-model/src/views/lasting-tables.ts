import { type Kysely } from 'kysely';
import { type ViewsSchema } from './schema.js';
import { key, required } from './table-plan.js';

export type Engine = 'sqlite' | 'postgres';
type Wide = 'integer' | 'bigint';

/** SQLite's `integer` holds 64 bits and is, as a primary key, the row's own id; PostgreSQL's holds 32. */
export function wideType(engine: Engine): Wide {
  return engine === 'sqlite' ? 'integer' : 'bigint';
}

/** Makes the tables that do not depend on the projection's version. */
export async function createLastingTables(db: Kysely<ViewsSchema>, engine: Engine): Promise<void> {
  const wide = wideType(engine);
  await db.schema
    .createTable('projections')
    .ifNotExists()
    .addColumn('version', wide, key)
    .addColumn('state', 'text', required)
    .addColumn('log_size', wide, required)
    .addColumn('position', 'text')
    .addColumn('stream', 'text')
    .addColumn('revision', wide)
    .addColumn('event_id', 'text')
    .execute();
  await db.schema
    .createTable('pseudonym_keys')
    .ifNotExists()
    .addColumn('version', wide, key)
    .addColumn('fingerprint', 'text', required)
    .execute();
  await db.schema
    .createTable('account_snapshots')
    .ifNotExists()
    .addColumn('site_id', 'text', key)
    .addColumn('revision', 'text', required)
    .addColumn('version', wide, required)
    .addColumn('state', 'text', required)
    .execute();
}
