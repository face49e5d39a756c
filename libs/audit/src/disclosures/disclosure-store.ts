import Database from 'better-sqlite3';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { type Disclosure } from '#recording';
import { commit, decodeBase64Url, VerificationError } from '#transparency';

export const DISCLOSURES_FILE = 'disclosures.db';

/**
 * A value as it is kept: what opens a commitment, without anything that the record already says. Only the record says
 * why and until when it is withheld.
 */
export interface KeptValue extends Pick<Disclosure, 'commitment' | 'salt' | 'value'> {
  readonly eventId: string;
  /** Whose it is; undefined: of no organisation. */
  readonly organisationId: string | undefined;
}

interface Row {
  event_id: string;
  commitment: string;
  salt: string;
  value: string;
  organisation_id: string | null;
}

/** A row as an audit sees it. */
export interface AuditedValue {
  readonly eventId: string;
  readonly commitment: string;
  readonly organisationId: string | undefined;
  /** Whether salt and value are those that were committed to. */
  readonly matches: boolean;
}

/** Called once for each value that does not match its commitment; such a value is treated as not disclosed. */
export type MismatchBell = (value: Pick<KeptValue, 'eventId' | 'commitment'>) => void;

/**
 * The values that records withhold, beside the log and never in it. A value is on disk before the append of its event is
 * begun; of an append that fails it is removed again, of one that a crash left undecided when the log tells.
 */
export class DisclosureStore {
  readonly #database: Database.Database;
  readonly #statements;
  /** Of appends that an earlier process did not finish. */
  readonly #undecided: { event_id: string; commitment: string }[];

  readonly #mismatched = new Set<string>();

  readonly #bell: MismatchBell;

  private constructor(database: Database.Database, bell: MismatchBell = () => undefined) {
    this.#bell = bell;
    this.#database = database;
    this.#statements = {
      keep: database.prepare<[string, string, string, string, string | null]>(
        'INSERT OR IGNORE INTO disclosures (event_id, commitment, salt, value, organisation_id) VALUES (?, ?, ?, ?, ?)',
      ),
      confirm: database.prepare<[string, string]>(
        'UPDATE disclosures SET confirmed = 1 WHERE event_id = ? AND commitment = ?',
      ),
      drop: database.prepare<[string, string]>('DELETE FROM disclosures WHERE event_id = ? AND commitment = ?'),
      erase: database.prepare<[string]>('DELETE FROM disclosures WHERE event_id = ?'),
      of: database.prepare<[string], Row>('SELECT * FROM disclosures WHERE event_id = ? AND confirmed = 1'),
      events: database.prepare<[], string>('SELECT DISTINCT event_id FROM disclosures').pluck(),
      behind: database.prepare<[string], Row>('SELECT * FROM disclosures WHERE commitment = ? AND confirmed = 1'),
      all: database.prepare<[], Row>('SELECT * FROM disclosures WHERE confirmed = 1'),
      any: database.prepare<[], 1>('SELECT 1 FROM disclosures LIMIT 1').pluck(),
    };
    this.#undecided = database
      .prepare<[], { event_id: string; commitment: string }>(
        'SELECT event_id, commitment FROM disclosures WHERE confirmed = 0',
      )
      .all();
  }

  static open(dataFolder: string, bell?: MismatchBell): DisclosureStore {
    const path = join(dataFolder, DISCLOSURES_FILE);
    const database = new Database(path);
    chmodSync(path, 0o600);
    database.pragma('journal_mode = DELETE'); // no second file in which an erased value would survive
    database.pragma('synchronous = FULL');
    database.pragma('secure_delete = ON');
    database.exec(
      `CREATE TABLE IF NOT EXISTS disclosures (
         event_id TEXT NOT NULL, commitment TEXT NOT NULL, salt TEXT NOT NULL, value TEXT NOT NULL,
         organisation_id TEXT, confirmed INTEGER NOT NULL DEFAULT 0,
         PRIMARY KEY (event_id, commitment)) WITHOUT ROWID;
       CREATE INDEX IF NOT EXISTS disclosures_by_commitment ON disclosures (commitment)`,
    );
    return new DisclosureStore(database, bell);
  }

  /** Opens the values of a data folder beside whoever has opened them in this process. */
  static openReadOnly(dataFolder: string, bell?: MismatchBell): DisclosureStore {
    return new DisclosureStore(new Database(join(dataFolder, DISCLOSURES_FILE), { readonly: true }), bell);
  }

  /** On disk when it returns. */
  keep(eventId: string, organisationId: string | undefined, disclosures: readonly Disclosure[]): void {
    this.#database.transaction(() => {
      for (const { commitment, salt, value } of disclosures) {
        this.#statements.keep.run(eventId, commitment, salt, JSON.stringify(value), organisationId ?? null);
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

  /** The values kept of an event that match their commitments; others are left out. */
  of(eventId: string): KeptValue[] {
    return this.#statements.of.all(eventId).flatMap((row) => this.#verified(row) ?? []);
  }

  /** The owners of the values of an event, those that match nothing included. */
  ownersOf(eventId: string): (string | undefined)[] {
    return this.#statements.of.all(eventId).map((row) => row.organisation_id ?? undefined);
  }

  /** Finds what opens a record's commitment. */
  behind(commitment: string): KeptValue | undefined {
    for (const row of this.#statements.behind.all(commitment)) {
      const kept = this.#verified(row);
      if (kept) return kept;
    }
    return undefined;
  }

  /** Every value's row without the value itself, in no order; not those of appends under way. */
  *audited(): Generator<AuditedValue> {
    for (const row of this.#statements.all.iterate()) {
      const { event_id: eventId, commitment, organisation_id: owner } = row;
      yield { eventId, commitment, organisationId: owner ?? undefined, matches: openedBy(row) !== undefined };
    }
  }

  /** Whether something of the event is kept under this commitment. */
  holds(eventId: string, commitment: string): boolean {
    return this.#statements.of.all(eventId).some((row) => row.commitment === commitment);
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

  #verified(row: Row): KeptValue | undefined {
    const { event_id: eventId, commitment, salt, organisation_id: owner } = row;
    const opened = openedBy(row);
    if (opened) return { eventId, commitment, salt, value: opened.value, organisationId: owner ?? undefined };
    const place = `${eventId} ${commitment}`;
    if (!this.#mismatched.has(place)) this.#bell({ eventId, commitment });
    this.#mismatched.add(place);
    return undefined;
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

/** The value of a row, if it matches its commitment. */
function openedBy({ commitment, salt, value }: Row): { value: unknown } | undefined {
  const bytes = decodeBase64Url(salt);
  if (bytes === undefined) return undefined;
  try {
    const opened: unknown = JSON.parse(value);
    return Buffer.from(commit(opened, bytes)).toString('hex') === commitment ? { value: opened } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof VerificationError) return undefined;
    throw error;
  }
}
