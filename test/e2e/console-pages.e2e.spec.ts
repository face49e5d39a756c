import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { JUDGED_BATCH_ANSWER } from '#read-model';
import { RunningLedger } from '../harness/running-ledger.js';

const PAGE = '<!doctype html><title>Lodebook</title><script type="module" src="/assets/main-4f2a.js"></script>';
const SCRIPT = `console.log('${'a chain of custody '.repeat(400)}');`;
const NAVIGATION = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** A folder as the build leaves it. */
function buildOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lodebook-console-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, 'assets/main-4f2a.js'), SCRIPT);
  writeFileSync(join(folder, 'assets/main-4f2a.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, 'assets/main-4f2a.js.gz'), gzipSync(SCRIPT));
  return folder;
}

describe('the console’s files', () => {
  let folder: string;
  let ledger: RunningLedger;
  beforeAll(async () => {
    folder = buildOf();
    ledger = await RunningLedger.start({}, undefined, undefined, { console: folder });
  });
  afterAll(async () => {
    await ledger?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${ledger.url}${path}`, { headers });

  it('begin with a page that is revalidated on every request, and needs no key', async () => {
    const answer = await get('/');
    expect([answer.status, await answer.text()]).toEqual([200, PAGE]);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    // Not by fetch, which bypasses its cache when a request has such a header.
    const again = await asWritten(ledger.url, '/', { 'if-none-match': answer.headers.get('etag')! });
    expect([again.status, again.body]).toEqual([304, '']);
  });

  it('are cached for a year if their name contains the hash of their content', async () => {
    const answer = await get('/assets/main-4f2a.js', { 'accept-encoding': 'identity' });
    expect([answer.status, await answer.text()]).toEqual([200, SCRIPT]);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
    const icon = await get('/favicon.svg');
    expect([icon.status, icon.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  });

  it.each(['br', 'gzip'])('are sent as compressed by the build, in %s', async (encoding) => {
    const answer = await get('/assets/main-4f2a.js', { 'accept-encoding': encoding });
    expect([answer.headers.get('content-encoding'), await answer.text()]).toEqual([encoding, SCRIPT]);
    expect(answer.headers.get('vary')).toContain('accept-encoding');
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
  });

  it('have one page for every console address that a browser navigates to', async () => {
    for (const path of ['/batches/battery-5-b', '/batches/a.b', '/verify', '/sites/kurobe-works?tab=holdings']) {
      const answer = await get(path, NAVIGATION);
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, PAGE]);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    }
  });

  it('have a content security policy that allows scripts, styles and fonts of this server only', async () => {
    for (const path of ['/', '/assets/main-4f2a.js']) {
      const policy = (await get(path)).headers.get('content-security-policy')!;
      const directives = Object.fromEntries(
        policy.split(';').map((one) => one.trim().split(/ (.*)/) as [string, string]),
      );
      expect(directives).toMatchObject({
        'default-src': "'self'",
        'script-src': "'self'",
        'style-src': "'self'",
        'font-src': "'self'",
        'img-src': "'self' data:",
        'frame-ancestors': "'none'",
      });
    }
  });

  it('hide nothing of the API: unknown addresses get a problem document, routes answer as before', async () => {
    for (const path of ['/v1/nothing', '/v1', '/health/nothing', '/assets/old-1111.js', '/openapi.json/x']) {
      const answer = await get(path, NAVIGATION);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(await answer.json()).toMatchObject({ type: 'urn:lodebook:problem:not-found' });
    }
    expect((await get('/nothing')).status).toBe(404); // a program, which does not accept HTML
    expect((await get('/v1/batches', NAVIGATION)).status).toBe(401);
    expect((await get('/docs', NAVIGATION)).headers.get('content-security-policy')).toContain('sha256');
    expect((await fetch(`${ledger.url}/verify`, { method: 'POST', headers: NAVIGATION })).status).toBe(404);
  });

  it('are only those of the folder, however an address is written', async () => {
    const paths = [
      '/../package.json',
      '/..%2f..%2fetc%2fpasswd',
      '/assets/..%2f..%2fpackage.json',
      '/%2e%2e/x',
      '/a%00b',
    ];
    for (const path of paths) {
      const { status, body } = await asWritten(ledger.url, path);
      expect([path, status]).toEqual([path, 404]);
      expect(body).toContain('urn:lodebook:problem:');
    }
  });
});

describe('the console’s build', () => {
  it('contains none of the schemas from which it derives the types of answers', () => {
    const assets = fileURLToPath(new URL('../../dist/apps/console/assets/', import.meta.url));
    const scripts = readdirSync(assets)
      .filter((name) => name.endsWith('.js'))
      .map((name) => readFileSync(join(assets, name), 'utf8'));
    const having = (text: string): number => scripts.filter((script) => script.includes(text)).length;
    expect(having('judgedUpTo')).toBe(1);
    expect(having(JUDGED_BATCH_ANSWER.fields.judgedUpTo.options.description)).toBe(0);
  });
});

describe('a ledger whose console is not built', () => {
  it('serves the API and the reference page, and nothing at /', async () => {
    const ledger = await RunningLedger.start({}, undefined, undefined, { console: '/nowhere' });
    try {
      const answer = await fetch(`${ledger.url}/`, { headers: NAVIGATION });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        404,
        'application/problem+json; charset=utf-8',
      ]);
      expect((await fetch(`${ledger.url}/docs`)).status).toBe(200);
    } finally {
      await ledger.dispose();
    }
  });
});

/** A request whose path no URL parser has normalised. */
function asWritten(
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    httpRequest({ hostname, port, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode!, body: Buffer.concat(chunks).toString() }));
    })
      .on('error', reject)
      .end();
  });
}
