import { LRUCache } from 'lru-cache';
import { skeletonOf } from '#vocabulary';
import { IdLookup } from '../views/id-lookup.js';
import { type ConfusableIdRow } from '../views/schema.js';
import { slot, Statement } from '../views/statement.js';
import { type Views } from '../views/views.js';
import { type BroughtId, type ConfusablePair } from '../answers/registry-answers.js';
import { type Page, type PageRequest } from '../answers/index.js';
import { decodeCursor, encodeCursor, pageOf, pageSize } from './cursor.js';

/** An id with the kind of object it names. */
export interface NamedId {
  /** `organisation`, `site`, `batch`, `shipment`, `transformation`, `attestation` or `concern`. */
  readonly kind: string;
  readonly id: string;
}

interface Look {
  readonly ids: readonly NamedId[];
  readonly resolve: (found: NamedId[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Sites whose owners are remembered: a few hundred kilobytes. */
const KNOWN_OWNERS = 5_000;

/** Ids that look like those of other organisations (UTS 39). */
export class ConfusableIds {
  readonly #alike;
  readonly #organisationOfSite;
  readonly #owners = new LRUCache<string, string>({ max: KNOWN_OWNERS });
  /** Lookups by organisation, waiting for the tables. */
  readonly #looks = new Map<string, Look[]>();

  readonly #views: Views;

  constructor(views: Views) {
    this.#views = views;
    const { db } = views;
    this.#alike = new IdLookup((skeletons) =>
      db
        .selectFrom('id_skeletons')
        .select(['kind', 'skeleton', 'organisation_id', 'id'])
        .where('skeleton', 'in', skeletons)
        .where('organisation_id', '<>', slot<string>('organisation')),
    );
    this.#organisationOfSite = new Statement(
      db.selectFrom('sites').select('organisation_id').where('site_id', '=', slot<string>('id')),
    );
  }

  /**
   * The organisation of a site, as far as the tables know; a site always belongs to the organisation that opened it.
   */
  async organisationOfSite(siteId: string): Promise<string | undefined> {
    const known = this.#owners.get(siteId);
    if (known !== undefined) return known;
    const [row] = await this.#organisationOfSite.run(this.#views.db, { id: siteId });
    if (row) this.#owners.set(siteId, row.organisation_id);
    return row?.organisation_id;
  }

  /**
   * Those of an organisation's ids that look like another's. Lookups for one organisation that arrive before an answer
   * are sent to the tables together: the commands of a stream are answered by the hundred.
   * @param organisation empty for no organisation
   */
  among(ids: readonly NamedId[], organisation: string): Promise<NamedId[]> {
    return new Promise((resolve, reject) => {
      const look = { ids, resolve, reject };
      const others = this.#looks.get(organisation);
      if (others) return void others.push(look);
      this.#looks.set(organisation, [look]);
      queueMicrotask(() => void this.#lookAround(organisation));
    });
  }

  async #lookAround(organisation: string): Promise<void> {
    const looks = this.#looks.get(organisation)!;
    this.#looks.delete(organisation);
    try {
      const skeletons = new Set(looks.flatMap(({ ids }) => ids.map(({ id }) => skeletonOf(id))));
      const rows = await this.#alike.find(this.#views.db, [...skeletons], { organisation });
      for (const { ids, resolve } of looks) resolve(rows.length === 0 ? [] : ids.filter((each) => isAmong(each, rows)));
    } catch (error) {
      for (const { reject } of looks) reject(error);
    }
  }

  /** All pairs, the latest first. */
  async pairs(page: PageRequest = {}): Promise<Page<ConfusablePair>> {
    const size = pageSize(page);
    let query = this.#views.db
      .selectFrom('confusable_ids')
      .selectAll()
      .orderBy('known_from', 'desc')
      .orderBy('kind')
      .orderBy('id')
      .limit(size + 1);
    if (page.cursor !== undefined) {
      const [at, kind, id] = decodeCursor('confusable-ids', page.cursor, ['number', 'string', 'string'] as const);
      query = query.where((row) =>
        row.or([
          row('known_from', '<', at),
          row.and([
            row('known_from', '=', at),
            row.or([row('kind', '>', kind), row.and([row('kind', '=', kind), row('id', '>', id)])]),
          ]),
        ]),
      );
    }
    return pageOf(await query.execute(), size, pairOf, ({ known_from, kind, id }) =>
      encodeCursor('confusable-ids', [known_from, kind, id]),
    );
  }
}

function isAmong(
  { kind, id }: NamedId,
  rows: readonly { readonly kind: string; readonly skeleton: string; readonly id: string }[],
): boolean {
  const skeleton = skeletonOf(id);
  return rows.some((row) => row.kind === kind && row.skeleton === skeleton && row.id !== id);
}

function pairOf(row: ConfusableIdRow): ConfusablePair {
  return {
    kind: row.kind as ConfusablePair['kind'],
    ...broughtId(row.id, row.organisation_id, row.known_from),
    looksLike: broughtId(row.other_id, row.other_organisation_id, row.other_known_from),
  };
}

function broughtId(id: string, organisationId: string, logIndex: number): BroughtId {
  return { id, ...(organisationId !== '' && { organisationId }), logIndex };
}
