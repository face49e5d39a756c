import { buildGraph, buildStanding, Chains, Evaluator, programmeReference, type GraphEvent } from '#claims';
import { type MemoryEventStore } from '#event-store';
import { Projector } from '../projection/projector.js';
import { subjectKey } from '../verdicts/verdict-rows.js';
import { VerdictProjector } from '../verdicts/verdict-projector.js';
import { type Views } from '../views/views.js';
import { programmeOfControl, programmeOfVouching, programmesOfRepository } from './programmes.js';

/** Later than all events of the tests, unless they say otherwise. */
export const NOW = '2028-01-01T00:00:00.000Z';

export const programmes = [...programmesOfRepository(), programmeOfControl(), programmeOfVouching()];

/** Runs both projectors over what the store holds, while `meanwhile` adds to it. */
export async function judged(
  store: MemoryEventStore,
  views: Views,
  meanwhile: () => Promise<void>,
  options: { eventsPerTransaction?: number; now?: () => string; fewFlows?: number } = {},
): Promise<void> {
  const failures: unknown[] = [];
  const onError = (error: unknown): unknown => failures.push(error);
  const { eventsPerTransaction = 500, now = () => NOW, fewFlows } = options;
  const projector = new Projector({ store, views, onError, eventsPerTransaction });
  const verdicts = new VerdictProjector({ views, projector, programmes, now, onError, ...(fewFlows && { fewFlows }) });
  await projector.start();
  verdicts.start();
  await meanwhile();
  const head = await store.head();
  const reached = head === undefined || (await verdicts.waitFor(head, 25_000));
  await verdicts.stop();
  await projector.stop();
  if (failures.length > 0 || !reached) throw new Error('the verdicts do not come', { cause: failures[0] });
}

/** What the stored verdicts must be: the evaluator over the whole log, batch by batch. */
export function expected(events: GraphEvent[], validAt: string): Map<string, unknown> {
  const graph = buildGraph(events, { validAt });
  const standing = buildStanding(events);
  const rows = new Map<string, unknown>();
  const chains = new Chains(graph, standing, validAt);
  const evaluators = programmes.map((programme) => new Evaluator(chains, programme, { reasons: false }));
  for (const [batchId, node] of graph.batches) {
    if (node.status === 'unborn') continue;
    for (const [index, programme] of programmes.entries()) {
      const judgement = evaluators[index]!.verdictOf(batchId);
      const claims = judgement?.claims.map((line) => [subjectKey(line), line.verdict]);
      rows.set(`${batchId} ${programmeReference(programme)}`, {
        verdict: judgement?.verdict,
        claims,
        stands_until: judgement?.standsUntil ?? null,
      });
    }
  }
  return rows;
}

export async function stored({ db }: Views): Promise<Map<string, unknown>> {
  const rows = await db
    .selectFrom('verdicts')
    .innerJoin('claim_lists', 'claim_lists.claim_list', 'verdicts.claim_list')
    .select(['batch_id', 'programme', 'verdict', 'claims', 'stands_until'])
    .orderBy('batch_id')
    .orderBy('programme')
    .execute();
  return new Map(
    rows.map(({ batch_id, programme, claims, ...row }) => [
      `${batch_id} ${programme}`,
      { ...row, claims: JSON.parse(claims) as unknown },
    ]),
  );
}

/** The verdicts that organisations see, by organisation, programme, verdict and list of claims: as counted, and one by one. */
export async function seenVerdicts({ db }: Views): Promise<{ counted: string[]; oneByOne: string[] }> {
  const counted = await db
    .selectFrom('seen_counts')
    .select(['organisation_id', 'programme', 'verdict', 'claim_list', 'batches'])
    .where('batches', '!=', 0)
    .execute();
  const oneByOne = await db
    .selectFrom('visible_batches')
    .innerJoin('verdicts', 'verdicts.batch_id', 'visible_batches.batch_id')
    .select(({ fn }) => ['organisation_id', 'programme', 'verdict', 'claim_list', fn.countAll().as('batches')])
    .groupBy(['organisation_id', 'programme', 'verdict', 'claim_list'])
    .execute();
  const texts = (rows: readonly object[]): string[] => rows.map((row) => Object.values(row).join(' ')).sort();
  return { counted: texts(counted), oneByOne: texts(oneByOne) };
}
