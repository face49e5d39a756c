import type Database from 'better-sqlite3';

/** In each, `through` is the position up to which the index is complete. */
const CHECKS: readonly (readonly [sql: string, finding: string])[] = [
  [
    `SELECT count(*) FROM stream_events AS entry LEFT JOIN events ON events.position = entry.position
      WHERE events.stream IS NOT entry.stream OR events.revision IS NOT entry.revision`,
    'entries of the index of streams that no event of the log agrees with',
  ],
  [
    `SELECT (SELECT count(*) FROM events WHERE position <= through)
          - (SELECT count(*) FROM stream_events WHERE position <= through) FROM stream_events_merged`,
    'events that the index of streams lacks',
  ],
  [
    `SELECT count(*) FROM (SELECT 1 FROM events WHERE position > (SELECT through FROM stream_events_merged)
      GROUP BY stream, revision HAVING count(*) > 1)`,
    'revisions of a stream that the end of the log has twice',
  ],
  [
    `SELECT count(*) FROM stream_events_merged JOIN events ON events.position > through
      JOIN stream_events AS entry USING (stream, revision) WHERE entry.position <= through`,
    'revisions at the end of the log that the index of streams has for other events',
  ],
];

/**
 * What is wrong with the index of streams of a ledger whose pages are whole: whether it and the log say the same, and no
 * stream has a revision twice. In a ledger of schema 1 SQLite's own check sees to both.
 */
export function streamIndexDamage(database: Database.Database): string[] {
  if (database.pragma('user_version', { simple: true }) === 1) return [];
  // One moment of a ledger whose owner is at work.
  return database.transaction(() =>
    CHECKS.flatMap(([sql, finding]) => {
      const count = database.prepare<[], number>(sql).pluck().get() ?? 0;
      return count === 0 ? [] : [`${count} ${finding}`];
    }),
  )();
}
