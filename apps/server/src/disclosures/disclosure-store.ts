import Database from 'better-sqlite3';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { type LegalBasis } from '#custody';

export const DISCLOSURES_FILE = 'disclosures.db';

/** A value that a record holds only the commitment to, with what opens that. */
export interface Disclosure {
  /** JSON pointer into the event's data. */
  readonly path: string;
  /** Hex. */
  readonly commitment: string;
  /** 128 bits, base64url. */
  readonly salt: string;
  readonly value: unknown;
  readonly legalBasis: LegalBasis;
  readonly until: string;
}

export interface KeptDisclosure extends Disclosure {
  readonly eventId: string;
  /** Whose it is; undefined: of no organisation. */
  readonly organisationId: string | undefined;
}

interface Row {
  event_id: string;
  path: string;
  commitment: string;
  salt: string;
  value: string;
  legal_basis: LegalBasis;
  until: string;
  organisation_id: string | null;
}

/**
 * The values that records withhold, beside the log and never in it. A value is on disk before the append of its event is
 * begun; of an append that fails it is removed again, of one that a crash left undecided when the log tells.
 */
export class DisclosureStore {
  readonly #database: Database.Database;
  readonly #statements;
  /** Of appends that an earlier process did not see the end of. */
  readonly #undecided: { event_id: string; commitment: string }[];

  private constructor(database: Database.Database) {
    this.#database = database;
    this.#statements = {
      keep: database.prepare<[string, string, string, string, string, string, string, string | null]>(
        `INSERT OR IGNORE INTO disclosures
         (event_id, path, commitment, salt, value, legal_basis, until, organisation_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      confirm: database.prepare<[string, string]>(
        'UPDATE disclosures SET confirmed = 1 WHERE event_id = ? AND commitment = ?',
      ),
      drop: database.prepare<[string, string]>('DELETE FROM disclosures WHERE event_id = ? AND commitment = ?'),
      erase: database.prepare<[string]>('DELETE FROM disclosures WHERE event_id = ?'),
      of: database.prepare<[string], Row>(
        'SELECT * FROM disclosures WHERE event_id = ? AND confirmed = 1 ORDER BY path',
      ),
      events: database.prepare<[], string>('SELECT DISTINCT event_id FROM disclosures').pluck(),
      behind: database.prepare<[string], string>('SELECT event_id FROM disclosures WHERE commitment = ?').pluck(),
      any: database.prepare<[], 1>('SELECT 1 FROM disclosures LIMIT 1').pluck(),
    };
    this.#undecided = database
      .prepare<[], { event_id: string; commitment: string }>(
        'SELECT event_id, commitment FROM disclosures WHERE confirmed = 0',
      )
      .all();
  }

  static open(dataFolder: string): DisclosureStore {
    const path = join(dataFolder, DISCLOSURES_FILE);
    const database = new Database(path);
    chmodSync(path, 0o600);
    database.pragma('journal_mode = DELETE'); // no second file in which an erased value would live on
    database.pragma('synchronous = FULL');
    database.pragma('secure_delete = ON');
    database.exec(
      `CREATE TABLE IF NOT EXISTS disclosures (
         event_id TEXT NOT NULL, path TEXT NOT NULL, commitment TEXT NOT NULL, salt TEXT NOT NULL, value TEXT NOT NULL,
         legal_basis TEXT NOT NULL, until TEXT NOT NULL, organisation_id TEXT, confirmed INTEGER NOT NULL DEFAULT 0,
         PRIMARY KEY (event_id, commitment)) WITHOUT ROWID;
       CREATE INDEX IF NOT EXISTS disclosures_by_commitment ON disclosures (commitment)`,
    );
    return new DisclosureStore(database);
  }

  /** Opens the values of a data folder beside whoever has opened them in this process. */
  static openReadOnly(dataFolder: string): DisclosureStore {
    return new DisclosureStore(new Database(join(dataFolder, DISCLOSURES_FILE), { readonly: true }));
  }

  /** On disk when it returns. */
  keep(eventId: string, organisationId: string | undefined, disclosures: readonly Disclosure[]): void {
    this.#database.transaction(() => {
      for (const { path, commitment, salt, value, legalBasis, until } of disclosures) {
        const owner = organisationId ?? null;
        this.#statements.keep.run(eventId, path, commitment, salt, JSON.stringify(value), legalBasis, until, owner);
      }
    })();
  }

  /** The event is recorded with these commitments. */
  confirm(eventId: string, disclosures: readonly Pick<Disclosure, 'commitment'>[]): void {
    this.#each(this.#statements.confirm, eventId, disclosures);
  }

  /** No event is recorded with these. */
  drop(eventId: string, disclosures: readonly Pick<Disclosure, 'commitment'>[]): void {
    this.#each(this.#statements.drop, eventId, disclosures);
  }

  /** Removes the values of an event for good. @returns how many there were */
  erase(eventId: string): number {
    return this.#statements.erase.run(eventId).changes;
  }

  of(eventId: string): KeptDisclosure[] {
    return this.#statements.of.all(eventId).map((row) => ({
      eventId: row.event_id,
      path: row.path,
      commitment: row.commitment,
      salt: row.salt,
      value: JSON.parse(row.value) as unknown,
      legalBasis: row.legal_basis,
      until: row.until,
      organisationId: row.organisation_id ?? undefined,
    }));
  }

  /** By what a record holds; a commitment is random, and no other event has the same. */
  behind(commitment: string): KeptDisclosure | undefined {
    const eventId = this.#statements.behind.get(commitment);
    return eventId === undefined ? undefined : this.of(eventId).find((each) => each.commitment === commitment);
  }

  get isEmpty(): boolean {
    return this.#statements.any.get() === undefined;
  }

  /**
   * Decides, after a crash, what became of the appends and erasures that were under way.
   * @param log commitments in the data of an event, undefined when the log has none of that id; whether it was erased
   */
  async settle(log: {
    recorded(eventId: string): Promise<ReadonlySet<string> | undefined>;
    erased(eventId: string): Promise<boolean>;
  }): Promise<void> {
    for (const eventId of this.#statements.events.all()) if (await log.erased(eventId)) this.erase(eventId);
    for (const { event_id: eventId, commitment } of this.#undecided) {
      const commitments = await log.recorded(eventId);
      if (commitments?.has(commitment)) this.confirm(eventId, [{ commitment }]);
      else this.drop(eventId, [{ commitment }]);
    }
  }

  close(): void {
    this.#database.close();
  }

  #each(
    statement: Database.Statement<[string, string]>,
    eventId: string,
    disclosures: readonly Pick<Disclosure, 'commitment'>[],
  ): void {
    if (disclosures.length === 0) return;
    this.#database.transaction(() => {
      for (const { commitment } of disclosures) statement.run(eventId, commitment);
    })();
  }
}
