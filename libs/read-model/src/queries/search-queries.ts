import { sql, type Kysely } from 'kysely';
import { list, type Visibility } from '#access';
import { type BatchState } from '#claims';
import { type SearchAnswer, type SearchItem } from '../answers/index.js';
import { BatchLoader } from '../chains/batch-tables.js';
import { FOUND_BATCH, type FoundBatch } from '../redaction/answer-redactions.js';
import { Redactor } from '../redaction/redactor.js';
import { type SearchedKind, type SearchEntryRow, type ViewsSchema } from '../views/schema.js';
import { slot, Statement } from '../views/statement.js';
import { matching } from '../views/trigrams.js';
import { type Views } from '../views/views.js';
import { labelAnswers } from './batch-queries.js';
import { RegistryQueries } from './registry-queries.js';

export interface SearchRequest {
  /** Part of an id, a name, a material or a label; at least {@link SHORTEST_SEARCH} characters. */
  readonly text: string;
  readonly kinds: readonly SearchedKind[];
  /** Most items of each kind; up to {@link MOST_FOUND}. */
  readonly limit: number;
}
export const MOST_FOUND = 100;

/** Entries that are examined together, the latest first. */
const TOGETHER = 500;
/** Most matching entries that are examined, the latest first: where more match, the reader has to type a longer text. */
const LOOKED_AT = 20_000;

const FOUND = list(FOUND_BATCH);

/**
 * Finds organisations, sites and batches by a part of their texts. The index says where to look; a result must contain the
 * text in what the reader is shown: items not known to the reader by name can be found only by their material.
 */
export class SearchQueries {
  readonly #entries;
  readonly #stored;
  readonly #redactor;
  readonly #registry;

  readonly #views: Views;

  constructor(views: Views) {
    this.#views = views;
    const { db } = views;
    this.#entries = new Statement(entriesQuery(db));
    this.#stored = new BatchLoader(db);
    this.#redactor = new Redactor(views);
    this.#registry = new RegistryQueries(views);
  }

  async search(visibility: Visibility, { text, kinds, limit }: SearchRequest): Promise<SearchAnswer> {
    const answer: SearchAnswer = { items: [], more: false };
    for (const kind of kinds) {
      const { items, more } = await this.#ofKind(visibility, kind, text, limit);
      answer.items.push(...items);
      answer.more ||= more;
    }
    return answer;
  }

  /** Items whose id or pseudonym is the text come first, then the latest. */
  async #ofKind(visibility: Visibility, kind: SearchedKind, text: string, limit: number): Promise<SearchAnswer> {
    const itself = await this.#itself(visibility, kind, text);
    const items = itself === undefined ? [] : await this.#shown(visibility, kind, [itself], text);
    const looked = new Set(itself === undefined ? [] : [itself]);
    let before = Number.MAX_SAFE_INTEGER;
    for (let count = 0; count < LOOKED_AT; count += TOGETHER) {
      const entries = await this.#entries.run(this.#views.db, { match: matching(kind, text), before });
      const fresh = [...new Set(entries.map(({ id }) => id))].filter((id) => !looked.has(id));
      for (const id of fresh) looked.add(id);
      items.push(...(await this.#shown(visibility, kind, await this.#seen(visibility, kind, fresh), text)));
      if (items.length > limit) break;
      if (entries.length < TOGETHER) return { items, more: false };
      before = entries.at(-1)!.entry;
    }
    return { items: items.slice(0, limit), more: true };
  }

  #itself(visibility: Visibility, kind: SearchedKind, id: string): Promise<string | undefined> {
    return this.#redactor[kind](visibility, id);
  }

