import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore } from '#event-store';
import { type Pseudonyms } from '#access';
import { canonicalText } from '#transparency';
import { openViews, PROJECTION_VERSION, Projector, readPseudonyms, VerdictProjector, VIEWS_FILE } from '#read-model';
import { type ProgrammeLibrary } from '#programmes';
import { logUpTo } from './log-prefix.js';
import { compareSnapshots } from './snapshot-comparison.js';

interface ViewsFinding {
  /** Undefined where the rows that differ name none. */
  readonly logIndex: bigint | undefined;
  readonly finding: string;
}

/** Columns that say which event a row comes from. */
const INDEX_COLUMNS = [
  'log_index',
  'recorded_by',
  'created_by',
  'dispatched_by',
  'arrived_by',
  'issued_by',
  'raised_by',
  'granted_by',
  'known_from',
];
/**
 * Judged behind the projection, at moments of their own: verdicts are compared by what they say, where that still stands,
 * and the counts and the list of what is to be judged with the rows that they are of. What
 * verdicts come from is judged by them.
 */
const JUDGED = [
  'verdicts',
  'verdict_counts',
  'claim_lists',
  'seen_counts',
  'unjudged',
  'making_summaries',
  'contributions',
  'told_uses',
  'summary_basis',
];
/** An index without the texts that it is of: the rows that its entries lead to are compared. */
const INDEXES = ['search_texts'];
const PATIENCE_MS = 3_600_000;

/**
 * The read tables of a data folder against tables made anew from the log.
 * @returns what differs; undefined when the folder has no tables that this version could compare
 */
