import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely';
import { type Pseudonyms } from '#access';
import { type RecordReader } from '#event-store';
import { type Say } from '#following';
import { openPseudonyms } from './pseudonym-key.js';
import { recordsOf, type LeafReader, type Records } from './records.js';
import { PROJECTION_VERSION, type ViewsSchema } from './schema.js';
import { connect, prepareFile } from './sqlite-file.js';
import { TableVersionsPlugin } from './table-versions.plugin.js';
import { TurnsPlugin } from './turns.plugin.js';
import { createLastingTables, type Engine } from './lasting-tables.js';
import { createVersionedTables, dropVersionedTables, indexesFor } from './tables.js';
import { enqueueAll } from './unjudged.js';
import { ViewsError } from './views-error.js';
import { PacedDialect } from './paced-dialect.js';
import { WriteAheadLog } from './write-ahead-log.js';

/** File name of the embedded read model, in the data folder. */
export const VIEWS_FILE = 'views.db';

export interface ViewsOptions {
  readonly dataFolder: string;
  /** Records of the log that the tables are of (`EventStore.records`); undefined: the tables hold copies. */
  readonly records: RecordReader | undefined;
  /** Each record is compared with its leaf when it is read. Default: with nothing, as where the tables are made. */
  readonly leaf?: LeafReader;
  /** Told when the views had to be made anew. */
  readonly say?: Say;
  /** For tests of a change of version. Default {@link PROJECTION_VERSION}. */
  readonly version?: number;
  /** Default: those of the data folder, which gets a secret of its own when it has none. */
  readonly pseudonyms?: Pseudonyms;
  /**
   * Where the write-ahead log is copied back: by the connection that writes, `here` (the default), or in a `thread`, which
   * runs the build, not the sources. So does the process that then makes the indexes of large tables.
   */
  readonly copied?: 'here' | 'thread';
}

