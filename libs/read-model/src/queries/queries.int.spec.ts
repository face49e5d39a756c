import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVERYTHING } from '#access';
import { MemoryEventStore } from '#event-store';
import { leafHash } from '#transparency';
import { eventId, EventLog } from '../testing/event-log.js';
import { TOLD } from '../testing/ore-to-cathode.js';
import { projectAll } from '../testing/views-folder.js';
import { openViews, type Views } from '../views/views.js';
import { BatchQueries } from './batch-queries.js';
import { encodeCursor } from './cursor.js';
import { HistoryQueries } from './history-queries.js';
import { LedgerQueries } from './ledger-queries.js';
import { ProvenanceQueries } from './provenance-queries.js';
import { RegistryQueries } from './registry-queries.js';

describe.each([
  ['copied into the tables', true],
  ['read from the log', false],
])('The queries, records %s,', (_, copied) => {
  let folder: string;
  let views: Views;
  let batches: BatchQueries;
  let ledger: LedgerQueries;
  let histories: HistoryQueries;
  let provenances: ProvenanceQueries;
  let registry: RegistryQueries;
  const records: Uint8Array[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lodebook-views-'));
    const store = new MemoryEventStore();
    const log = new EventLog(store);
    for (const told of TOLD) await log.tell(told);
    for await (const event of store.readAll()) records.push(event.record);
    views = await openViews('sqlite:', { dataFolder: folder, records: copied ? undefined : store.records });
    await projectAll({ store, views });
    batches = new BatchQueries(views);
    ledger = new LedgerQueries(views);
    histories = new HistoryQueries(views);
    provenances = new ProvenanceQueries(views);
    registry = new RegistryQueries(views);
  });
  afterAll(async () => {
    await views.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('know organisations, sites, attestations and concerns', async () => {
    expect(await registry.organisation(EVERYTHING, 'acme')).toEqual({
      organisationId: 'acme',
      name: 'Acme',
      country: 'CL',
      roles: ['miner'],
      registeredAt: '2027-01-01T00:00:00.000Z',
      accreditations: [
        {
          scheme: 'rmap',
          from: '2026-01-01T00:00:00.000Z',
          withdrawn: { from: '2026-06-01T00:00:00.000Z', reason: 'lapsed' },
        },
      ],
      control: [],
    });
    expect(await registry.organisation(EVERYTHING, 'nobody')).toBeUndefined();
    expect(await registry.site(EVERYTHING, 'plant')).toMatchObject({
      country: 'JP',
      location: { latitude: '35.5', longitude: '139.7' },
    });
    expect((await registry.sites(EVERYTHING, { organisationId: 'acme' })).items.map((site) => site.siteId)).toEqual([
      'mine',
    ]);
    expect((await registry.attestations(EVERYTHING, { siteId: 'mine' })).items).toMatchObject([
      { attestationId: 'a1', status: 'suspended', changes: [{ change: 'suspended', reason: 'inspection' }] },
    ]);
    expect((await registry.attestations(EVERYTHING, { siteId: 'plant' })).items).toEqual([]);
    expect(await registry.concern(EVERYTHING, 'c1')).toMatchObject({
      status: 'under-investigation',
      investigation: { by: 'inspectorate' },
    });
  });

  it('show a batch with its derived composition, corrections in place', async () => {
    expect(await batches.batch(EVERYTHING, 'cathode')).toEqual({
      batchId: 'cathode',
      material: 'nmc-cathode-material',
      status: 'at-site',
      siteId: 'plant',
      grossGrams: 200,
      contentGrams: { lithium: 40 },
      contentKnown: true,
      composition: { lithium: [{ country: 'AR', class: 'primary', milligrams: 40_000, grams: 40 }] },
      labels: [],
      held: false,
    });
    expect(await batches.batch(EVERYTHING, 'ore')).toMatchObject({
      grossGrams: 500,
      contentGrams: { lithium: 45 },
      labels: [{ labelId: 'l1', condition: 'intact' }],
    });
    expect(await batches.batch(EVERYTHING, 'nothing')).toBeUndefined();
  });

  it('list batches, holdings and shipments in pages', async () => {
    const first = await batches.batches(EVERYTHING, {}, { limit: 2 });
    expect(first.items.map((batch) => batch.batchId)).toEqual(['cathode', 'half']);
    const second = await batches.batches(EVERYTHING, {}, { limit: 2, cursor: first.next ?? '' });
    expect(second.items.map((batch) => batch.batchId)).toEqual(['more', 'ore']);
    expect(second.next).toBeNull();
    expect((await batches.batches(EVERYTHING, { material: 'polymetallic-ore' })).items).toHaveLength(3);
    expect((await batches.holdings(EVERYTHING, 'plant')).items.map((batch) => batch.batchId)).toEqual([
      'cathode',
      'ore',
    ]);
    expect((await batches.shipments(EVERYTHING, 'plant', { direction: 'in' })).items).toMatchObject([
      { shipmentId: 's1', status: 'received', batchIds: ['ore'] },
      { shipmentId: 's2', status: 'refused', reason: 'wet' },
    ]);
    expect((await batches.shipments(EVERYTHING, 'mine', { direction: 'in' })).items).toEqual([]);
    expect(
      (await batches.shipments(EVERYTHING, 'mine', { status: 'refused' })).items.map((each) => each.shipmentId),
    ).toEqual(['s2']);
  });

  it.each(['', 'no base64!', 'e30', encodeCursor('sites', ['x']), encodeCursor('batches', [7])])(
    'refuse the cursor %j that another list, or nobody, gave',
    async (cursor) => {
      await expect(batches.batches(EVERYTHING, {}, { cursor })).rejects.toMatchObject({ code: 'invalid-cursor' });
    },
  );

  it('tell the history of a batch with its place and leaf in the log', async () => {
    const history = await histories.history(EVERYTHING, 'ore');
    expect(history?.items.map((entry) => entry.record.type)).toEqual([
      'BatchRegistered',
      'BatchLabelled',
      'BatchesDispatched',
      'BatchesReceived',
      'BatchSplit',
      'RecordCorrected',
    ]);
    for (const { logIndex, leafHash: leaf } of history?.items ?? []) {
      expect(leaf).toBe(Buffer.from(leafHash(records[logIndex]!)).toString('hex'));
    }
    expect((await histories.history(EVERYTHING, 'more'))?.items.at(-1)?.record.type).toBe('ShipmentRefused');
    expect(await histories.history(EVERYTHING, 'nothing')).toBeUndefined();
  });

  it('draw the provenance, up and down, to a depth, and as of any moment', async () => {
    const upstream = await provenances.provenance(EVERYTHING, 'cathode', { direction: 'upstream' });
    expect(upstream?.batches.map(({ batchId, depth }) => [batchId, depth])).toEqual([
      ['cathode', 0],
      ['half', 1],
      ['ore', 2],
    ]);
    expect(upstream?.transformations.map(({ kind, inputs, outputs }) => ({ kind, inputs, outputs }))).toEqual([
      {
        kind: 'transformation',
        inputs: [{ batchId: 'half', grossGrams: 500 }],
        outputs: [{ batchId: 'cathode', grossGrams: 200 }],
      },
      { kind: 'split', inputs: [{ batchId: 'ore', grossGrams: 500 }], outputs: [{ batchId: 'half', grossGrams: 500 }] },
    ]);
    expect(upstream?.hops).toMatchObject([{ shipmentId: 's1', batchId: 'ore', status: 'received' }]);
    expect(upstream?.truncated).toBe(false);

    const near = await provenances.provenance(EVERYTHING, 'cathode', { direction: 'upstream', depth: 1 });
    expect(near?.batches.map((batch) => batch.batchId)).toEqual(['cathode', 'half']);
    expect(near?.truncated).toBe(true);

    const downstream = await provenances.provenance(EVERYTHING, 'ore', { direction: 'downstream' });
    expect(downstream?.batches.map((batch) => batch.batchId)).toEqual(['ore', 'half', 'cathode']);
    const before = await provenances.provenance(EVERYTHING, 'ore', { direction: 'downstream', knownAt: 10 });
    expect(before?.batches.map((batch) => batch.batchId)).toEqual(['ore', 'half']);

    const uncorrected = await provenances.provenance(EVERYTHING, 'cathode', { direction: 'upstream', knownAt: 18 });
    expect(uncorrected?.batches[0]?.composition).toEqual({
      lithium: [{ country: 'CL', class: 'primary', milligrams: 40_000, grams: 40 }],
    });
    const early = { direction: 'upstream', validAt: '2027-01-01T00:00:10.000Z' } as const;
    expect(await provenances.provenance(EVERYTHING, 'cathode', early)).toBeUndefined();
    expect((await provenances.provenance(EVERYTHING, 'half', early))?.batches).toHaveLength(2);
    expect(await provenances.provenance(EVERYTHING, 'nothing', { direction: 'upstream' })).toBeUndefined();
  });

  it('hand over exactly the events that a chain is judged from', async () => {
    const { events, knownAt } = await provenances.chainEvents(EVERYTHING, 'cathode');
    expect(knownAt).toBe(19);
    expect(events.map((event) => event.logIndex)).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 15, 16, 17, 18, 19]);
    const then = await provenances.chainEvents(EVERYTHING, 'half', { knownAt: 15 });
    expect(then.events.map((event) => event.logIndex)).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 15]);
  });

  it('read records where they are kept', async () => {
    const copies = await views.db.selectFrom('records').select('log_index').execute();
    expect(copies).toHaveLength(copied ? TOLD.length : 0);
  });

  it('find events by id, index, time and range', async () => {
    expect(await ledger.ledgerSize()).toBe(TOLD.length);
    expect(await ledger.eventById(EVERYTHING, eventId('e6'))).toMatchObject({
      logIndex: 6,
      type: 'BatchRegistered',
      revision: 1n,
    });
    expect(await ledger.eventById(EVERYTHING, eventId('none'))).toBeUndefined();
    expect((await ledger.eventByIndex(EVERYTHING, 6))?.record).toBe(Buffer.from(records[6]!).toString('utf8'));
    expect(await ledger.eventByIndex(EVERYTHING, 99)).toBeUndefined();
    expect(await ledger.logIndexAt(EVERYTHING, '2027-01-01T00:00:06.500Z')).toBe(6);
    expect(await ledger.logIndexAt(EVERYTHING, '2026-01-01T00:00:00.000Z')).toBeUndefined();
    const indexes: number[] = [];
    for await (const event of ledger.events(EVERYTHING, { from: 5, to: 10, stream: 'site-mine' }))
      indexes.push(event.logIndex);
    expect(indexes).toEqual([6, 7, 8]);
  });
});