export async function compareViews(
  store: EventStore,
  dataFolder: string,
  library: ProgrammeLibrary,
  now: string,
): Promise<ViewsFinding[] | undefined> {
  if (!existsSync(join(dataFolder, VIEWS_FILE))) return undefined;
  const fresh = await mkdtemp(join(tmpdir(), 'lodebook-fsck-'));
  try {
    const live = snapshotOf(dataFolder, fresh);
    const standing = standingOf(live);
    if (standing === undefined) return undefined;
    await fill(store, fresh, readPseudonyms(dataFolder), standing.through, library, now);
    const snapshots = await compareSnapshots(store, live);
    return [
      ...differencesBetween(join(fresh, VIEWS_FILE), live, standing, now),
      ...snapshots.map((finding) => ({ logIndex: undefined, finding: `${VIEWS_FILE}: ${finding}` })),
    ];
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return [{ logIndex: undefined, finding: `${VIEWS_FILE} cannot be read: ${error.message}` }];
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** A copy as of one moment: the server goes on writing the original. */
function snapshotOf(dataFolder: string, fresh: string): string {
  const copy = join(fresh, 'live.db');
  const database = new Database(join(dataFolder, VIEWS_FILE), { readonly: true });
  try {
    const damage = database.pragma('integrity_check(1)', { simple: true });
    if (damage !== 'ok') throw new Database.SqliteError(String(damage), 'SQLITE_CORRUPT');
    database.prepare('VACUUM INTO ?').run(copy);
  } finally {
    database.close();
  }
  return copy;
}

/** How far the tables of a folder have come. */
interface Standing {
  /** Position of the last event in them. */
  readonly through: bigint;
  /** They were first filled when the ledger ended: nothing is judged, or marked to be, before that is done. */
  readonly isFilling: boolean;
}

/** @returns undefined when the tables are of another version */
function standingOf(path: string): Standing | undefined {
  const database = new Database(path, { readonly: true });
  try {
    const row = database
      .prepare<[number], { position: string | null; state: string }>(
        'SELECT position, state FROM projections WHERE version = ?',
      )
      .get(PROJECTION_VERSION);
    return row && { through: BigInt(row.position ?? -1), isFilling: row.state === 'filling' };
  } finally {
    database.close();
  }
}

async function fill(
  store: EventStore,
  folder: string,
  pseudonyms: Pseudonyms | undefined,
  through: bigint,
  library: ProgrammeLibrary,
  now: string,
): Promise<void> {
  const { records } = store;
  const views = await openViews('sqlite:', { dataFolder: folder, records, ...(pseudonyms && { pseudonyms }) });
  const projector = new Projector({ store: logUpTo(store, through), views });
  try {
    await projector.start();
    await projector.waitFor(through, PATIENCE_MS);
    const verdicts = new VerdictProjector({ views, projector, programmes: library.programmes, now: () => now });
    verdicts.start();
    await verdicts.waitFor(through, PATIENCE_MS);
    await verdicts.stop();
  } finally {
    await projector.stop();
    await views.close();
  }
}

function differencesBetween(fresh: string, live: string, { isFilling }: Standing, now: string): ViewsFinding[] {
  const database = new Database(fresh, { readonly: true });
  try {
    database.prepare('ATTACH ? AS live').run(live);
    database.function('node_value', { deterministic: true }, valueOfNode);
    const suffix = `_v${PROJECTION_VERSION}`;
    const tables = database
      .prepare<[string], string>("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name LIKE ?")
      .pluck()
      .all(`%${suffix}`)
      .filter((name) => ![...JUDGED, ...INDEXES].includes(name.slice(0, -suffix.length)));
    const findings = tables.flatMap((table) => tableDifference(database, table, rowsOf(database, table)) ?? []);
    const standing = `SELECT programme, batch_id, verdict, claims FROM $.verdicts${suffix} JOIN $.claim_lists${suffix} USING (claim_list)
      WHERE batch_id NOT IN (SELECT batch_id FROM live.unjudged${suffix})
      AND NOT EXISTS (SELECT 1 FROM live.unjudged${suffix} WHERE spread = 0)
      AND (programme, batch_id) NOT IN
        (SELECT programme, batch_id FROM live.verdicts${suffix} WHERE stands_until <= '${now}')`;
    return [
      ...findings,
      ...((isFilling ? undefined : tableDifference(database, `verdicts${suffix}`, standing)) ?? []),
      ...contradictions(database, suffix),
    ];
  } finally {
    database.close();
  }
}

function rowsOf(database: Database.Database, table: string): string {
  const columns = database.pragma(`main.table_info(${table})`) as { name: string }[];
  const compared = columns.map(({ name }) => (name === 'node' ? 'node_value(node) AS node' : name));
  return `SELECT ${compared.join(', ')} FROM $.${table}`;
}

/**
 * The order of a node's members says nothing: those that come and go stand elsewhere in a node that was read from the
 * tables meanwhile, as after a restart, than in one that was kept in memory.
 */
function valueOfNode(node: unknown): string {
  const text = String(node);
  try {
    return canonicalText(JSON.parse(text));
  } catch {
    return text; // no JSON: it differs, whatever it is
  }
}

/** What the tables of verdicts say of each other. */
function contradictions(database: Database.Database, suffix: string): ViewsFinding[] {
  const counted = `SELECT programme, '' AS subject, verdict FROM live.verdicts${suffix}
    UNION ALL SELECT programme, json_extract(line.value, '$[0]'), json_extract(line.value, '$[1]')
      FROM live.verdicts${suffix} JOIN live.claim_lists${suffix} USING (claim_list), json_each(claims) AS line`;
  const counts = `SELECT programme, subject, verdict, count(*) AS batches FROM (${counted}) GROUP BY 1, 2, 3`;
  const stored = `SELECT programme, subject, verdict, batches FROM live.verdict_counts${suffix} WHERE batches <> 0`;
  const miscounted = firstOfEither(database, counts, stored) as { programme: string; subject: string } | undefined;
  const seen = `SELECT organisation_id, programme, verdict, claim_list, count(*) AS batches
    FROM live.visible_batches${suffix} JOIN live.verdicts${suffix} USING (batch_id) GROUP BY 1, 2, 3, 4`;
  const kept = `SELECT organisation_id, programme, verdict, claim_list, batches FROM live.seen_counts${suffix} WHERE batches <> 0`;
  const unseen = firstOfEither(database, seen, kept) as { organisation_id: string; programme: string } | undefined;
  const astray = database
    .prepare(
      `SELECT batch_id FROM live.unjudged${suffix} WHERE (batch_id NOT IN (SELECT batch_id FROM live.batches${suffix})
        AND substr(batch_id, 2) NOT IN (SELECT via FROM live.flow_edges${suffix}))
        OR since < 0 OR last >= (SELECT log_size FROM live.projections WHERE version = ${PROJECTION_VERSION}) LIMIT 1`,
    )
    .get() as { batch_id: string } | undefined;
  const wrong = (table: string, row: string): ViewsFinding => ({
    logIndex: undefined,
    finding: `${VIEWS_FILE}: the row of ${table}${suffix} with ${row} does not follow from the log`,
  });
  return [
    ...(miscounted
      ? [wrong('verdict_counts', `programme ${miscounted.programme}, subject ${miscounted.subject}`)]
      : []),
    ...(unseen
      ? [wrong('seen_counts', `organisation_id ${unseen.organisation_id}, programme ${unseen.programme}`)]
      : []),
    ...(astray ? [wrong('unjudged', `batch_id ${astray.batch_id}`)] : []),
  ];
}

function firstOfEither(database: Database.Database, one: string, other: string): unknown {
  return database
    .prepare(`SELECT * FROM (${one} EXCEPT ${other}) UNION ALL SELECT * FROM (${other} EXCEPT ${one}) LIMIT 1`)
    .get();
}

/** @param rows what is compared; `$` stands for the database */
function tableDifference(database: Database.Database, table: string, rows: string): ViewsFinding[] | undefined {
  const of = (schema: string): string => rows.replaceAll('$.', `${schema}.`);
  const differing = `SELECT * FROM (${of('main')} EXCEPT ${of('live')}) UNION ALL SELECT * FROM (${of('live')} EXCEPT ${of('main')})`;
  const columns = database
    .prepare(of('main'))
    .columns()
    .map(({ name }) => name);
  const index = INDEX_COLUMNS.find((column) => columns.includes(column));
  const [first] = database
    .prepare(`SELECT * FROM (${differing}) ${index === undefined ? '' : `ORDER BY ${index}`} LIMIT 1`)
    .all() as Record<string, unknown>[];
  if (!first) return undefined;
  const logIndex = index === undefined || typeof first[index] !== 'number' ? undefined : BigInt(first[index]);
  const key = columns.slice(0, 2).map((column) => `${column} ${String(first[column])}`);
  return [
    { logIndex, finding: `${VIEWS_FILE}: the row of ${table} with ${key.join(', ')} does not follow from the log` },
  ];
}
