import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { slot } from '../views/statement.js';

/** The organisation that reads, in every statement about what it may see. */
export const reader = slot<string>('reader');

/**
 * Whether the reader knows an organisation by name: itself, those it deals with, and those that chose to be open.
 * @param organisation the column that holds the organisation's id
 */
export function knowsOrganisation(organisation: string, who: RawBuilder<string> = reader): RawBuilder<SqlBool> {
  const id = sql.ref(organisation);
  return sql<SqlBool>`(${id} = ${who}
    or exists (select 1 from ${sql.table('dealings')} where ${sql.ref('dealings.organisation_id')} = ${who}
      and ${sql.ref('dealings.other_id')} = ${id})
    or exists (select 1 from ${sql.table('organisations')} as known where ${sql.ref('known.organisation_id')} = ${id}
      and ${sql.ref('known.visibility')} = 'open'))`;
}

/** Whether the reader knows the id of a batch that it sees: it dealt with the batch itself, or knows its maker. */
export function knowsBatch(): RawBuilder<SqlBool> {
  return sql<SqlBool>`(${sql.ref('visible_batches.direct')} = 1
    or exists (select 1 from ${sql.table('batches')} as made
      inner join ${sql.table('sites')} as maker on ${sql.ref('maker.site_id')} = ${sql.ref('made.maker_site_id')}
      where ${sql.ref('made.batch_id')} = ${sql.ref('visible_batches.batch_id')}
      and ${knowsOrganisation('maker.organisation_id')}))`;
}

/** {@link knowsOrganisation}, in a query that is built for one reader. */
export function knownTo(organisation: string, readerId: string): RawBuilder<SqlBool> {
  return knowsOrganisation(organisation, sql<string>`${readerId}`);
}
