import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Browser, type Page } from 'playwright-core';
import { complaintsOf, describeInBrowser, launchChromium } from '../harness/chromium.js';
import { RunningLedger } from '../harness/running-ledger.js';

describeInBrowser('the reference page in a browser', () => {
  let ledger: RunningLedger;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    ledger = await RunningLedger.start();
    browser = await launchChromium();
    page = await browser.newPage();
    complaints = complaintsOf(page);
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
    // The page puts zero-width spaces into long paths, where they may break.
    const shown = methods.map((method, index) => `${method} ${paths[index]?.replaceAll('\u200b', '')}`);
    expect(shown.sort()).toEqual(documented.sort());
  });

  it('opens an operation with its example', async () => {
    await page.locator('.opblock', { hasText: 'Register an organisation' }).locator('.opblock-summary-control').click();
    const example = page.locator('.opblock.is-open .body-param__example, .opblock.is-open .highlight-code').first();
    await example.waitFor();
    expect(await example.textContent()).toContain('"organisationId": "kurobe"');
  });

  it('leaves no errors in the browser console, and no violations of the security policy', () => {
    expect(complaints).toEqual([]);
  });
});
