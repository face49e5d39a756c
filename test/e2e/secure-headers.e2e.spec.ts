import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningLedger } from '../harness/running-ledger.js';
import { openTwoSites } from '../harness/two-sites.js';

const EXPECTED = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

describe('the headers that protect a browser', () => {
  let ledger: RunningLedger;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
  });
  afterAll(() => ledger.dispose());

  async function expectHeaders(path: string, init: RequestInit = {}): Promise<Response> {
    const answer = await fetch(`${ledger.url}${path}`, init);
    expect(Object.fromEntries(answer.headers)).toMatchObject(EXPECTED);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    return answer;
  }

  it('are on every answer: a page, a refusal, a stream, events as they come', async () => {
    const authorization = `Bearer ${ledger.key}`;
    const json = { authorization, 'content-type': 'application/json' };
    for (const path of ['/health/live', '/health/live', '/docs', '/openapi.json', '/nothing', '/v1/batches']) {
      await (await expectHeaders(path)).arrayBuffer();
    }
    const malformed = await expectHeaders('/v1/sites/pit/labels', { method: 'POST', headers: json, body: '{' });
    expect(malformed.status).toBe(400);
    const lines = { authorization, 'content-type': 'application/x-ndjson' };
    const stream = await expectHeaders('/v1/sites/pit/commands', { method: 'POST', headers: lines, body: '{}\n' });
    expect(await stream.text()).toContain('invalid-request');
    const replay = await expectHeaders('/v1/audit/replays', { method: 'POST', headers: json, body: '{}' });
    const { id } = (await replay.json()) as { id: string };
    const progress = await expectHeaders(`/v1/audit/replays/${id}/progress`, { headers: { authorization } });
    expect(progress.headers.get('content-type')).toContain('text/event-stream');
    await progress.text();
  });
});