  async #seen(visibility: Visibility, kind: SearchedKind, ids: readonly string[]): Promise<readonly string[]> {
    if (kind !== 'batch' || visibility.sees === 'everything') return ids;
    if (visibility.sees === 'registry') return [];
    const seen = await this.#redactor.seen(visibility.organisationId, ids);
    return ids.filter((id) => seen.has(id));
  }

  /** Those of these items, in their order, that contain the text in what the reader is shown. */
  async #shown(
    visibility: Visibility,
    kind: SearchedKind,
    ids: readonly string[],
    text: string,
  ): Promise<SearchItem[]> {
    const items =
      kind === 'batch'
        ? await this.#batches(visibility, ids, text)
        : await this.#registered(visibility, kind, ids, text);
    return items.filter((item) => item !== undefined);
  }

  async #batches(visibility: Visibility, ids: readonly string[], text: string): Promise<(SearchItem | undefined)[]> {
    const states = await this.#stored.states(this.#views.db, ids);
    const nodes = states.filter(({ status }) => status !== 'unborn');
    const order = new Map(ids.map((id, index) => [id, index]));
    nodes.sort((one, other) => order.get(one.batchId)! - order.get(other.batchId)!);
    const found = nodes.map(foundBatch);
    const shown = await this.#redactor.show(visibility, FOUND, found);
    return shown.map(({ batchId, labels, ...rest }, at) => {
      const original = found[at]!;
      const matched = matchOf(text, [
        { field: 'id', shown: batchId, held: original.batchId },
        { field: 'material', shown: rest.material, held: original.material },
        ...labels.flatMap(({ labelId, value }, label): Field[] => [
          { field: 'label', shown: value, held: original.labels[label]?.value },
          { field: 'label', shown: labelId, held: original.labels[label]?.labelId },
        ]),
      ]);
      return matched && { kind: 'batch', id: batchId, matched, ...rest };
    });
  }

  async #registered(
    visibility: Visibility,
    kind: Exclude<SearchedKind, 'batch'>,
    ids: readonly string[],
    text: string,
  ): Promise<(SearchItem | undefined)[]> {
    const items: (SearchItem | undefined)[] = [];
    for (const asked of ids) {
      const found =
        kind === 'site'
          ? await this.#registry.site(visibility, asked)
          : await this.#registry.organisation(visibility, asked);
      if (!found) continue;
      const { name, country } = found;
      const id = 'siteId' in found ? found.siteId : found.organisationId;
      const matched = matchOf(text, [
        { field: 'id', shown: id, held: asked },
        { field: 'name', shown: name, held: name },
      ]);
      const owner = 'siteId' in found ? { organisationId: found.organisationId } : {};
      items.push(matched && { kind, id, matched, name, country, ...owner });
    }
    return items;
  }
}

export function entriesQuery(db: Kysely<ViewsSchema>) {
  return db
    .selectFrom('search_texts')
    .innerJoin('search_entries', 'search_entries.entry', 'search_texts.rowid')
    .select(['search_entries.entry', 'search_entries.id'])
    .where(sql<boolean>`${sql.table('search_texts')} match ${slot<string>('match')}`)
    .where('search_texts.rowid', '<', slot<number>('before'))
    .orderBy('search_texts.rowid', 'desc')
    .limit(TOGETHER)
    .$castTo<Pick<SearchEntryRow, 'entry' | 'id'>>();
}

function foundBatch(node: BatchState): FoundBatch {
  const { batchId, material, status, siteId } = node;
  return { batchId, material, status, ...(siteId !== undefined && { siteId }), labels: labelAnswers(node) };
}

interface Field {
  readonly field: SearchItem['matched']['field'];
  readonly shown: unknown;
  readonly held: unknown;
}

/**
 * The first of these texts that contains another, regardless of case. A pseudonym matches only in full: the index holds what
 * it stands for, which search results must not reveal.
 */
function matchOf(text: string, fields: readonly Field[]): SearchItem['matched'] | undefined {
  const wanted = text.toLowerCase();
  for (const { field, shown, held } of fields) {
    if (typeof shown !== 'string') continue;
    const isFound = shown === held ? shown.toLowerCase().includes(wanted) : field === 'id' && shown === text;
    if (isFound) return { field, text: shown };
  }
  return undefined;
}
