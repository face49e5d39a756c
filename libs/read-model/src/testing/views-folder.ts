import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pseudonyms } from '#access';
import { type EventStore } from '#event-store';
import { Projector, type ProjectorOptions } from '../projection/projector.js';
import { type VersionedTables } from '../views/schema.js';
import { openViews, type Views, type ViewsOptions } from '../views/views.js';

/** Creates a folder for a test's databases and removes it afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lodebook-views-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Fixed, because tests rebuild the tables of one ledger again and again. */
const PSEUDONYMS = new Pseudonyms(new Uint8Array(32));

/** Opens views in a folder of their own, and closes and removes them. Unless told otherwise, they keep copies of records. */
export async function withViews<T>(
  use: (views: Views, folder: string) => Promise<T>,
  options: Partial<Omit<ViewsOptions, 'dataFolder'>> = {},
): Promise<T> {
  return inFolder(async (folder) => {
    const views = await openViews('sqlite:', {
      dataFolder: folder,
      records: undefined,
      pseudonyms: PSEUDONYMS,
      ...options,
    });
    try {
      return await use(views, folder);
    } finally {
      await views.close();
    }
  });
}

/** Projects all that the store holds, then stops. @throws the last error when that takes longer than ten seconds. */
export async function projectAll(options: ProjectorOptions & { readonly store: EventStore }): Promise<Projector> {
  let failure: unknown;
  const projector = new Projector({ onError: (error) => (failure = error), ...options });
  await projector.start();
  const head = await options.store.head();
  const reached = head === undefined || (await projector.waitFor(head, 10_000));
  await projector.stop();
  if (!reached) throw new Error(`Not projected up to ${head}`, { cause: failure });
  return projector;
}

/** A store that hands over every event twice: in one batch, or in the next. */
export function deliveringTwice(store: EventStore): EventStore {
  return {
    engine: store.engine,
    append: store.append.bind(store),
    readStream: store.readStream.bind(store),
    existing: store.existing.bind(store),
    readAll: store.readAll.bind(store),
    head: store.head.bind(store),
    last: store.last.bind(store),
    holds: store.holds.bind(store),
    ping: store.ping.bind(store),
    close: store.close.bind(store),
    async *subscribe(options) {
      for await (const batch of store.subscribe(options)) {
        yield batch.flatMap((event) => [event, event]);
        yield batch;
      }
    },
  };
}

type ReadTables = Omit<VersionedTables, 'unjudged' | 'search_texts' | 'summary_basis' | 'told_uses'>;
const TABLES: { [T in keyof ReadTables]: readonly (keyof ReadTables[T] & string)[] } = {
  organisations: ['organisation_id'],
  accreditations: ['granted_by'],
  sites: ['site_id'],
  batches: ['batch_id'],
  batch_uses: ['batch_id', 'used_by', 'nth'],
  products: ['product_id'],
  shipments: ['shipment_id'],
  shipment_batches: ['shipment_id', 'batch_id'],
  transformations: ['transformation_id'],
  flow_edges: ['to_node', 'from_node', 'via', 'known_from'],
  events: ['log_index'],
  records: ['log_index'],
  event_batches: ['batch_id', 'log_index'],
  site_custody: ['batch_id', 'arrived_by', 'nth'],
  attestations: ['attestation_id'],
  concerns: ['concern_id'],
  corrections: ['log_index'],
  visible_batches: ['organisation_id', 'batch_id'],
  seen_flows: ['flow', 'organisation_id'],
  dealings: ['organisation_id', 'other_id'],
  id_skeletons: ['skeleton', 'kind', 'organisation_id'],
  confusable_ids: ['known_from', 'kind', 'id'],
  search_entries: ['entry'],
  making_summaries: ['flow'],
  contributions: ['flow', 'batch_id'],
  verdicts: ['batch_id', 'programme'],
  claim_lists: ['claim_list'],
  seen_counts: ['organisation_id', 'programme', 'verdict', 'claim_list'],
  verdict_counts: ['programme', 'subject', 'verdict'],
};

/** Every row of every read table, with JSON as values. What is still to be judged, and how far judging has come, is work and not content. */
export async function contentsOf(views: Views): Promise<Record<string, unknown[]>> {
  const contents: Record<string, unknown[]> = {};
  for (const [table, key] of Object.entries(TABLES) as [keyof ReadTables, readonly string[]][]) {
    let query = views.db.selectFrom(table).selectAll();
    for (const column of key) query = query.orderBy(column as never);
    contents[table] = (await query.execute()).map(parsed);
  }
  return contents;
}

function parsed(row: object): Record<string, unknown> {
  const fields = Object.entries(row).map(([column, value]: [string, unknown]) => {
    const json = ['node', 'use', 'stay', 'state', 'record', 'claims'].includes(column);
    return [column, json && typeof value === 'string' ? (JSON.parse(value) as unknown) : value] as const;
  });
  return Object.fromEntries(fields);
}
