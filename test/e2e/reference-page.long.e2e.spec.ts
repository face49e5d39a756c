import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { RunningLedger } from '../harness/running-ledger.js';

const CHROMIUM = '/usr/bin/chromium';
/** Headless, offline but for what a test asks for, and without the sandbox that containers do not allow. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

if (!existsSync(CHROMIUM) && process.env['LODEBOOK_BROWSER'] !== 'required') {
  describe('the reference page', () => {
    it.skip(`needs a browser: apt-get install chromium puts one at ${CHROMIUM}`, () => undefined);
  });
} else {
  describe('the reference page in a browser', () => {
    let ledger: RunningLedger;
    let browser: Browser;
    let page: Page;
    /** What the console, the page's scripts and the network complained about. */
    const complaints: string[] = [];

    beforeAll(async () => {
      ledger = await RunningLedger.start();
      browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
      page = await browser.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('requestfailed', (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`));
      page.on('response', (response) => {
        if (response.status() >= 400) complaints.push(`${response.url()} ${response.status()}`);
      });
      await page.goto(`${ledger.url}/docs`, { waitUntil: 'networkidle' });
      await page.locator('.opblock').first().waitFor();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await ledger?.dispose();
    });

    it('shows every operation of the document', async () => {
      const document = (await (await fetch(`${ledger.url}/openapi.json`)).json()) as {
        paths: Record<string, Record<string, unknown>>;
      };
      const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      const methods = await page.locator('.opblock-summary-method').allTextContents();
      const paths = await page.locator('.opblock-summary-path').allTextContents();
      // The page lets long paths break by a zero-width space.
      const shown = methods.map((method, index) => `${method} ${paths[index]?.replaceAll('\u200b', '')}`);
      expect(shown.sort()).toEqual(documented.sort());
    });

    it('opens an operation with its example', async () => {
      await page
        .locator('.opblock', { hasText: 'Register an organisation' })
        .locator('.opblock-summary-control')
        .click();
      const example = page.locator('.opblock.is-open .body-param__example, .opblock.is-open .highlight-code').first();
      await example.waitFor();
      expect(await example.textContent()).toContain('"organisationId": "kurobe"');
    });

    it('leaves nothing in the console, the security policy included', () => {
      expect(complaints).toEqual([]);
    });
  });
}
