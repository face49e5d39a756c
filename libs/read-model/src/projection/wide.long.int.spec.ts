import { describe, expect, it } from '@jest/globals';
import { EVERYTHING } from '#access';
import { MemoryEventStore } from '#event-store';
import { ProvenanceQueries } from '../queries/provenance-queries.js';
import { EventLog, eventId, type Told } from '../testing/event-log.js';
import { programmesOfRepository } from '../testing/programmes.js';
import { contentsOf, projectAll, withViews } from '../testing/views-folder.js';
import { WORKS, wideTransformation } from '../testing/wide-transformation.js';
import { VerdictProjector } from '../verdicts/verdict-projector.js';
import { type Views } from '../views/views.js';
import { Projector } from './projector.js';

async function logOf(told: readonly Told[]): Promise<{ store: MemoryEventStore; log: EventLog }> {
  const store = new MemoryEventStore();
  const log = new EventLog(store);
  for (const each of [WORKS, ...told]) await log.tell(each);
  return { store, log };
}

/** Rows of the tables of a ledger, and characters of the nodes in them. */
async function weighed(views: Views): Promise<{ edges: number; rows: number; characters: number }> {
  const contents = await contentsOf(views);
  const nodes = [...contents['batches']!, ...contents['transformations']!];
  return {
    edges: contents['flow_edges']!.length,
    rows: Object.values(contents).reduce((sum, rows) => sum + rows.length, 0),
    characters: JSON.stringify(nodes).length,
  };
}

async function weightOf(inputs: number, outputs: number): ReturnType<typeof weighed> {
  const { store } = await logOf(wideTransformation('t', inputs, outputs));
  return withViews(async (views) => {
    await projectAll({ store, views });
    return weighed(views);
  });
}

describe('A transformation of many batches into many', () => {
  it('makes as many edges as it has inputs and outputs, and tables that grow with them', async () => {
    const [small, large] = [await weightOf(40, 40), await weightOf(160, 160)];
    expect([small.edges, large.edges]).toEqual([80, 320]);
    expect(large.rows / small.rows).toBeLessThan(4.1);
    expect(large.characters / small.characters).toBeLessThan(4.5);
  });

  it('is walked through whichever way one looks, then and now', async () => {
    const { store, log } = await logOf(wideTransformation('t', 30, 20));
    const before = 30 + 1;
    await log.tell({
      stream: WORKS.stream,
      type: 'RecordCorrected',
      data: {
        eventId: eventId(`e${before}`),
        reason: 'one input too many',
        replacement: withoutFirstInput(wideTransformation('t', 30, 20).at(-1)!),
      },
    });
    await withViews(async (views) => {
      await projectAll({ store, views });
      const queries = new ProvenanceQueries(views);
      const idsOf = async (batchId: string, request: Parameters<ProvenanceQueries['provenance']>[2]) =>
        (await queries.provenance(EVERYTHING, batchId, request))?.batches.map((batch) => batch.batchId).sort();
      const inputs = Array.from({ length: 30 }, (_, index) => `t-in-${index}`);
      const outputs = Array.from({ length: 20 }, (_, index) => `t-out-${index}`);
      const up = { direction: 'upstream' } as const;
      const down = { direction: 'downstream' } as const;
      expect(await idsOf('t-out-7', { ...up, knownAt: before })).toEqual([...inputs, 't-out-7'].sort());
      expect(await idsOf('t-out-7', up)).toEqual([...inputs.slice(1), 't-out-7'].sort());
      expect(await idsOf('t-in-0', { ...down, knownAt: before })).toEqual(['t-in-0', ...outputs].sort());
      expect(await idsOf('t-in-0', down)).toEqual(['t-in-0']);
      expect(await idsOf('t-in-1', down)).toEqual(['t-in-1', ...outputs].sort());
    });
  });

  it('is projected and judged at a cost that does not multiply its sides', async () => {
    // The same number of batches in all: the one grows with inputs times outputs only if something does.
    const wide = [wideTransformation('t', 600, 600)];
    const narrow = Array.from({ length: 60 }, (_, index) => wideTransformation(`t${index}`, 10, 10));
    await timeOf(narrow.slice(0, 5)); // whatever is compiled first
    const [one, many] = [await bestOf(wide), await bestOf(narrow)];
    expect(one.projected / many.projected).toBeLessThan(4);
    expect(one.judged / many.judged).toBeLessThan(4);
  }, 120_000);
});

function withoutFirstInput({ data }: Told): object {
  const { inputs, ...rest } = data as { inputs: object[] };
  return { ...rest, inputs: inputs.slice(1) };
}

/** The least of three: what else the machine does only ever adds to it. */
async function bestOf(stories: readonly Told[][]): ReturnType<typeof timeOf> {
  const times = [await timeOf(stories), await timeOf(stories), await timeOf(stories)];
  return {
    projected: Math.min(...times.map(({ projected }) => projected)),
    judged: Math.min(...times.map(({ judged }) => judged)),
  };
}

/** Milliseconds that transformations took to be in the tables, and to be judged. */
async function timeOf(stories: readonly Told[][]): Promise<{ projected: number; judged: number }> {
  const { store, log } = await logOf(stories.flatMap((story) => story.slice(0, -1)));
  return withViews(async (views) => {
    const failures: unknown[] = [];
    const projector = new Projector({ store, views, onError: (error) => failures.push(error) });
    await projector.start();
    await projector.waitFor((await store.head())!, 60_000);
    for (const story of stories) await log.tell(story.at(-1)!);
    const head = (await store.head())!;
    let began = performance.now();
    expect(await projector.waitFor(head, 60_000)).toBe(true);
    const projected = performance.now() - began;
    const now = (): string => '2028-01-01T00:00:00.000Z';
    const verdicts = new VerdictProjector({ views, projector, programmes: programmesOfRepository(), now });
    began = performance.now();
    verdicts.start();
    expect(await verdicts.waitFor(head, 60_000)).toBe(true);
    const judged = performance.now() - began;
    await verdicts.stop();
    await projector.stop();
    expect(failures).toEqual([]);
    return { projected, judged };
  });
}
