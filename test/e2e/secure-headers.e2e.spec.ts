import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { operationsOf, type OpenApiDocument } from '../harness/openapi-document.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { openTwoSites } from '../harness/two-sites.js';

const EXPECTED = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
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
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    for (const directive of ["connect-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      expect(policy?.split(';')).toContain(directive);
    }
    expect(policy).not.toContain('unsafe');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    return answer;
  }

  it('are on every answer: a page, a refusal, a stream, server-sent events', async () => {
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

  it('allow the reference page its inline styles, and otherwise only files of this server', async () => {
    const page = await expectHeaders('/docs');
    const html = await page.text();
    const styles = [...html.matchAll(/<style>([^]*?)<\/style>/g)].map(([, style]) => style!);
    expect(styles.length).toBeGreaterThan(0);
    for (const style of styles) {
      const hash = createHash('sha256').update(style).digest('base64');
      expect(page.headers.get('content-security-policy')).toContain(`'sha256-${hash}'`);
    }
    expect(html).not.toMatch(/\sstyle=|\son\w+=|<script(?![^>]*\ssrc=['"])/);
    expect((await expectHeaders('/health/live')).headers.get('content-security-policy')).not.toContain('sha256');
  });

  it('allow caching only of answers that need no key', async () => {
    const document = (await (await fetch(`${ledger.url}/openapi.json`)).json()) as OpenApiDocument;
    const values: Record<string, string> = { batch: 'lot', site: 'pit', path: '0/000.p/1', programme: 'iso-22095' };
    let asked = 0;
    for (const { method, path, security } of operationsOf(document)) {
      const needsKey = security === undefined || security.every((one) => Object.keys(one).length > 0);
      const filled = path
        .replace('entries/{path}', 'entries/000.p/1')
        .replaceAll(/\{([^}]+)\}/g, (_, name: string) => values[name] ?? 'absent');
      for (const authorization of [`Bearer ${ledger.key}`, 'Bearer nobody', undefined]) {
        const answer = await fetch(`${ledger.url}${filled}`, {
          method: method.toUpperCase(),
          headers: { ...(authorization !== undefined && { authorization }) },
        });
        await answer.arrayBuffer();
        const kept = answer.headers.get('cache-control');
        const expected = needsKey ? /^private, no-store$/ : /^(private, no-store|public, .+)$/;
        expect([method, filled, answer.status, kept]).toEqual([
          method,
          filled,
          answer.status,
          expect.stringMatching(expected),
        ]);
        asked++;
      }
    }
    expect(asked).toBeGreaterThan(150);
    const entries = await ledger.get('audit/tile/entries/000.p/1');
    expect([entries.status, entries.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
    const hashes = await ledger.get('audit/tile/0/000.p/1');
    expect(hashes.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });
});
