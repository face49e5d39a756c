import { MemoryEventStore, type JsonObject, type NewEvent } from '#event-store';
import { openViews, Projector, type Views } from '#read-model';
import { madeUpEvent } from '../harness/made-up-event.js';

const PATIENCE_MS = 600_000;
const WORKS = 'works';
const STREAM = `site-${WORKS}`;
const MOMENT = '2027-01-01T00:00:00.000Z';
const CONTENT_PART = 10;

export interface WideSpec {
  readonly folder: string;
  /** Inputs, and outputs, of the one wide transformation. */
  readonly width: number;
  /** So many narrow ones share as many inputs evenly, each into one output. */
  readonly narrow: number;
}

export interface WideFlow {
  /** Milliseconds until the tables have the wide transformation. */
  readonly wideMs: number;
  /** Until they have the narrow ones, recorded together. */
  readonly narrowMs: number;
  /** Steps of mass flows in the tables at the end. */
  readonly edges: number;
  /** Batches that the tables say to have been used up. */
  readonly spent: number;
}

/** For how long the tables are behind after one transformation of many batches into many, and after narrow ones of as many. */
export async function runWide({ folder, width, narrow }: WideSpec): Promise<WideFlow> {
  const store = new MemoryEventStore();
  const views = await openViews('sqlite:', { dataFolder: folder, records: store.records });
  const failures: unknown[] = [];
  const projector = new Projector({ store, views, onError: (error) => failures.push(error) });
  const each = width / narrow;
  const groups = Array.from({ length: narrow }, (_, group) => idsOf(`narrow-${group}`, each));
  const wide = idsOf('wide', width);
  const warm = idsOf('warm', each);
  await append(store, [site(), ...[...wide, ...warm, ...groups.flat()].map((id) => registered(id, width))]);
  await projector.start();
  const behind = async (events: readonly NewEvent[]): Promise<number> => {
    const began = performance.now();
    const position = await append(store, events);
    if (!(await projector.waitFor(position, PATIENCE_MS))) throw new Error('the tables do not follow');
    return performance.now() - began;
  };
  await behind([]);
  await behind([transformed('warm-up', warm, 1, width)]);
  const narrowMs = await behind(groups.map((inputs, group) => transformed(`narrow-${group}`, inputs, 1, width)));
  const wideMs = await behind([transformed('wide', wide, width, width)]);
  await projector.stop();
  const found = { edges: await count(views, 'flow_edges'), spent: await count(views, 'spent') };
  await views.close();
  if (failures.length > 0) throw new Error(`projecting failed: ${String(failures[0])}`);
  return { wideMs, narrowMs, ...found };
}

async function count({ db }: Views, what: 'flow_edges' | 'spent'): Promise<number> {
  const rows =
    what === 'spent'
      ? await db.selectFrom('batches').select('batch_id').where('status', '=', 'spent').execute()
      : await db.selectFrom('flow_edges').select('via').execute();
  return rows.length;
}

function idsOf(name: string, length: number): string[] {
  return Array.from({ length }, (_, index) => `${name}-in-${index}`);
}

async function append(store: MemoryEventStore, events: readonly NewEvent[]): Promise<bigint> {
  const head = await store.head();
  if (events.length === 0) return head!;
  const { positions } = await store.append(STREAM, events, (await store.last())?.revision ?? 'no-stream');
  return positions.at(-1)!;
}

function site(): NewEvent {
  const data = { siteId: WORKS, organisationId: 'maker', name: WORKS, country: 'JP', activities: ['refining'] };
  return event('SiteOpened', data);
}

/** @param share grams, of which as many outputs can be made */
function registered(batchId: string, share: number): NewEvent {
  const contentGrams = { cobalt: share };
  const material = 'polymetallic-concentrate';
  const grossGrams = share * CONTENT_PART;
  return event('BatchRegistered', { batchId, material, grossGrams, contentGrams, origin: { kind: 'extracted' } });
}

function transformed(transformationId: string, ids: readonly string[], outputs: number, share: number): NewEvent {
  const grossGrams = share * CONTENT_PART;
  const whole = ids.length * grossGrams;
  const made = Array.from({ length: outputs }, (_, index) => ({
    batchId: `${transformationId}-out-${index}`,
    material: 'polymetallic-concentrate',
    grossGrams: whole / outputs,
    contentGrams: { cobalt: whole / outputs / CONTENT_PART },
  }));
  return event('BatchesTransformed', {
    transformationId,
    process: 'refining',
    chainOfCustody: 'segregated',
    inputs: ids.map((batchId) => ({ batchId, grossGrams })),
    outputs: made,
  });
}

function event(type: string, data: JsonObject): NewEvent {
  return madeUpEvent(type, data, MOMENT);
}
