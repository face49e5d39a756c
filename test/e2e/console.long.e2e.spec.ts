import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Page } from 'playwright-core';
import { describeInBrowser } from '../harness/chromium.js';
import { DemonstrationConsole } from '../harness/demonstration-console.js';

/** Of the first page with its files, compressed. */
const MOST_BYTES = 250_000;

describeInBrowser('the console in a browser, on the demonstration chain', () => {
  let server: DemonstrationConsole;
  let downloads: string;
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    downloads = await mkdtemp(join(tmpdir(), 'lodebook-downloads-'));
    server = await DemonstrationConsole.start();
  }, 180_000);
  afterAll(async () => {
    await server?.stop();
    await rm(downloads, { recursive: true, force: true });
  });

  async function open(width?: number, scheme?: 'light' | 'dark'): Promise<void> {
    ({ page, complaints } = await server.open(width, scheme));
  }
  const keyOf = (who: string): string => server.keyOf(who);
  const signIn = (who: string): Promise<void> => server.signIn(page, who);
  const openBatch = (batchId: string, programme: string): Promise<void> => server.openBatch(page, batchId, programme);

  it('is light: the first page is less than 250 kB compressed', async () => {
    const index = await (await fetch(`${server.url}/`)).text();
    const files = [...index.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!);
    expect(files.length).toBeGreaterThan(1);
    const sizes = await Promise.all(
      files.map(async (path) => gzipSync(Buffer.from(await (await fetch(server.url + path)).arrayBuffer())).length),
    );
    expect(gzipSync(index).length + sizes.reduce((sum, size) => sum + size)).toBeLessThan(MOST_BYTES);
    expect(server.output).not.toContain('MaxListenersExceededWarning');
  });

  it('explains why a key is not accepted', async () => {
    await open();
    await page.getByLabel('API key').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'A key begins with' }).waitFor();
    expect(complaints).toEqual([]);
    await page.getByLabel('API key').fill('lodebook_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: '(unauthenticated)' }).waitFor();
  });

  it('shows a battery maker the cause of a broken verdict, with the keyboard alone', async () => {
    await open();
    await page.getByLabel('API key').focus();
    await page.keyboard.type(keyOf('Custodian'));
    await page.keyboard.press('Enter');
    const search = page.getByLabel('Batch, product, label or GS1 Digital Link');
    await search.waitFor();
    await search.focus();
    await page.keyboard.type('https://id.example.org/01/09521234543213/10/anode-b');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'anode-b' }).waitFor();
    const show = page.getByRole('button', { name: 'Show in the chain' });
    await show.first().waitFor();
    await show.first().focus();
    await page.keyboard.press('Enter');
    await page.locator('.node.lit').first().waitFor();
    const lit = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.node.lit')].map((node) => node.textContent)`,
    );
    expect(lit.at(-1)).toContain('anode-b');
    expect(lit.length).toBeGreaterThan(1);
    const reason = page.getByRole('region', { name: 'Reason' });
    await reason.getByRole('status').filter({ hasText: /\./ }).waitFor();
    await page.getByRole('button', { name: /^spg-b/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'spg-b' }).waitFor();
    // The attestation belongs to another organisation: this reader has its pseudonym, by which no event is found. Leaving a
    // page aborts its requests.
    expect(
      complaints.filter((complaint) => !/events\/event~\w+ 404|status of 404|ERR_ABORTED/.test(complaint)),
    ).toEqual([]);
  });

  it('highlights the first reason of a broken claim, down to the text of the event', async () => {
    await open();
    await signIn('Regulator');
    await openBatch('anode-b', 'us-japan-cma-2023');
    const claims = page.getByRole('region', { name: /^Claims of/ });
    const broken = claims.locator('dd').filter({ has: page.locator('.verdict.broken') });
    await broken.getByRole('button').first().click();
    await page.locator('.node.lit').first().waitFor();
    const reason = page.getByRole('region', { name: 'Reason' });
    const events = (await reason.locator('details.event').first().innerText()).toLowerCase();
    expect(events).toMatch(/occurred[^]*utc[^]*log index/);
    const sentence = await reason.getByRole('status').innerText();
    expect(sentence).toMatch(/^[A-Z].*\d{4}/);
    await reason.getByRole('button', { name: 'Stop highlighting' }).click();
    expect(await page.locator('.node.lit').count()).toBe(0);
  });

  it('verifies downloaded evidence without the network, and rejects it when a byte is altered', async () => {
    await open();
    await signIn('Regulator');
    await openBatch('anode-b', 'us-japan-cma-2023');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download evidence' }).click(),
    ]);
    const file = join(downloads, 'anode-b.evidence.ndjson');
    await download.saveAs(file);
    const worker = page.waitForResponse(/verify\.worker/);
    await page.getByRole('link', { name: 'Verify' }).click();
    await (await worker).finished();
    await page.getByRole('button', { name: /key that this ledger publishes/ }).click();
    await page.waitForFunction(`document.querySelector('#vkey').value !== ''`);
    await page.context().setOffline(true);
    await page.locator('#bundle').setInputFiles(file);
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    const holds = page.getByRole('status').filter({ hasText: 'Verified in full' });
    await holds.waitFor();
    expect(await holds.innerText()).toMatch(/broken us-japan-cma-2023@1/);

    const altered = readFileSync(file, 'utf8').replace('"grossGrams":7720835', '"grossGrams":7720836');
    await page.locator('#bundle').setInputFiles({
      name: 'altered.ndjson',
      mimeType: 'application/x-ndjson',
      buffer: Buffer.from(altered),
    });
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'Verification failed' }).waitFor();
  });

  it('answers for the past: by the state of the world then, and by what the ledger had recorded', async () => {
    await open();
    await signIn('Regulator');
    await openBatch('anode-b', 'us-japan-cma-2023');
    const now = await page.locator('.cards .verdict').allInnerTexts();
    await page.getByLabel('As recorded by').fill('2020-01-01');
    await page.getByRole('alert').filter({ hasText: '(not-found)' }).first().waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.locator('.cards .verdict').first().waitFor();
    expect(await page.locator('.cards .verdict').allInnerTexts()).toEqual(now);
    await page.getByLabel('State as of').fill('2026-05-05');
    await page.waitForURL(/validAt=2026-05-05T23/);
    await page.locator('.cards .verdict').first().waitFor();
    await page.getByRole('group', { name: /batches in \d+ stages/ }).waitFor();
  });

  it('waits for a server that is not responding, and continues when it responds again', async () => {
    await open();
    await signIn('Custodian');
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('alert').filter({ hasText: 'Reconnecting automatically' }).waitFor();
    await page.context().setOffline(false);
    await page.getByRole('table').waitFor();
  });
});
