import { skeletonOf } from '#vocabulary';
import { IdLookup } from '../views/id-lookup.js';
import { type ConfusableIdRow } from '../views/schema.js';
import { slot, Statement } from '../views/statement.js';
import { type Views } from '../views/views.js';
import { type BroughtId, type ConfusablePair } from '../answers/registry-answers.js';
import { type Page, type PageRequest } from '../answers/answers.js';
import { decodeCursor, encodeCursor, pageOf, pageSize } from './cursor.js';

/** An id with what it is of. */
export interface NamedId {
  /** `organisation`, `site`, `batch`, `shipment`, `transformation`, `attestation` or `concern`. */
  readonly kind: string;
  readonly id: string;
}

/** Ids that look like those of other organisations (UTS 39). */
export class ConfusableIds {
  readonly #alike;
  readonly #organisationOfSite;

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

  /** Whose site it is, as far as the tables know. */
  async organisationOfSite(siteId: string): Promise<string | undefined> {
    const [row] = await this.#organisationOfSite.run(this.#views.db, { id: siteId });
    return row?.organisation_id;
  }

  /** Those of an organisation's ids that look like another one's. @param organisation empty: of none */
  async among(ids: readonly NamedId[], organisation: string): Promise<NamedId[]> {
    const skeletons = new Map(ids.map(({ id }) => [id, skeletonOf(id)]));
    const rows = await this.#alike.find(this.#views.db, [...new Set(skeletons.values())], { organisation });
    return ids.filter(({ kind, id }) =>
      rows.some((row) => row.kind === kind && row.skeleton === skeletons.get(id) && row.id !== id),
    );
  }

  /** All of them, the latest first. */
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
