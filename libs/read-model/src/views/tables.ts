import { sql, type CreateIndexBuilder, type Kysely } from 'kysely';
import { CONCERNS_PLAN } from './concerns-plan.js';
import { type VersionedTables, type ViewsSchema } from './schema.js';
import { JUDGED_PLANS } from './judged-tables.js';
import { key, optional, present, required, type IndexReader, type TablePlan } from './table-plan.js';
import { wideType, type Engine } from './lasting-tables.js';
import { createSearchTexts } from './trigrams.js';

/** An id, the organisation it belongs to, and the log index at which it was first named. */
const broughtId: TablePlan['columns'] = {
  kind: ['text', required],
  id: ['text', required],
  organisation_id: ['text', required],
  known_from: ['wide', required],
};

const PLANS: Record<Exclude<keyof VersionedTables, 'search_texts'>, TablePlan> = {
  organisations: {
    columns: {
      organisation_id: ['text', key],
      name: ['text', required],
      country: ['text', required],
      roles: ['text', required],
      visibility: ['text', required],
      control: ['text', required],
      registered_at: ['text', required],
    },
  },
  accreditations: {
    columns: {
      organisation_id: ['text', required],
      scheme: ['text', required],
      valid_from: ['text', required],
      valid_until: ['text', optional],
      granted_by: ['wide', key],
      withdrawn_from: ['text', optional],
      withdrawn_reason: ['text', optional],
    },
    indexes: [{ columns: ['organisation_id', 'scheme'] }],
  },
  sites: {
    columns: {
      site_id: ['text', key],
      organisation_id: ['text', required],
      name: ['text', required],
      country: ['text', required],
      activities: ['text', required],
      latitude: ['text', optional],
      longitude: ['text', optional],
      opened_at: ['text', required],
      opening: ['text', required],
      hold: ['text', optional],
    },
    indexes: [{ columns: ['organisation_id', 'site_id'] }],
  },
  batches: {
    columns: {
      batch_id: ['text', key],
      material: ['text', required],
      status: ['text', required],
      site_id: ['text', optional],
      gross_grams: ['wide', required],
      held: ['wide', required],
      created_by: ['wide', optional],
      maker_site_id: ['text', optional],
      wide_shares: ['wide', optional],
      node: ['text', required],
    },
    indexes: [
      // Only batches that are at a site: most batches of a long-lived ledger are gone.
      { columns: ['site_id', 'batch_id'], where: present('site_id'), for: 'queries' },
      { columns: ['material', 'batch_id'], for: 'queries' },
      { columns: ['wide_shares'], where: present('wide_shares') },
    ],
  },
  batch_uses: {
    columns: {
      batch_id: ['text', required],
      used_by: ['wide', required],
      nth: ['wide', required],
      use: ['text', required],
    },
    primaryKey: ['batch_id', 'used_by', 'nth'],
  },
  products: {
    columns: {
      product_id: ['text', key],
      plant_site_id: ['text', required],
      model: ['text', required],
      left_on: ['text', optional],
      placed_on: ['text', optional],
      alike: ['text', required],
    },
    indexes: [{ columns: ['plant_site_id', 'model', 'left_on'], for: 'queries' }],
  },
  shipments: {
    columns: {
      shipment_id: ['text', key],
      consignor_site_id: ['text', required],
      consignee_site_id: ['text', required],
      status: ['text', required],
      dispatched_at: ['text', required],
      settled_at: ['text', optional],
      dispatched_by: ['wide', required],
      node: ['text', required],
    },
    indexes: [
      { columns: ['consignor_site_id', 'status', 'dispatched_by'], for: 'queries' },
      { columns: ['consignee_site_id', 'status', 'dispatched_by'], for: 'queries' },
    ],
  },
  shipment_batches: {
    columns: { shipment_id: ['text', required], batch_id: ['text', required] },
    primaryKey: ['shipment_id', 'batch_id'],
    clustered: true,
    indexes: [{ columns: ['batch_id'], for: 'queries' }],
  },
  transformations: {
    columns: {
      transformation_id: ['text', key],
      site_id: ['text', required],
      occurred_at: ['text', required],
      recorded_by: ['wide', required],
      node: ['text', required],
    },
    indexes: [{ columns: ['recorded_by'], for: 'queries' }],
  },
  flow_edges: {
    columns: {
      from_node: ['text', required],
      to_node: ['text', required],
      via: ['wide', required],
      known_from: ['wide', required],
      known_until: ['wide', optional],
    },
    primaryKey: ['to_node', 'from_node', 'via', 'known_from'],
    clustered: true,
    indexes: [
      { columns: ['from_node', 'to_node'], for: 'corrections' },
      { columns: ['via'], for: 'queries' },
    ],
  },
  events: {
    columns: {
      log_index: ['wide', key],
      position: ['text', required],
      event_id: ['text', required],
      stream: ['text', required],
      type: ['text', required],
      recorded_at: ['text', required],
      subject_site: ['text', optional],
      record_bytes: ['wide', required],
    },
    indexes: [
      { columns: ['event_id'], unique: true, for: 'corrections' },
      { columns: ['stream', 'log_index'], for: 'corrections' },
      { columns: ['recorded_at', 'log_index'], for: 'queries' },
      { columns: ['subject_site', 'log_index'], where: present('subject_site'), for: 'corrections' },
    ],
  },
  records: { columns: { log_index: ['wide', key], record: ['text', required] } },
  event_batches: {
    columns: { batch_id: ['text', required], log_index: ['wide', required] },
    // In the order in which the log brings the rows.
    primaryKey: ['log_index', 'batch_id'],
    clustered: true,
    indexes: [{ columns: ['batch_id', 'log_index'], for: 'corrections' }],
  },
  site_custody: {
    columns: {
      batch_id: ['text', required],
      arrived_by: ['wide', required],
      nth: ['wide', required],
      site_id: ['text', required],
      arrived_at: ['text', required],
      departed_at: ['text', optional],
      stay: ['text', required],
    },
    primaryKey: ['batch_id', 'arrived_by', 'nth'],
    // Finds what was at a site during a period without going through what had left before.
    indexes: [{ columns: ['site_id', 'departed_at', 'arrived_at', 'batch_id'], for: 'queries' }],
  },
  attestations: {
    columns: {
      attestation_id: ['text', key],
      site_id: ['text', required],
      issuer_organisation_id: ['text', required],
      scheme: ['text', required],
      issued_by: ['wide', required],
      state: ['text', required],
    },
    indexes: [
      { columns: ['issued_by'] },
      { columns: ['site_id', 'issued_by'] },
      { columns: ['issuer_organisation_id', 'issued_by'] },
    ],
  },
  concerns: CONCERNS_PLAN,
  corrections: {
    columns: { log_index: ['wide', key], event_id: ['text', required] },
    indexes: [{ columns: ['event_id'] }],
  },
  visible_batches: {
    columns: {
      organisation_id: ['text', required],
      batch_id: ['text', required],
      direct: ['wide', required],
      pseudonym: ['text', required],
    },
    // Batch first: queries also ask who sees a batch.
    primaryKey: ['batch_id', 'organisation_id'],
    clustered: true,
    indexes: [{ columns: ['organisation_id', 'pseudonym'], unique: true, for: 'queries' }],
  },
  seen_flows: {
    columns: { flow: ['text', required], organisation_id: ['text', required] },
    primaryKey: ['flow', 'organisation_id'],
    clustered: true,
  },
  dealings: {
    columns: { organisation_id: ['text', required], other_id: ['text', required] },
    primaryKey: ['organisation_id', 'other_id'],
    clustered: true,
  },
  id_skeletons: {
    columns: { ...broughtId, skeleton: ['text', required] },
    primaryKey: ['skeleton', 'kind', 'organisation_id'],
    clustered: true,
  },
  confusable_ids: {
    columns: {
      ...broughtId,
      other_id: ['text', required],
      other_organisation_id: ['text', required],
      other_known_from: ['wide', required],
    },
    primaryKey: ['known_from', 'kind', 'id'],
  },
  search_entries: {
    columns: { entry: ['wide', key], kind: ['text', required], id: ['text', required] },
  },
  ...JUDGED_PLANS,
};

