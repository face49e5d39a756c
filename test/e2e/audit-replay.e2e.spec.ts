import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryEventStore, openEventStore, type EventStore } from '#event-store';
import { canonicalBytes, leafHash, rootOf } from '#transparency';
import { bundleSource, replay, storeSource, type ReplayReport, type ReplayRequest, type ReplaySource } from '#audit';
import { startEventStoreDbDouble } from '../eventstoredb-double/index.js';
import { auditedChain } from '../harness/audited-chain.js';
import { RunningLedger, type Json } from '../harness/running-ledger.js';
import { AT, extracted } from '../harness/two-sites.js';

/** A value that the client knows to be a string. */
const text = (value: Json | undefined): string => value as unknown as string;
const report = (answer: Json): ReplayReport => answer['report'] as unknown as ReplayReport;

/** Starts a replay and waits for it to end. */
async function replayed(ledger: RunningLedger, order: object = {}): Promise<Json> {
  const { status, body } = await ledger.post('audit/replays', order);
  expect(status).toBe(202);
  for (;;) {
    const state = (await ledger.get(`audit/replays/${text(body['id'])}`)).body;
    if (['done', 'failed'].includes(text(state['status']))) return state;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function copyOf(store: EventStore, into: EventStore): Promise<EventStore> {
  const revisions = new Map<string, bigint>();
  for await (const { stream, id, type, data, metadata } of store.readAll()) {
    const before = revisions.get(stream);
    const { revision } = await into.append(stream, [{ id, type, data, metadata }], before ?? 'no-stream');
    revisions.set(stream, revision);
  }
  return into;
}

describe('a replay', () => {
  let ledger: RunningLedger;
  let position: string;
  let direct: ReplayRequest;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    position = await auditedChain(ledger, 70);
    direct = { library: ledger.ledger.programmes, now: new Date().toISOString() };
    await ledger.get('programmes', position);
    await ledger.ledger.audit.signedSize(BigInt(ledger.ledger.projector.logSize));
  });
  afterAll(() => ledger.dispose());

  const source = (store: EventStore): Promise<ReplaySource> =>
    storeSource(store, ledger.ledger.audit.journal.ring, undefined);

  it('gives every batch the verdict that a query for it gives', async () => {
    const verdicts: Json[] = [];
    const { validAt, batches } = await replay(await source(ledger.ledger.store), {
      ...direct,
      verdict: (verdict) => verdicts.push(JSON.parse(JSON.stringify(verdict)) as Json),
    });
    expect(batches).toBe(70);
    for (const verdict of [verdicts[0]!, verdicts[7]!, verdicts.at(-1)!]) {
      const path = `batches/${text(verdict['batchId'])}/claims?programme=${text(verdict['programme'])}&validAt=${validAt!}`;
      const { knownAt, explanations, ...asked } = (await ledger.get(path, position)).body;
      expect([knownAt, explanations]).not.toContain(undefined);
      expect(verdict).toEqual(asked);
    }
  });

  it('gives the same digest twice, over HTTP, from every store and from a file', async () => {
    const { store } = ledger.ledger;
    const first = await replay(await source(store), direct);
    expect(first.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await replay(await source(store), direct)).toEqual(first);
    expect(report(await replayed(ledger)).digest).toBe(first.digest);
    const memory = await replay(await source(await copyOf(store, new MemoryEventStore())), direct);
    expect(memory).toMatchObject({ digest: first.digest, root: first.root, events: first.events });
    const double = await startEventStoreDbDouble();
    const distributed = await openEventStore(double.url, { dataFolder: ledger.folder });
    try {
      const there = await replay(await source(await copyOf(store, distributed)), direct);
      expect(there).toMatchObject({ digest: first.digest, root: first.root, events: first.events });
    } finally {
      await distributed.close();
      await double.stop();
    }
    const folder = await mkdtemp(join(tmpdir(), 'lodebook-replay-'));
    const lines = await (
      await fetch(`${ledger.url}/v1/audit/events`, { headers: { authorization: `Bearer ${ledger.key}` } })
    ).text();
    await writeFile(join(folder, 'events.ndjson'), lines);
    const file = bundleSource(join(folder, 'events.ndjson'), lines.length, undefined, []);
    expect(await replay(file, direct)).toEqual({ ...first, signedSize: 0 });
    await rm(folder, { recursive: true });
  });

  it('ends where told, by index or by time', async () => {
    const history = (await ledger.get('batches/ore-60/history')).body['items'] as unknown as Json[];
    const { logIndex, record } = history[0]! as unknown as { logIndex: number; record: Json };
    const { recordedAt } = record['metadata'] as unknown as { recordedAt: string };
    const until = await replay(await source(ledger.ledger.store), { ...direct, until: String(logIndex) });
    expect(until).toMatchObject({ events: logIndex + 1, batches: 61, validAt: recordedAt });
    const byTime = report(await replayed(ledger, { until: recordedAt }));
    const asked = await ledger.get(`batches/ore-0/claims?programme=oecd-due-diligence&knownAt=${recordedAt}`);
    expect(byTime.events - 1).toBe((asked.body['knownAt'] as unknown as { logIndex: number }).logIndex);
    if (byTime.events === until.events) expect(byTime.digest).toBe(until.digest);
    const nothing = replay(await source(ledger.ledger.store), { ...direct, until: '2020-01-01T00:00:00.000Z' });
    await expect(nothing).rejects.toMatchObject({ code: 'until-before-the-log' });
    const empty = replay(await source(new MemoryEventStore()), { ...direct, until: '2020-01-01T00:00:00.000Z' });
    await expect(empty).rejects.toThrow('the log is empty');
  });

  it('sees corrected records as they were known at the time', async () => {
    const { events } = await replay(await source(ledger.ledger.store), direct);
    const knownAt = events - 2; // the correction is the last event
    const seen: Json[] = [];
    const { validAt } = await replay(await source(ledger.ledger.store), {
      ...direct,
      until: String(knownAt),
      verdict: (verdict) => seen.push(JSON.parse(JSON.stringify(verdict)) as Json),
    });
    for (const verdict of seen.filter(({ batchId }) => text(batchId) === 'ore-0')) {
      const path = `batches/ore-0/claims?programme=${text(verdict['programme'])}&validAt=${validAt!}&knownAt=${knownAt}`;
      const { knownAt: moment, explanations, ...asked } = (await ledger.get(path, position)).body;
      expect(moment).toEqual({ logIndex: knownAt });
      expect(explanations).toBeDefined();
      expect(verdict).toEqual(asked);
    }
    expect(seen.length).toBeGreaterThan(70);
  });

  it('ends at the size it started with while events are appended', async () => {
    const { store } = ledger.ledger;
    const taken = await source(store);
    const size = ledger.ledger.projector.logSize;
    const appending = ledger.record('sites/pit/batches', extracted('meanwhile'));
    const { logSize, batches } = await replay(taken, direct);
    await appending;
    expect([logSize, batches]).toEqual([size, 70]);
  });

  it('shows its progress as server-sent events until it ends', async () => {
    const { body } = await ledger.post('audit/replays', { programme: 'oecd-due-diligence' });
    const answer = await fetch(`${ledger.url}/v1/audit/replays/${text(body['id'])}/progress`, {
      headers: { authorization: `Bearer ${ledger.key}` },
    });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const events = (await answer.text()).trim().split('\n\n');
    expect(events.at(-1)).toMatch(/^event: done\ndata: \{/);
    const last = JSON.parse(events.at(-1)!.split('\ndata: ')[1]!) as Json;
    expect(report(last).programmes).toEqual(['oecd-due-diligence@1']);
  });

  it.each([
    [{ until: '999999' }, 400, 'until-in-the-future'],
    [{ until: '2999-01-01T00:00:00.000Z' }, 400, 'until-in-the-future'],
    [{ until: '2020-01-01T00:00:00.000Z' }, 400, 'until-before-the-log'],
    [{ until: 'yesterday' }, 400, 'until-malformed'],
    [{ until: 5 }, 400, 'malformed'],
    [{ until: null }, 400, 'malformed'],
    [{ programme: null }, 400, 'malformed'],
    [{ from: 5 }, 400, 'unknown-field'],
    [{ programme: 'nobody-knows' }, 404, undefined],
  ])('refuses %j with %i', async (order, status, code) => {
    const answer = await ledger.post('audit/replays', order);
    expect(answer.status).toBe(status);
    if (code !== undefined) expect(answer.body['errors']).toContainEqual(expect.objectContaining({ code }));
  });

  it('names the event whose record was changed in a file', async () => {
    const { store } = ledger.ledger;
    const whole = await source(store);
    const changed: ReplaySource = {
      ...whole,
      pages: undefined, // of the records
      storedLeaf: (index) => ledger.ledger.audit.tree.leaf(index),
      async *records() {
        let index = 0;
        for await (const each of whole.records()) {
          const record = Buffer.from(each.record);
          if (index++ === 17) record[30]! ^= 1;
          yield { ...each, record };
        }
      },
    };
    await expect(replay(changed, direct)).rejects.toMatchObject({ name: 'AlteredLogError', logIndex: 17n });
  });
});

describe('the stream of events', () => {
  let ledger: RunningLedger;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await ledger.get('programmes', await auditedChain(ledger, 30));
  });
  afterAll(() => ledger.dispose());

  const lines = async (query = ''): Promise<{ logIndex: number; record: Json }[]> => {
    const answer = await ledger.request('GET', `/v1/audit/events${query}`);
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    return text(answer.body['text'])
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { logIndex: number; record: Json });
  };

  it('is the log: its records hash to the signed root', async () => {
    const all = await lines();
    expect(all.map(({ logIndex }) => logIndex)).toEqual(all.map((_, index) => index));
    const proof = (await ledger.get(`audit/proofs/inclusion?index=${all.length - 1}`)).body;
    expect(proof['treeSize']).toBe(all.length);
    const root = rootOf(all.map(({ record }) => leafHash(canonicalBytes(record))));
    expect(Buffer.from(root).toString('hex')).toBe(proof['root']);
  });

  it('resumes at any index, and shows one stream alone', async () => {
    const all = await lines();
    expect(await lines('?from=20&to=25')).toEqual(all.slice(20, 26));
    expect(await lines(`?from=${all.length}`)).toEqual([]);
    expect(await lines('?stream=site-works')).toEqual(
      all.filter(({ record }) => text(record['stream']) === 'site-works'),
    );
    for (const query of ['?from=5&to=4', '?from=x', '?limit=4']) {
      expect((await ledger.request('GET', `/v1/audit/events${query}`)).status).toBe(400);
    }
    expect((await fetch(`${ledger.url}/v1/audit/events`)).status).toBe(401);
  });

  it('shows which verdicts changed between two moments, and which event changed them', async () => {
    const from = (await lines()).length - 1;
    const revocation = await ledger.post('attestations/att-works/revocations', {
      from: AT(5),
      reason: 'withdrawn',
      occurredAt: AT(22),
    });
    const [event] = revocation.body['events'] as unknown as { eventId: string }[];
    const { body } = await ledger.get(
      `audit/differences?from=${from}&programme=oecd-due-diligence`,
      revocation.headers.get('ledger-position'),
    );
    const items = body['items'] as unknown as Json[];
    expect(items.map(({ batchId }) => batchId)).toEqual(['ore-0', 'ore-10', 'ore-20']);
    for (const item of items) {
      expect(item).toMatchObject({
        programme: 'oecd-due-diligence@1',
        to: 'broken',
        events: [{ eventId: event!.eventId, type: 'AttestationRevoked' }],
        timePassed: false,
      });
    }
    expect(body['next']).toBeNull();
    const none = await ledger.get(`audit/differences?from=${from}&to=${from}`);
    expect(none.body['items']).toEqual([]);
    expect((await ledger.get(`audit/differences?from=${from + 1}&to=${from}`)).status).toBe(400);
    expect((await ledger.get('audit/differences')).status).toBe(400);
    const before = await ledger.get('audit/differences?from=2020-01-01T00:00:00.000Z');
    expect([before.status, before.body['detail']]).toEqual([
      404,
      expect.stringMatching(/knew nothing then: its first/),
    ]);
    const beyond = await ledger.get('audit/differences?from=0&to=999999');
    expect([beyond.status, beyond.body['errors']]).toMatchObject([400, [{ path: 'query to' }]]);
  });
});
