import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bearer, RunningLedger } from '../harness/running-ledger.js';
import { AT, extracted, openTwoSites } from '../harness/two-sites.js';

interface Told {
  readonly id?: string;
  readonly event?: string;
  readonly data?: { readonly logIndex?: number; readonly type?: string; readonly batchIds?: readonly string[] };
}

/** One stream of news, read as it arrives. */
class Listener {
  readonly #abort = new AbortController();
  readonly #told: Told[] = [];
  status = 0;
  text = '';

  async open(url: string, key: string, lastEventId?: string): Promise<this> {
    const headers = {
      ...bearer(key),
      accept: 'text/event-stream',
      ...(lastEventId && { 'last-event-id': lastEventId }),
    };
    const answer = await fetch(`${url}/v1/news`, { headers, signal: this.#abort.signal });
    this.status = answer.status;
    if (answer.status !== 200) this.text = await answer.text();
    else void this.#read(answer.body!).catch(() => undefined);
    return this;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const fields = block.split('\n').map((line) => line.split(/: ?(.*)/, 2) as [string, string]);
        const { id, event, data } = Object.fromEntries(fields) as Record<string, string>;
        this.#told.push({ id, event, ...(data && { data: JSON.parse(data) as object }) } as Told);
      }
    }
  }

  /** The first matching item among those that have arrived or still arrive. */
  async first(fits: (told: Told) => boolean): Promise<Told> {
    for (const until = Date.now() + 15_000; Date.now() < until;) {
      const found = this.#told.find(fits);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`it was not told: ${JSON.stringify(this.#told)}`);
  }

  ofBatch(batchId: string): Promise<Told> {
    return this.first(({ data }) => data?.batchIds?.includes(batchId) === true);
  }

  get batches(): string[] {
    return this.#told.flatMap(({ data }) => data?.batchIds ?? []);
  }

  close(): void {
    this.#abort.abort();
  }
}

describe('the news of recorded events', () => {
  let ledger: RunningLedger;
  const keys: Record<string, string> = {};
  const open: Listener[] = [];
  const listen = async (who: string, lastEventId?: string): Promise<Listener> => {
    const listener = await new Listener().open(ledger.url, keys[who]!, lastEventId);
    open.push(listener);
    if (listener.status === 200) await listener.first(({ event }) => event === 'open');
    return listener;
  };
  const register = (batchId: string, site = 'pit'): Promise<string> =>
    ledger.record(`sites/${site}/batches`, { ...extracted(batchId), origin: { kind: 'undocumented' } });

  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
    keys['miner'] = await ledger.issueKey('wombat', 'custodian');
    keys['refiner'] = await ledger.issueKey('hokuto', 'custodian');
    keys['reader'] = await ledger.issueKey('hokuto', 'custodian');
    await ledger.record('organisations', {
      organisationId: 'inspectorate',
      name: 'Inspectorate',
      country: 'JP',
      roles: ['regulator'],
      occurredAt: AT(1),
    });
    keys['regulator'] = await ledger.issueKey('inspectorate', 'regulator');
  });
  afterAll(async () => {
    for (const listener of open) listener.close();
    await ledger.dispose();
  });

  it('reaches each reader as far as it may see the events', async () => {
    const [miner, refiner, regulator] = await Promise.all(['miner', 'refiner', 'regulator'].map((who) => listen(who)));
    await register('news-ore');
    expect((await miner!.ofBatch('news-ore')).data).toMatchObject({ type: 'BatchRegistered', batchIds: ['news-ore'] });
    await regulator!.ofBatch('news-ore');
    await regulator!.first(({ event }) => event === 'judged');
    // When a later event has arrived, an earlier one that is missing was not sent.
    await register('works-scrap', 'works');
    await refiner!.ofBatch('works-scrap');
    expect(refiner!.batches).toEqual(['works-scrap']);
    expect(miner!.batches).not.toContain('works-scrap');
    const sent = { shipmentId: 's', consigneeSiteId: 'works', batchIds: ['news-ore'], occurredAt: AT(3) };
    await ledger.record('sites/pit/dispatches', sent);
    expect((await refiner!.ofBatch('news-ore')).data).toMatchObject({ type: 'BatchesDispatched' });
  });

  it('resumes where the connection broke', async () => {
    const first = await listen('miner');
    await register('before-break');
    const { id } = await first.ofBatch('before-break');
    first.close();
    await register('in-the-break');
    const second = await listen('miner', id);
    const missed = await second.ofBatch('in-the-break');
    expect(Number(missed.id)).toBeGreaterThan(Number(id));
    expect(second.batches).not.toContain('before-break');
  });

  it('is answered at once to callers without a stream', async () => {
    const start = (await ledger.request('GET', '/v1/news', undefined, bearer(keys['miner']!))).body;
    expect(start['items']).toEqual([]);
    const position = await register('polled');
    await ledger.get('batches/polled', position);
    const path = `/v1/news?after=${Number(start['upTo'])}`;
    const { body } = await ledger.request('GET', path, undefined, bearer(keys['miner']!));
    expect(body['items']).toMatchObject([{ type: 'BatchRegistered', batchIds: ['polled'] }]);
    const hidden = await ledger.request('GET', path, undefined, bearer(keys['refiner']!));
    expect(hidden.body).toEqual({ items: [], upTo: body['upTo'] });
  });

  it('is refused without a key, with an invalid number, and beyond the share of a key', async () => {
    const accept = { accept: 'text/event-stream' };
    expect((await fetch(`${ledger.url}/v1/news`, { headers: accept })).status).toBe(401);
    const odd = { ...accept, ...bearer(keys['miner']!), 'last-event-id': '-1' };
    expect((await fetch(`${ledger.url}/v1/news`, { headers: odd })).status).toBe(400);
    const held = await Promise.all(Array.from({ length: 8 }, () => listen('reader')));
    const ninth = await listen('reader');
    expect([ninth.status, ninth.text]).toEqual([429, expect.stringContaining('rate-limited')]);
    // Closing a stream frees its place in the share.
    held.pop()!.close();
    for (let status = 429; status !== 200; status = (await listen('reader')).status) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  it('ends promptly with the server', async () => {
    const other = await RunningLedger.start();
    await openTwoSites(other);
    const listener = await new Listener().open(other.url, await other.issueKey('wombat', 'custodian'));
    await listener.first(({ event }) => event === 'open');
    const began = performance.now();
    await other.dispose();
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});
