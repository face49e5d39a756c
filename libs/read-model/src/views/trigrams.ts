import { sql, type Kysely } from 'kysely';
import { type SearchedKind, type ViewsSchema } from './schema.js';

/** Three signs that no text has, one trigram of the index: of which kind it is. */
export const KIND_MARKS = {
  organisation: '\u{E000}\u{E001}\u{E000}',
  site: '\u{E000}\u{E002}\u{E000}',
  batch: '\u{E000}\u{E003}\u{E000}',
} as const satisfies Record<SearchedKind, string>;

/** Signs of the shortest text that can be looked for: the index holds the texts' runs of three. */
export const SHORTEST_SEARCH = 3;

/**
 * SQLite's FTS5 with its trigram tokenizer: which entries hold which runs of three signs, in upper or lower case, and no copy
 * of the texts. Rows are only added.
 */
export async function createSearchTexts(db: Kysely<ViewsSchema>): Promise<void> {
  const table = sql.table('search_texts');
  await sql`create virtual table if not exists ${table}
    using fts5(text, content='', columnsize=0, detail='none', tokenize='trigram')`.execute(db);
}

/** The FTS5 expression that all entries of the kind with the text match, and few others. */
export function matching(kind: SearchedKind, text: string): string {
  const signs = [...text];
  const runs = new Set(signs.slice(SHORTEST_SEARCH - 1).map((_, at) => signs.slice(at, at + SHORTEST_SEARCH).join('')));
  return [KIND_MARKS[kind], ...runs].map((run) => `"${run.replaceAll('"', '""')}"`).join(' AND ');
}
