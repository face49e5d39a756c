import { SqliteDialect, SqliteDriver, type DatabaseConnection, type Driver, type SqliteDialectConfig } from 'kysely';
import { type WriteAheadLog } from './write-ahead-log.js';

/** A connection that writes, and waits while the write-ahead log is copied. */
export class PacedDialect extends SqliteDialect {
  readonly #config;
  readonly #log;

  constructor(config: SqliteDialectConfig, log: WriteAheadLog) {
    super(config);
    this.#config = config;
    this.#log = log;
  }

  override createDriver(): Driver {
    return new PacedDriver(this.#config, this.#log);
  }
}

class PacedDriver extends SqliteDriver {
  readonly #log;

  constructor(config: SqliteDialectConfig, log: WriteAheadLog) {
    super(config);
    this.#log = log;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    await this.#log.copied;
    return connection;
  }

  override async releaseConnection(): Promise<void> {
    this.#log.look();
    await super.releaseConnection();
  }

  override async destroy(): Promise<void> {
    await this.#log.close();
    await super.destroy();
  }
}
