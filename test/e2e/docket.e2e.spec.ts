import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { keyFor } from '../harness/hidden-chain.js';
import { bearer, RunningLedger, type Answer, type Json } from '../harness/running-ledger.js';
import { AT, openTwoSites } from '../harness/two-sites.js';

const codeOf = ({ body }: Answer): string => (body['type'] as unknown as string).split(':').at(-1)!;
const itemsOf = ({ body }: Answer): Json[] => body['items'] as unknown as Json[];
const eventIdOf = ({ body }: Answer): string => (body['events'] as unknown as { eventId: string }[])[0]!.eventId;

const CONCERN = { siteId: 'pit', rights: ['water'], source: 'public', statement: 'The river runs red below the pit' };

describe('the public docket of concerns', () => {
  let ledger: RunningLedger;
  let position: string | null = null;
  const keys: Record<'miner' | 'other' | 'regulator', string> = { miner: '', other: '', regulator: '' };
  const lines: string[] = [];
  const keep = new Writable({
    write(chunk: Buffer, _, done) {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });

  beforeAll(async () => {
    ledger = await RunningLedger.start(
      { LODEBOOK_RATE_LIMIT_PUBLIC: '1000' },
      undefined,
      pino({ level: 'trace' }, keep),
    );
    await openTwoSites(ledger);
    await ledger.record('organisations', {
      organisationId: 'bureau',
      name: 'Bureau',
      country: 'US',
      roles: ['regulator'],
    });
    keys.miner = await keyFor(ledger, 'wombat', 'custodian');
    keys.other = await keyFor(ledger, 'hokuto', 'custodian');
    keys.regulator = await keyFor(ledger, 'bureau', 'regulator');
  });
  afterAll(() => ledger.dispose());

  /** @param key undefined: without one */
  async function send(method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
    const answer = await fetch(`${ledger.url}/v1/${path}`, {
      method,
      headers: {
        ...(key !== undefined && bearer(key)),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method === 'GET' && position !== null && { 'ledger-position': position }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    position = answer.headers.get('ledger-position') ?? position;
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: (text === '' ? {} : JSON.parse(text)) as Json };
  }
  const post = (path: string, body: unknown, key?: string): Promise<Answer> => send('POST', path, body, key);
  const get = (path: string, key?: string): Promise<Answer> => send('GET', path, undefined, key);
  const done = async (path: string, body: unknown, key?: string): Promise<Answer> => {
    const answer = await post(path, body, key);
    expect([path, answer.status, answer.body]).toEqual([path, 201, expect.anything()]);
    return answer;
  };
  const docket = async (): Promise<Json[]> => itemsOf(await get('docket'));
  /** Raises a concern without a key. @returns the address below /v1 at which it can be followed */
  async function raised(concernId: string, more: object = {}): Promise<string> {
    const { headers } = await done('concerns', { ...CONCERN, concernId, ...more });
    return headers.get('location')!.slice('/v1/'.length);
  }

  it('takes a concern without a key, which only regulators see until one admits it', async () => {
    const reporter = 'A. Nonymous, +1 555 0100';
    const followed = await raised('river', { reporter });
    expect(await get(followed)).toMatchObject({ status: 200, body: { status: 'awaiting-admission' } });
    expect(await docket()).toEqual([]);
    expect(itemsOf(await get('concerns', keys.miner))).toEqual([]);
    expect(itemsOf(await get('concerns', keys.regulator))).toMatchObject([
      { concernId: 'river', status: 'awaiting-admission', kinds: ['environment'], reporter },
    ]);
    const queue = itemsOf(await get('concerns/queue', keys.regulator));
    expect(queue).toMatchObject([{ what: 'concern', concernId: 'river', author: reporter, rights: ['water'] }]);
    expect((await get('concerns/queue', keys.miner)).status).toBe(403);
    for (const [path, body] of [
      ['investigations', { by: 'Bureau' }],
      ['closure', { outcome: 'none' }],
    ] as const)
      expect(codeOf(await post(`concerns/river/${path}`, body, keys.regulator))).toBe('occurred-out-of-order');
    for (const path of ['answers', 'comments']) {
      const answer = await post(`concerns/river/${path}`, { statement: 'Who says so?' }, keys.miner);
      expect([answer.status, answer.body]).toEqual([
        404,
        (await post(`concerns/none/${path}`, { statement: 'Who says so?' }, keys.miner)).body,
      ]);
    }

    await done('concerns/river/admission', { summary: 'Discoloured water below a mine' }, keys.regulator);
    expect(itemsOf(await get('concerns/queue', keys.regulator))).toEqual([]);
    const [entry, ...others] = await docket();
    expect(others).toEqual([]);
    expect(entry).toEqual({
      concernId: followed.slice('docket/'.length),
      siteId: expect.stringMatching(/^site~/),
      organisationId: expect.stringMatching(/^organisation~/),
      country: expect.any(String),
      kinds: ['environment'],
      rights: ['water'],
      raisedAt: expect.any(String),
      admittedAt: expect.any(String),
      summary: 'Discoloured water below a mine',
      status: 'raised',
      findings: [],
      comments: [],
      answers: [],
    });
    expect((await get(followed)).body).toEqual(entry);
    const [ofSite] = itemsOf(await get('concerns', keys.miner));
    expect(ofSite).toMatchObject({ concernId: 'river', siteId: 'pit', status: 'raised' });
    expect(JSON.stringify(ofSite)).not.toMatch(/Nonymous|runs red/);
  });

  it('is the same for everybody and cacheable, except in answer to the caller’s own write', async () => {
    position = null;
    const anonymous = await get('docket');
    expect(anonymous.headers.get('cache-control')).toBe('public, max-age=10');
    expect((await get('docket', keys.regulator)).body).toEqual(anonymous.body);
    expect((await get('docket', 'lodebook_of_nobody')).body).toEqual(anonymous.body);
    position = '1';
    expect((await get('docket')).headers.get('cache-control')).toBe('private, no-store');
    position = null;
    expect((await get('docket?limit=0')).status).toBe(400);
    expect((await get('docket?site=pit')).status).toBe(400);
    expect((await get('docket?cursor=x')).status).toBe(400);
  });

  it('reveals no hidden site by its ids', async () => {
    expect((await get('docket/river')).status).toBe(404);
    for (const key of [undefined, keys.other]) {
      const answer = await post('concerns/river/comments', { statement: 'I know it' }, key);
      const nothing = await post('concerns/creek/comments', { statement: 'I know it' }, key);
      expect([answer.status, answer.body]).toEqual([404, nothing.body]);
    }
    // Without a key nobody learns whether such a site exists.
    await raised('nowhere', { siteId: 'no-such-site' });
    const admission = await post('concerns/nowhere/admission', { summary: 'x' }, keys.regulator);
    expect(codeOf(admission)).toBe('not-found');
    await done('concerns/nowhere/declination', { reason: 'There is no such site' }, keys.regulator);
  });

  it('declines with a reason that the raiser can read', async () => {
    const followed = await raised('spam');
    await done('concerns/spam/declination', { reason: 'It names no fact' }, keys.regulator);
    const concernId = followed.slice('docket/'.length);
    expect((await get(followed)).body).toEqual({ concernId, status: 'declined', reason: 'It names no fact' });
    expect((await docket()).map((entry) => entry['concernId'])).not.toContain(concernId);
    expect(codeOf(await post('concerns/spam/admission', { summary: 'x' }, keys.regulator))).toBe(
      'occurred-out-of-order',
    );
    expect(itemsOf(await get('concerns', keys.miner)).map((each) => each['concernId'])).not.toContain('spam');
  });

  it('publishes comments made with a key and answers of the organisation at once, and comments without a key when admitted', async () => {
    const [{ concernId }] = (await docket()) as [Json];
    const address = `concerns/${concernId as unknown as string}`;
    await done(`${address}/comments`, { statement: 'Our intake is downstream' }, keys.other);
    const good = await done(`${address}/comments`, { statement: 'I saw it in May', author: 'An angler' });
    const bad = await done(`${address}/comments`, { statement: 'Buy our filters' });
    const queue = itemsOf(await get('concerns/queue', keys.regulator));
    expect(queue).toMatchObject([
      { what: 'comment', concernId: 'river', statement: 'I saw it in May', author: 'An angler' },
      { what: 'comment', concernId: 'river', statement: 'Buy our filters' },
    ]);
    expect((await docket())[0]!['comments']).toMatchObject([{ statement: 'Our intake is downstream' }]);
    await done('concerns/river/comment-admissions', { eventId: eventIdOf(good) }, keys.regulator);
    await done('concerns/river/comment-declinations', { eventId: eventIdOf(bad), reason: 'Spam' }, keys.regulator);
    expect(codeOf(await post('concerns/river/comment-admissions', { eventId: eventIdOf(bad) }, keys.regulator))).toBe(
      'not-found',
    );

    expect((await post('concerns/river/answers', { statement: 'Not ours' }, keys.other)).status).toBe(404);
    expect((await post('concerns/river/answers', { statement: 'Not ours' })).status).toBe(401);
    await done('concerns/river/answers', { statement: 'The dam was mended in June' }, keys.miner);

    await done('concerns/river/investigations', { by: 'Bureau' }, keys.regulator);
    const finding = { substantiated: true, rights: ['water'], from: AT(1), until: AT(3) };
    await done('concerns/river/findings', finding, keys.regulator);
    const [entry] = await docket();
    expect(entry).toMatchObject({
      status: 'found',
      findings: [finding],
      comments: [
        { statement: 'Our intake is downstream', organisationId: expect.stringMatching(/^organisation~/) },
        { statement: 'I saw it in May', author: 'An angler' },
      ],
      answers: [{ statement: 'The dam was mended in June' }],
    });
    expect(JSON.stringify(await docket())).not.toMatch(/"pit"|wombat|hokuto|river|filters|Bureau/);
  });

  it('names site and concern once the organisation has chosen to be open', async () => {
    await done('organisations/wombat/visibility', { visibility: 'open' }, keys.miner);
    const [entry] = await docket();
    expect(entry).toMatchObject({ concernId: 'river', siteId: 'pit', organisationId: 'wombat' });
    expect((await get('docket/river')).body).toEqual(entry);
    await done('concerns/river/comments', { statement: 'Now I know where' });
  });

  it('refuses oversized bodies, claims of authority and other commands without a key, and refuses wrong keys', async () => {
    expect(codeOf(await post('concerns', { ...CONCERN, concernId: 'loud', source: 'regulator' }))).toBe(
      'invalid-request',
    );
    const documents = Array.from({ length: 200 }, () => ({ sha256: 'a'.repeat(64), title: 'b'.repeat(50) }));
    expect(codeOf(await post('concerns', { ...CONCERN, concernId: 'large', documents }))).toBe('too-large');
    expect((await post('concerns', { ...CONCERN, concernId: 'keyed' }, 'lodebook_of_nobody')).status).toBe(401);
    expect((await post('concerns/river/admission', { summary: 'mine' })).status).toBe(401);
    expect((await get('concerns')).status).toBe(401);
    expect((await post('concerns', { ...CONCERN, concernId: 'long', statement: 'x'.repeat(1_001) })).status).toBe(400);
  });

  it('shows a concern raised with a key only to those who already saw it, until a regulator admits it', async () => {
    await done(
      'concerns',
      { concernId: 'dust', siteId: 'pit', rights: ['site-facts', 'child-labour'], source: 'operator' },
      keys.other,
    );
    await done('concerns/dust/investigations', { by: 'Bureau' }, keys.regulator);
    expect(itemsOf(await get('concerns', keys.miner)).map((each) => each['concernId'])).toContain('dust');
    expect((await get('docket/dust')).status).toBe(404);
    await done('concerns/dust/admission', { summary: 'Children at a mine' }, keys.regulator);
    expect((await get('docket/dust')).body).toMatchObject({
      kinds: ['labour', 'origin'],
      status: 'under-investigation',
    });
  });

  it('is paginated in the order of admission', async () => {
    const all = await docket();
    const first = await get('docket?limit=1');
    const second = await get(`docket?limit=1&cursor=${first.body['next'] as unknown as string}`);
    expect([...itemsOf(first), ...itemsOf(second)]).toEqual(all.slice(0, 2));
  });

  it('stores no address of senders without a key', () => {
    const told = lines
      .filter((line) => line.includes('"principal":"anyone"'))
      .map((line) => JSON.parse(line) as object);
    expect(told.length).toBeGreaterThan(5);
    for (const line of told) expect(line).not.toHaveProperty('ip');
  });

  it('is in the log as submitted, and a replay finds nothing wrong', async () => {
    const { body } = await ledger.get('audit/events?stream=concern-river');
    const types = (body['text'] as unknown as string)
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { record: { type: string } }).record.type);
    expect(types.slice(0, 3)).toEqual(['ConcernRaised', 'ConcernAdmitted', 'ConcernCommented']);
    expect(new Set(types)).toEqual(
      new Set([
        'ConcernRaised',
        'ConcernAdmitted',
        'ConcernCommented',
        'CommentAdmitted',
        'CommentDeclined',
        'ConcernAnswered',
        'InvestigationOpened',
        'FindingRecorded',
      ]),
    );
    expect(body['text'] as unknown as string).not.toContain('127.0.0.1');
  });
});

describe('excessive use without a key', () => {
  it('is rate-limited by address, while keys are not', async () => {
    const ledger = await RunningLedger.start({ LODEBOOK_RATE_LIMIT_PUBLIC: '2' });
    try {
      await openTwoSites(ledger);
      const raise = (concernId: string, headers: Record<string, string>): Promise<Response> =>
        fetch(`${ledger.url}/v1/concerns`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ ...CONCERN, concernId }),
        });
      const answers: number[] = [];
      for (const id of ['a', 'b', 'c']) answers.push((await raise(id, {})).status);
      expect(answers).toEqual([201, 201, 429]);
      const refused = await raise('d', {});
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(((await refused.json()) as { type: string }).type).toBe('urn:lodebook:problem:rate-limited');
      expect((await raise('e', bearer(ledger.key))).status).toBe(201);
    } finally {
      await ledger.dispose();
    }
  });
});
