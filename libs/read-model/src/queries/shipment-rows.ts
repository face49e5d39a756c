import { type Kysely } from 'kysely';
import { SHIPMENT_STATUSES, type ShipmentStatus } from '../answers/registry-answers.js';
import { type ShipmentRow, type ViewsSchema } from '../views/schema.js';

export interface ShipmentFilter {
  direction?: 'in' | 'out';
  status?: ShipmentStatus;
}

/** A shipment goes out from its consignor's site and comes in at its consignee's. */
const WAYS = [
  { direction: 'out', here: 'consignor_site_id', there: 'consignee_site_id' },
  { direction: 'in', here: 'consignee_site_id', there: 'consignor_site_id' },
] as const;

interface Place {
  readonly siteId: string;
  /** Only what went between the site and those of this organisation. */
  readonly seenBy: string | undefined;
}
interface Part {
  /** Log index of a dispatch. */
  readonly after: number;
  readonly limit: number;
}

/**
 * The first shipments from and to a site after a dispatch, in the order of dispatches. Each direction and status has an
 * index in that order: the first few of each contain the first of all, so that only those are sorted and not all shipments.
 */
export async function shipmentsOf(
  db: Kysely<ViewsSchema>,
  place: Place,
  { direction, status }: ShipmentFilter,
  part: Part,
): Promise<ShipmentRow[]> {
  const ways = WAYS.filter((way) => direction === undefined || way.direction === direction);
  const statuses = status === undefined ? SHIPMENT_STATUSES : [status];
  const found = new Map<string, ShipmentRow>();
  // One snapshot: a shipment received meanwhile must not be missed between two statuses.
  await db.transaction().execute(async (tx) => {
    for (const way of ways) {
      for (const each of statuses) {
        for (const row of await firstOf(tx, way, each, place, part)) found.set(row.shipment_id, row);
      }
    }
  });
  return [...found.values()].sort((a, b) => a.dispatched_by - b.dispatched_by).slice(0, part.limit);
}

function firstOf(
  db: Kysely<ViewsSchema>,
  { here, there }: (typeof WAYS)[number],
  status: ShipmentStatus,
  { siteId, seenBy }: Place,
  { after, limit }: Part,
): Promise<ShipmentRow[]> {
  const query = db
    .selectFrom('shipments')
    .selectAll()
    .where(here, '=', siteId)
    .where('status', '=', status)
    .where('dispatched_by', '>', after)
    .orderBy('dispatched_by')
    .limit(limit);
  if (seenBy === undefined) return query.execute();
  return query
    .where(there, 'in', (row) =>
      row.selectFrom('sites').select('sites.site_id').where('sites.organisation_id', '=', seenBy),
    )
    .execute();
}
