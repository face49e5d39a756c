import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { buildGraph, buildStanding, evaluate, parseProgramme, upstreamOf, type GraphEvent } from '#claims';
import { MemoryEventStore, type StoredEvent } from '#event-store';
import { InMemoryLedger, type ImportLine } from '../../../demonstration/testing/in-memory-ledger.js';
import { busySiteId, lastingBatch } from './busy-site.js';
import { fanSiteId } from './fan.js';
import { generateLedger, PlanError, type LedgerPlan } from './generate-ledger.js';
import { lastOfChain } from './long-chain.js';
import { GENERATED_SCHEME } from './world.js';
import { SeededRandom } from './seeded-random.js';
import { writeLedger } from './write-ledger.js';

const PLAN: LedgerPlan = { events: 3_000, seed: 7, chain: 60, busySites: [400], fans: [150] };
const FOREVER = '2999-01-01T00:00:00.000Z';

async function logOf(plan: LedgerPlan): Promise<StoredEvent[]> {
  const store = new MemoryEventStore();
  expect(await writeLedger(store, plan)).toBe(plan.events);
  const events: StoredEvent[] = [];
  for await (const event of store.readAll()) events.push(event);
  await store.close();
  return events;
}

function bytesOf(events: readonly StoredEvent[]): string {
  return Buffer.concat(events.map(({ record }) => record)).toString('base64');
}

function graphEvents(events: readonly StoredEvent[]): GraphEvent[] {
  return events.map((event, logIndex) => ({ ...event, logIndex }) as unknown as GraphEvent);
}

/** What a client would have sent to have that event recorded. */
function lineOf({ stream, type, data, metadata }: StoredEvent, number: number): ImportLine | undefined {
  const id = stream.slice(stream.indexOf('-') + 1);
  const { occurredAt } = metadata as { occurredAt: string };
  const line = (command: string, target: Partial<ImportLine>, body: object = data): ImportLine => ({
    command,
    idempotencyKey: String(number),
    ...target,
    body: { ...body, occurredAt },
  });
  const batches = (data['batches'] ?? []) as { batchId: string; grossGrams: number; labels: object[] }[];
  switch (type) {
    case 'IdReserved':
      return undefined;
    case 'OrganisationRegistered':
      return line('organisations', {});
    case 'AccreditationGranted':
      return line('accreditations', { organisation: id });
    case 'SiteOpened':
      return line('sites', { organisation: data['organisationId'] as string });
    case 'AttestationIssued':
      return line('attestations', {});
    case 'BatchesDispatched':
      return line('dispatches', { site: id }, { ...data, batches: undefined, batchIds: batches.map((b) => b.batchId) });
    case 'BatchesReceived':
      return line('receipts', { site: id });
    default:
      return line(COMMANDS[type] ?? `no command records ${type}`, { site: id });
  }
}

const COMMANDS: Readonly<Record<string, string>> = {
  BatchRegistered: 'batches',
  BatchesTransformed: 'transformations',
  BatchSplit: 'splits',
  BatchLabelled: 'labels',
  BatchAssayed: 'assays',
  RecycledContentDeclared: 'declarations',
  BatchConsumed: 'consumptions',
  BatchDisposed: 'disposals',
};

describe('a generated ledger', () => {
  let generated: StoredEvent[];
  beforeAll(async () => {
    generated = await logOf(PLAN);
  });

  it('has the same records for the same plan, byte for byte, and others for another seed', async () => {
    const first = bytesOf(generated);
    expect(bytesOf(await logOf(PLAN))).toBe(first);
    expect(bytesOf(await logOf({ ...PLAN, seed: 8 }))).not.toBe(first);
  });

  it('records what the deciders record for the same commands, reservations in their places', async () => {
    const ledger = new InMemoryLedger(FOREVER, new Map([[GENERATED_SCHEME.id, GENERATED_SCHEME]]));
    const refused: unknown[] = [];
    for (const [number, event] of generated.entries()) {
      const line = lineOf(event, number);
      const refusal = line && (await ledger.record(line));
      if (refusal) refused.push(refusal);
    }
    expect(refused).toEqual([]);
    // The last command may have been cut between its reservations and its event.
    const decided = (await ledger.events()).map(({ stream, revision, type, data }) => ({
      stream,
      revision,
      type,
      data,
    }));
    const kept = generated.slice(0, decided.length);
    expect(generated.length - decided.length).toBeLessThan(10);
    expect(kept.map(({ stream, revision, type, data }) => ({ stream, revision, type, data }))).toEqual(decided);
  });

  it('never goes back in time', () => {
    const times = generated.map(({ metadata }) => metadata['recordedAt'] as string);
    expect(times).toEqual([...times].sort());
  });

  it('holds the chain asked for, which can be judged', () => {
    const events = graphEvents(generated);
    const graph = buildGraph(events);
    const last = lastOfChain(60);
    const upstream = [...upstreamOf(graph, last)];
    expect(upstream).toHaveLength(60);
    expect(upstream.flatMap((batchId) => graph.batches.get(batchId)!.hops)).toHaveLength(59);
    const file = new URL('../../../../../libs/claims/programmes/us-japan-cma-2023@1.json', import.meta.url);
    const parsed = parseProgramme(JSON.parse(readFileSync(file, 'utf8')));
    if ('problems' in parsed) throw new Error('the programme is wrong');
    const question = { batchId: last, validAt: '2026-06-01T00:00:00.000Z' };
    const judged = evaluate(graph, buildStanding(events), parsed.programme, question);
    expect(judged?.claims.find(({ claim }) => claim === 'labelling')?.verdict).toBe('holds');
    expect(judged?.claims.find(({ claim }) => claim === 'labour')?.verdict).toBe('holds');
  });

  it('holds a site with a long past and little in custody', () => {
    expect(generated.filter(({ stream }) => stream === `site-${busySiteId(400)}`).length).toBeGreaterThanOrEqual(400);
    const here = [...buildGraph(graphEvents(generated)).batches.values()].filter(
      ({ siteId, status }) => siteId === busySiteId(400) && status === 'at-site',
    );
    expect(here.map(({ batchId }) => batchId)).toEqual([lastingBatch(400)]);
  });

  it('sends exactly so many batches through a site as asked for', () => {
    const graph = buildGraph(graphEvents(generated));
    const there = [...graph.batches.values()].filter(({ stays }) =>
      stays.some(({ siteId }) => siteId === fanSiteId(150)),
    );
    expect(there).toHaveLength(150);
  });

  it('refuses a plan whose parts have no room', () => {
    expect(() => [...generateLedger({ events: 1_000, seed: 1, chain: 1_000 })]).toThrow(PlanError);
  });
});

describe('seeded random numbers', () => {
  it('are the same for the same seed and make UUIDs of version 4', () => {
    const uuids = [1, 1, 2].map((seed) => new SeededRandom(seed).uuid());
    expect(uuids[0]).toBe(uuids[1]);
    expect(uuids[0]).not.toBe(uuids[2]);
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('reach both ends of a range', () => {
    const random = new SeededRandom(3);
    const drawn = new Set(Array.from({ length: 1_000 }, () => random.integer(5, 8)));
    expect([...drawn].sort()).toEqual([5, 6, 7, 8]);
  });
});