/** The database of read tables. Names of versioned tables reach the tables of `version`. */
export interface Views {
  readonly engine: Engine;
  readonly version: number;
  /** Under which organisations see what they may not know by name. */
  readonly pseudonyms: Pseudonyms;
  /** Of the events in the tables. */
  readonly records: Records;
  /** For queries: never waits for the projector's transaction. */
  readonly db: Kysely<ViewsSchema>;
  /** For the projector and the snapshots. */
  readonly writer: Kysely<ViewsSchema>;
  /** The database's file if the indexes of large tables are made in a process of their own, see `makeIndexes`. */
  readonly indexesElsewhere: string | undefined;
  /** Empties what was derived from another log: this version's tables and the account snapshots. */
  reset(): Promise<void>;
  /** The tables of this version are complete and have all indexes: older versions lose their readers now and their tables at the next start. */
  becomeCurrent(logSize: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the read model's database and makes what is missing in it.
 * @param url `sqlite:` keeps `views.db` in the data folder.
 * @throws ViewsError `views-url-unsupported`, `views-unavailable`.
 */
export async function openViews(url: string, options: ViewsOptions): Promise<Views> {
  if (url !== 'sqlite:') throw new ViewsError('views-url-unsupported', `No read model engine for ${url}: use sqlite:`);
  const version = options.version ?? PROJECTION_VERSION;
  try {
    mkdirSync(options.dataFolder, { recursive: true });
  } catch (error) {
    throw new ViewsError('views-unavailable', `The data folder ${options.dataFolder} cannot be made`, { cause: error });
  }
  const pseudonyms = options.pseudonyms ?? openPseudonyms(options.dataFolder);
  const file = join(options.dataFolder, VIEWS_FILE);
  prepareFile(file, options.say ?? (() => undefined));
  const views = connected({ ...options, version, pseudonyms });
  await views.makeTables();
  if (!(await views.hasOwnPseudonyms())) {
    options.say?.('warn', 'read tables have pseudonyms of another secret and are made anew', { file });
    await views.reset();
  }
  return views;
}

/** Connects to views that {@link openViews} has opened before, in this process, and that are open still. */
export function joinViews({ version = PROJECTION_VERSION, ...options }: Omit<ViewsOptions, 'say'>): Views {
  return connected({ pseudonyms: openPseudonyms(options.dataFolder), ...options, version });
}

type Connecting = ViewsOptions & Required<Pick<ViewsOptions, 'version' | 'pseudonyms'>>;

function connected({ dataFolder, version, pseudonyms, records, leaf, copied = 'here' }: Connecting): VersionedViews {
  const file = join(dataFolder, VIEWS_FILE);
  const plugins = [new TableVersionsPlugin(version), new TurnsPlugin()];
  const database = async (): Promise<SqliteDatabase> => connect(file, copied);
  const reading = new SqliteDialect({ database });
  const writing = copied === 'here' ? reading : new PacedDialect({ database }, new WriteAheadLog(file));
  const open = (dialect: SqliteDialect): Kysely<ViewsSchema> => new Kysely<ViewsSchema>({ dialect, plugins });
  const elsewhere = copied === 'here' ? undefined : file;
  const db = open(reading);
  return new VersionedViews('sqlite', version, pseudonyms, recordsOf(db, records, leaf), db, open(writing), elsewhere);
}

class VersionedViews implements Views {
  constructor(
    readonly engine: Engine,
    readonly version: number,
    readonly pseudonyms: Pseudonyms,
    readonly records: Records,
    readonly db: Kysely<ViewsSchema>,
    readonly writer: Kysely<ViewsSchema>,
    readonly indexesElsewhere: string | undefined,
  ) {}

  async makeTables(): Promise<void> {
    await this.writer.transaction().execute(async (tx) => {
      await createLastingTables(tx, this.engine);
      await createVersionedTables(tx, this.engine, this.version);
      await this.#begin(tx);
      const current = await this.#state(tx);
      if (current !== 'current') return;
      for (const reader of ['corrections', 'queries'] as const)
        for (const index of indexesFor(reader, tx, this.version)) await index.execute();
      await this.#dropRetired(tx);
    });
  }

  /** Whether the pseudonyms in the tables are those of the secret. */
  async hasOwnPseudonyms(): Promise<boolean> {
    const row = await this.writer
      .selectFrom('pseudonym_keys')
      .select('fingerprint')
      .where('version', '=', this.version)
      .executeTakeFirst();
    return row?.fingerprint === this.pseudonyms.fingerprint;
  }

  async reset(): Promise<void> {
    await this.writer.transaction().execute(async (tx) => {
      await dropVersionedTables(tx);
      await createVersionedTables(tx, this.engine, this.version);
      await tx.deleteFrom('projections').where('version', '=', this.version).execute();
      await tx.deleteFrom('pseudonym_keys').where('version', '=', this.version).execute();
      await tx.deleteFrom('account_snapshots').execute();
      await this.#begin(tx);
    });
  }

  async becomeCurrent(logSize: number): Promise<void> {
    await this.writer.transaction().execute(async (tx) => {
      // While the tables were filled nothing was judged: at the end each batch is, once.
      await enqueueAll(tx, logSize);
      await tx.updateTable('projections').set({ state: 'retired' }).where('version', '!=', this.version).execute();
      await tx.updateTable('projections').set({ state: 'current' }).where('version', '=', this.version).execute();
    });
  }

  async close(): Promise<void> {
    await this.db.destroy();
    await this.writer.destroy();
  }

  async #begin(tx: Kysely<ViewsSchema>): Promise<void> {
    await tx
      .insertInto('projections')
      .values({
        version: this.version,
        state: 'filling',
        log_size: 0,
        position: null,
        stream: null,
        revision: null,
        event_id: null,
      })
      .onConflict((conflict) => conflict.column('version').doNothing())
      .execute();
    await tx
      .insertInto('pseudonym_keys')
      .values({ version: this.version, fingerprint: this.pseudonyms.fingerprint })
      .onConflict((conflict) => conflict.column('version').doNothing())
      .execute();
  }

  async #state(tx: Kysely<ViewsSchema>): Promise<string> {
    const row = await tx
      .selectFrom('projections')
      .select('state')
      .where('version', '=', this.version)
      .executeTakeFirstOrThrow();
    return row.state;
  }

  /** Whoever read the old tables has had until this start to move on. */
  async #dropRetired(tx: Kysely<ViewsSchema>): Promise<void> {
    const retired = await tx.selectFrom('projections').select('version').where('state', '=', 'retired').execute();
    for (const { version } of retired) {
      await dropVersionedTables(tx.withoutPlugins().withPlugin(new TableVersionsPlugin(version)));
      await tx.deleteFrom('projections').where('version', '=', version).execute();
      await tx.deleteFrom('pseudonym_keys').where('version', '=', version).execute();
    }
  }
}
