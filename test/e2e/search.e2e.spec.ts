import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyFor, openHiddenChain, SECRET } from '../harness/hidden-chain.js';
import { ADMINISTRATOR_KEY, bearer, RunningLedger } from '../harness/running-ledger.js';

interface Found {
  readonly items: readonly { kind: string; id: string; matched: { field: string; text: string } }[];
  readonly more: boolean;
}

describe('a search', () => {
  let ledger: RunningLedger;
  let position: string;
  const keys = new Map<string, string>([['administrator', ADMINISTRATOR_KEY]]);
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openHiddenChain(ledger);
    for (const organisation of ['maker', 'trader', 'stranger'])
      keys.set(organisation, await keyFor(ledger, organisation, 'custodian'));
    keys.set('attestor', await keyFor(ledger, 'trader', 'attestor'));
    keys.set('regulator', await keyFor(ledger, 'trader', 'regulator'));
    const label = { batchId: 'cathode', labelId: 'qr-1', standard: 'gs1-digital-link', carrier: 'qr' };
    const value = 'https://id.example.org/01/09506000134352/10/CATHODE-7';
    position = await ledger.record('sites/plant/labels', { ...label, value }, bearer(keys.get('maker')!));
  });
  afterAll(() => ledger.dispose());

  const ask = (who: string, query: Record<string, string>): ReturnType<RunningLedger['request']> =>
    ledger.request('GET', `/v1/search?${new URLSearchParams(query).toString()}`, undefined, {
      ...bearer(keys.get(who)!),
      'ledger-position': position,
    });
  async function find(who: string, q: string, more: Record<string, string> = {}): Promise<string[]> {
    const { status, body } = await ask(who, { q, ...more });
    expect([q, status]).toEqual([q, 200]);
    const { items } = body as unknown as Found;
    for (const { matched } of items) expect(matched.text.toLowerCase()).toContain(q.toLowerCase());
    return items.map(({ kind, id }) => `${kind} ${id}`);
  }

  it('finds by id, name, material and label, a whole GS1 Digital Link as well', async () => {
    expect(await find('regulator', 'atho')).toEqual(['batch cathode']);
    expect(await find('regulator', 'maker limited')).toEqual(['organisation maker']);
    expect(await find('regulator', 'the plant')).toEqual(['site plant']);
    expect(await find('maker', 'https://id.example.org/01/09506000134352/10/CATHODE-7')).toEqual(['batch cathode']);
    expect(await find('maker', 'cathode-7')).toEqual(['batch cathode']);
    expect(await find('trader', 'cathode-7')).toEqual([]);
    expect(await find('regulator', SECRET, { kind: 'batch' })).toEqual([`batch ${SECRET}-ore`]);
  });

  it('finds for an organisation what it sees, by what it may read of it', async () => {
    expect(await find('trader', SECRET)).toEqual([
      `organisation ${SECRET}-mining`,
      `site ${SECRET}-pit`,
      `batch ${SECRET}-ore`,
    ]);
    // The maker sees the ore, without its name: by its material alone.
    const ore = await find('maker', 'ore');
    expect(ore).toEqual([expect.stringMatching(/^batch batch~/)]);
    const pseudonym = ore[0]!.split(' ')[1]!;
    expect(await find('maker', pseudonym)).toEqual([`batch ${pseudonym}`]);
    // Nor is it found by the prefix that all pseudonyms have.
    expect(await find('maker', 'batch~')).toEqual([]);
    expect(await find('stranger', 'salt')).toEqual([]);
    expect(await find('stranger', 'own')).toEqual(['batch own']);
  });

  it('answers for what is hidden exactly as for what does not exist', async () => {
    for (const who of ['maker', 'stranger']) {
      for (const hidden of [SECRET, `${SECRET}-pit`, `${SECRET}-ore`, `${SECRET}-label`, 'uokk', `${SECRET}-mining`]) {
        const { status, body } = await ask(who, { q: hidden });
        expect([who, hidden, status, body]).toEqual([who, hidden, 200, { items: [], more: false }]);
      }
    }
  });

  it('shows batches to roles that read custody', async () => {
    for (const who of ['attestor', 'administrator']) {
      expect(await find(who, 'cathode')).toEqual([]);
      expect(await find(who, 'plant')).toEqual(['site plant']);
    }
  });

  it('says when there is more', async () => {
    const { body } = await ask('regulator', { q: 'limited', limit: '2' });
    const { items, more } = body as unknown as Found;
    expect([items.length, more]).toEqual([2, true]);
  });

  it.each([
    [{ q: 'ab' }, 'query q', 'too-short'],
    [{}, 'query q', 'missing'],
    [{ q: 'x'.repeat(201) }, 'query q', 'too-long'],
    [{ q: 'ore', kind: 'shipment' }, 'query kind', 'not-allowed'],
    [{ q: 'ore', limit: '101' }, 'query limit', 'not-allowed'],
    [{ q: 'ore', cursor: 'x' }, 'query cursor', 'unknown-field'],
  ])('refuses %j by its field', async (query, path, code) => {
    const { status, body } = await ask('regulator', query);
    expect([status, body['errors']]).toEqual([400, [expect.objectContaining({ path, code })]]);
  });
});

describe('the lists of organisations and sites', () => {
  let ledger: RunningLedger;
  let position: string;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    position = await openHiddenChain(ledger);
  });
  afterAll(() => ledger.dispose());

  it('contain what their reader knows by name, page by page', async () => {
    const expected = {
      maker: [
        ['maker', 'trader'],
        ['plant', 'works'],
      ],
      trader: [
        ['maker', `${SECRET}-mining`, 'trader'],
        ['plant', `${SECRET}-pit`, 'works'],
      ],
      stranger: [['stranger'], ['yard']],
    };
    for (const [organisation, [organisations, sites]] of Object.entries(expected)) {
      const key = await keyFor(ledger, organisation, 'reader');
      expect(await allOf('organisations', key, 'organisationId')).toEqual(organisations);
      expect(await allOf('sites', key, 'siteId')).toEqual(sites);
    }
    expect(await allOf('organisations', ADMINISTRATOR_KEY, 'organisationId')).toHaveLength(5);
  });

  it('can be limited to the sites of one organisation', async () => {
    const { body } = await ledger.get('sites?organisation=trader', position);
    expect(body['items']).toMatchObject([{ siteId: 'works' }]);
    const key = await keyFor(ledger, 'stranger', 'reader');
    const hidden = await ledger.request('GET', '/v1/sites?organisation=trader', undefined, bearer(key));
    expect([hidden.status, hidden.body]).toEqual([200, { items: [], next: null }]);
  });

  /** The ids of a list, read one item at a time. */
  async function allOf(list: string, key: string, id: string): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await ledger.request('GET', `/v1/${list}?limit=1${more}`, undefined, {
        ...bearer(key),
        'ledger-position': position,
      });
      ids.push(...(body['items'] as unknown as Record<string, string>[]).map((item) => item[id]!));
      cursor = body['next'] as unknown as string | null;
    }
    return ids;
  }
});
