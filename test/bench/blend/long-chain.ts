import { MemoryEventStore, type JsonObject, type NewEvent } from '#event-store';
import { type Say } from '#following';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { openViews, Projector, VerdictProjector } from '#read-model';
import { madeUpEvent } from '../harness/made-up-event.js';
import { momentOf } from './refinery.js';

const PATIENCE_MS = 6 * 3_600_000;
const GRAMS = 1_000_000;
const AT_ONCE = 100;
const MICROSECONDS = 1_000;

export interface ChainSpec {
  readonly folder: string;
  readonly batches: number;
  /** Each made of the one before; else each for itself. */
  readonly linked: boolean;
}

/**
 * Fills a ledger with batches, and judges all of them.
 * @param tell told how far it is
 * @returns processor time, milliseconds a batch
 */
export async function runChain(
  { folder, batches, linked }: ChainSpec,
  tell: (line: string) => void = () => undefined,
): Promise<{ cpuMs: number; judged: number }> {
  const store = new MemoryEventStore();
  const stream = 'site-works';
  const site = { siteId: 'works', organisationId: 'maker', name: 'Works', country: 'JP', activities: ['refining'] };
  let revision = (await store.append(stream, [eventOf('SiteOpened', site, 0)], 'no-stream')).revision;
  for (let from = 0; from < batches; from += AT_ONCE) {
    const count = Math.min(AT_ONCE, batches - from);
    const events = Array.from({ length: count }, (_, index) => batchEvent(from + index, linked));
    revision = (await store.append(stream, events, revision)).revision;
  }
  const views = await openViews('sqlite:', { dataFolder: folder, records: undefined });
  const { programmes } = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
  const failures: unknown[] = [];
  const onError = (error: unknown): unknown => failures.push(error);
  const say: Say = (_level, message, about) => tell(`${message} ${JSON.stringify(about)}`);
  const projector = new Projector({ store, views, onError, say });
  const verdicts = new VerdictProjector({ views, projector, programmes, now: () => momentOf(3_000), onError, say });
  const head = (await store.head())!;
  await projector.start();
  await projector.waitFor(head, PATIENCE_MS);
  const before = process.cpuUsage();
  verdicts.start();
  const complete = await verdicts.waitFor(head, PATIENCE_MS);
  const { user, system } = process.cpuUsage(before);
  await verdicts.stop();
  await projector.stop();
  const judged = await views.db.selectFrom('verdicts').select('batch_id').distinct().execute();
  await views.close();
  if (!complete || failures.length > 0) throw new Error(`judging did not come through: ${String(failures[0])}`);
  return { cpuMs: (user + system) / MICROSECONDS / batches, judged: judged.length };
}

function batchEvent(number: number, linked: boolean): NewEvent {
  const content = { grossGrams: GRAMS, contentGrams: { cobalt: GRAMS / 10 } };
  const batch = { batchId: `b${number}`, material: 'polymetallic-concentrate', ...content };
  if (number === 0 || !linked) return eventOf('BatchRegistered', { ...batch, origin: { kind: 'extracted' } }, number);
  const data = {
    transformationId: `t${number}`,
    process: 'refining',
    chainOfCustody: 'controlled-blending',
    inputs: [{ batchId: `b${number - 1}`, grossGrams: GRAMS }],
    outputs: [batch],
  };
  return eventOf('BatchesTransformed', data, number);
}

/** A minute after the one before. */
function eventOf(type: string, data: JsonObject, number: number): NewEvent {
  return madeUpEvent(type, data, momentOf(number / 1_440));
}
