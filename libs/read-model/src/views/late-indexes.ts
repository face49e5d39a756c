import { sql } from 'kysely';
import { makeIndexesElsewhere } from './index-maker.js';
import { type IndexReader } from './table-plan.js';
import { indexesFor } from './tables.js';
import { type Views } from './views.js';

/** Bytes of a database up to which an index is made in tens of milliseconds, sooner than a process has begun. */
const SMALL_BYTES = 16 * 1024 * 1024;

interface Making {
  /** Aborts between two indexes, or at once where they are made in a process of their own. What is made stays. */
  readonly signal: AbortSignal;
  /** Called after each index. */
  readonly made?: (made: number, of: number) => void;
}

/**
 * Makes the indexes that are for a reader, as far as they are not there. Nothing else is written meanwhile.
 * @throws the reason of the signal; ViewsError `views-unavailable`; the next call goes on
 */
export async function makeIndexes(
  { writer, version, indexesElsewhere }: Views,
  reader: IndexReader,
  { signal, made = () => undefined }: Making,
): Promise<void> {
  await writer.connection().execute(async (connection) => {
    const indexes = indexesFor(reader, connection, version);
    let count = 0;
    const oneMade = (): void => made(++count, indexes.length);
    if (indexesElsewhere !== undefined) {
      const { rows } = await sql<{ bytes: number }>`
        select page_count * page_size as bytes from pragma_page_count, pragma_page_size`.execute(connection);
      if (rows[0]!.bytes > SMALL_BYTES) {
        const statements = indexes.map((index) => index.compile().sql);
        return makeIndexesElsewhere(indexesElsewhere, statements, { signal, made: oneMade });
      }
    }
    for (const index of indexes) {
      signal.throwIfAborted();
      await index.execute();
      oneMade();
    }
  });
}