/** The tables of which each version of the projection has its own. */
export const VERSIONED_TABLES: ReadonlySet<string> = new Set([...Object.keys(PLANS), 'search_texts']);

/** Creates one version's tables, with the indexes that they have from the start. */
export async function createVersionedTables(db: Kysely<ViewsSchema>, engine: Engine, version: number): Promise<void> {
  const wide = wideType(engine);
  for (const [table, plan] of Object.entries(PLANS)) {
    let create = db.schema.createTable(table).ifNotExists();
    for (const [column, [type, build]] of Object.entries(plan.columns)) {
      create = create.addColumn(column, type === 'wide' ? wide : 'text', build);
    }
    if (plan.primaryKey) {
      create = create.addPrimaryKeyConstraint(`${table}_v${version}_key`, plan.primaryKey as never[]);
    }
    if (plan.clustered && engine === 'sqlite') create = create.modifyEnd(sql`without rowid`);
    await create.execute();
  }
  for (const index of indexesFor(undefined, db, version)) await index.execute();
  await createSearchTexts(db);
}

/**
 * What makes the indexes that one version's tables have for a reader, or, for nobody in particular, from the start; those
 * that are there already stay. Their names carry the version too: they are unique in a database, not in a table.
 */
export function indexesFor(
  reader: IndexReader | undefined,
  db: Kysely<ViewsSchema>,
  version: number,
): CreateIndexBuilder<string>[] {
  return Object.entries<TablePlan>(PLANS).flatMap(([table, { indexes = [] }]) =>
    indexes
      .filter((index) => index.for === reader)
      .map(({ columns, unique, where }) => {
        const name = `${table}_v${version}_by_${columns.join('_and_')}`;
        let index = db.schema
          .createIndex(name)
          .ifNotExists()
          .on(table)
          .columns([...columns]);
        if (unique) index = index.unique();
        return where ? index.where(where) : index;
      }),
  );
}

/** Drops one version's tables. @param db A handle that names this version's tables. */
export async function dropVersionedTables(db: Kysely<ViewsSchema>): Promise<void> {
  for (const table of VERSIONED_TABLES) await db.schema.dropTable(table).ifExists().execute();
}
