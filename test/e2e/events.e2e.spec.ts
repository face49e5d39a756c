import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyFor, openHiddenChain, SECRET } from '../harness/hidden-chain.js';
import { bearer, RunningLedger, type Json } from '../harness/running-ledger.js';

interface Entry {
  readonly logIndex: number;
  readonly leafHash: string;
  readonly record: { readonly id: string; readonly type: string; readonly stream: string };
}
interface Event extends Entry {
  readonly eventId: string;
  readonly position?: string;
  readonly whole: boolean;
  readonly links: readonly { readonly rel: string; readonly id?: string; readonly href: string }[];
}

describe('one recorded event', () => {
  let ledger: RunningLedger;
  let position: string;
  let log: Pick<Entry, 'logIndex' | 'record'>[];
  const keys = new Map<string, string>();
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openHiddenChain(ledger);
    for (const organisation of ['maker', 'trader', 'stranger'])
      keys.set(organisation, await keyFor(ledger, organisation, 'custodian'));
    const labels = await ledger.get('batches/cathode/history', await openCorrection());
    expect(labels.status).toBe(200);
    const { body } = await ledger.get('audit/events', position);
    const lines = (body['text'] as unknown as string).trim().split('\n');
    log = lines.map((line) => JSON.parse(line) as Entry);
    await ledger.get('audit/proofs/inclusion?index=20');
  });
  afterAll(() => ledger.dispose());

  /** The maker corrects a label. */
  async function openCorrection(): Promise<string> {
    const wrong = { batchId: 'cathode', labelId: 'c-1', standard: 'gs1-128', carrier: 'barcode', value: '0001' };
    const labelled = await ledger.post('sites/plant/labels', wrong, bearer(keys.get('maker')!));
    const [{ eventId }] = labelled.body['events'] as unknown as [{ eventId: string }];
    const correction = { eventId, replacement: { ...wrong, value: '0002' }, reason: 'misread' };
    position = await ledger.record('sites/plant/corrections', correction, bearer(keys.get('maker')!));
    return position;
  }
  const as = (organisation: string, path: string): ReturnType<RunningLedger['request']> =>
    ledger.request('GET', `/v1/${path}`, undefined, {
      ...bearer(keys.get(organisation)!),
      'ledger-position': position,
    });
  const eventAs = async (organisation: string, id: string): Promise<Event> =>
    (await as(organisation, `events/${id}`)).body as unknown as Event;
  async function historyAs(organisation: string): Promise<Entry[]> {
    const { body } = await as(organisation, 'batches');
    const ids = (body['items'] as unknown as { batchId: string }[]).map(({ batchId }) => batchId);
    const histories = await Promise.all(ids.map((id) => as(organisation, `batches/${id}/history`)));
    return histories.flatMap((history) => history.body['items'] as unknown as Entry[]);
  }

  it('is shown as in the history of its batch, by the id given there', async () => {
    for (const organisation of keys.keys()) {
      const entries = await historyAs(organisation);
      expect(entries.length).toBeGreaterThan(0);
      for (const entry of entries) {
        const event = await eventAs(organisation, entry.record.id);
        expect(event).toMatchObject({ ...entry, eventId: entry.record.id });
        expect([event.position !== undefined, event.whole]).toEqual([event.whole, !event.eventId.includes('~')]);
      }
    }
  });

  it('has links that its reader can follow', async () => {
    const events = await Promise.all((await historyAs('maker')).map(({ record }) => eventAs('maker', record.id)));
    const links = events.flatMap((event) => event.links);
    expect(new Set(links.map(({ rel }) => rel))).toEqual(
      new Set(['self', 'site', 'batch', 'corrects', 'corrected-by', 'inclusion-proof']),
    );
    for (const href of new Set(links.map((link) => link.href))) {
      expect([href, (await as('maker', href.replace('/v1/', ''))).status]).toEqual([href, 200]);
    }
    const correction = events.find(({ record }) => record.type === 'RecordCorrected')!;
    const corrected = events.find(({ record }) => record.type === 'BatchLabelled' && record.stream === 'site-plant')!;
    expect(correction.links).toContainEqual({
      rel: 'corrects',
      id: corrected.eventId,
      href: `/v1/events/${corrected.eventId}`,
    });
  });

  it('is answered exactly like an unknown event for an id that is hidden from the reader', async () => {
    const absent = '00000000-0000-5000-8000-000000000000';
    const none = await as('maker', `events/${absent}`);
    expect(none.status).toBe(404);
    let hidden = 0;
    const told = JSON.stringify(await historyAs('maker'));
    for (const { record } of log) {
      const answer = await as('maker', `events/${record.id}`);
      if (answer.status === 200) {
        expect((answer.body as unknown as Event).whole).toBe(true);
        continue;
      }
      hidden++;
      expect(told).not.toContain(record.id);
      expect(JSON.stringify(answer.body).replaceAll(record.id, absent)).toBe(JSON.stringify(none.body));
    }
    expect(hidden).toBeGreaterThan(20);
  });

  it('is not found by a pseudonym that was given to another reader, or to nobody', async () => {
    const pseudonym = (await historyAs('maker')).find(({ record }) => record.id.includes('~'))!.record.id;
    expect((await as('maker', `events/${pseudonym}`)).status).toBe(200);
    expect((await as('stranger', `events/${pseudonym}`)).status).toBe(404);
    expect((await ledger.get(`events/${pseudonym}`)).status).toBe(404);
    const forged = pseudonym.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
    expect((await as('maker', `events/${forged}`)).status).toBe(404);
    expect((await as('maker', `events/event~${'a'.repeat(26)}`)).status).toBe(404);
  });

  it('reveals nothing to an organisation about those hidden from it, whatever it asks for', async () => {
    const ids = new Set((await historyAs('maker')).map(({ record }) => record.id));
    for (const { record } of log) ids.add(record.id);
    for (const id of ids) {
      const { status, body } = await as('maker', `events/${id}`);
      if (status !== 200) continue;
      expect(JSON.stringify(body)).not.toContain(SECRET);
    }
  });

  it('is shown whole to a regulator, with its position, attestations and concerns included', async () => {
    for (const { logIndex, record } of log) {
      const { status, body } = await ledger.get(`events/${record.id}`, position);
      expect([record.type, status]).toEqual([record.type, 200]);
      const event = body as unknown as Event & Json;
      expect([event.logIndex, event.record, event.whole]).toEqual([logIndex, record, true]);
      expect(event.position).toMatch(/^\d+$/);
      const proof = await ledger.get(`audit/proofs/inclusion?index=${logIndex}`);
      expect(proof.body['leafHash']).toBe(event.leafHash);
    }
  });
});
