import { countryOf, wordsOf } from '../format/format.js';

/** The fields of a concern that can be filtered by, on the docket and in the list of concerns. */
export interface Filtered {
  readonly concernId: string;
  readonly siteId: string;
  readonly status: string;
  readonly kinds: readonly string[];
  readonly rights: readonly string[];
  readonly country?: string;
  readonly summary?: string;
}

/** Empty strings match everything. */
export interface Filter {
  readonly status: string;
  readonly kind: string;
  /** Words that all have to occur, regardless of case. */
  readonly text: string;
}

export const NO_FILTER: Filter = { status: '', kind: '', text: '' };

/** The entries that match a filter, in their order. */
export function passing<T extends Filtered>(entries: readonly T[], { status, kind, text }: Filter): T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(
    (entry) =>
      (status === '' || entry.status === status) &&
      (kind === '' || entry.kinds.includes(kind)) &&
      words.every((word) => saidOf(entry).includes(word)),
  );
}

function saidOf({ concernId, siteId, rights, country, summary }: Filtered): string {
  const place = country === undefined ? '' : `${country} ${countryOf(country)}`;
  return [concernId, siteId, place, summary ?? '', ...rights.map(wordsOf)].join(' ').toLowerCase();
}
