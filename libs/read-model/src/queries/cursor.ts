import { ViewsError } from '../views/views-error.js';
import { DEFAULT_PAGE, MAX_PAGE, type Page, type PageRequest } from '../answers/index.js';

type Key = string | number;

/** The last item's key, opaque to clients: they can neither make one nor depend on it. */
export function encodeCursor(list: string, key: readonly Key[]): string {
  return Buffer.from(JSON.stringify([list, ...key])).toString('base64url');
}

/**
 * Reads a cursor of the named list.
 * @throws ViewsError `invalid-cursor` when it was not made by {@link encodeCursor} for this list.
 */
export function decodeCursor<K extends readonly ('string' | 'number')[]>(
  list: string,
  cursor: string,
  kinds: K,
): { [I in keyof K]: K[I] extends 'string' ? string : number } {
  const fields = parse(cursor);
  const [name, ...key] = fields;
  if (name !== list || key.length !== kinds.length) throw invalid();
  for (const [index, kind] of kinds.entries()) {
    const value = key[index];
    if (typeof value !== kind || (kind === 'number' && !Number.isSafeInteger(value))) throw invalid();
  }
  return key as { [I in keyof K]: K[I] extends 'string' ? string : number };
}

function parse(cursor: string): unknown[] {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) throw invalid();
  try {
    const fields: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(fields)) return fields;
  } catch {
    throw invalid();
  }
  throw invalid();
}

function invalid(): ViewsError {
  return new ViewsError('invalid-cursor', 'The cursor was not given by this list');
}

/** How many items a page has: the number requested, up to {@link MAX_PAGE}. */
export function pageSize(request: PageRequest): number {
  return Math.min(Math.max(request.limit ?? DEFAULT_PAGE, 1), MAX_PAGE);
}

/** Makes a page of rows read with one more than `size`: the extra row shows that there is a next page. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  size: number,
  item: (row: Row) => T,
  cursor: (row: Row) => string,
): Page<T> {
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  return { items: shown.map(item), next: rows.length > size && last ? cursor(last) : null };
}
