import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type Browser, type Page } from 'playwright-core';
import { describeInBrowser, launchChromium } from '../harness/chromium.js';
import { CONSOLE, openTab, signInWith } from '../harness/console.js';
import { settled, violationsOn } from '../harness/demonstration-console.js';
import { bearer, RunningLedger } from '../harness/running-ledger.js';

const GTIN = '09521234543213';
const PACK = `https://id.gs1.org/01/${GTIN}/21/PK-1`;
const VIN = '1GBPK60E0TB000001';

describeInBrowser('a product in the console', () => {
  let ledger: RunningLedger;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];
  const keys = { maker: '', works: '' };

  beforeAll(async () => {
    ledger = await RunningLedger.start({}, undefined, undefined, { console: CONSOLE });
    const asMaker = (path: string, body: object): Promise<string> => ledger.record(path, body, bearer(keys.maker));
    for (const [organisationId, role, siteId, activity] of [
      ['maker', 'battery-maker', 'plant', 'battery'],
      ['works', 'recycler', 'shredder', 'recycling'],
    ] as const) {
      await ledger.record('organisations', { organisationId, name: organisationId, country: 'DE', roles: [role] });
      const site = { siteId, name: siteId, country: 'DE', activities: [activity] };
      await ledger.record(`organisations/${organisationId}/sites`, site);
      keys[organisationId] = await ledger.issueKey(organisationId, 'custodian');
    }
    await asMaker('sites/plant/batches', {
      occurredAt: '2026-01-01T08:00:00.000Z',
      batchId: 'cells',
      material: 'cells',
      grossGrams: 10_000_000,
      contentGrams: { cobalt: 400_000, lithium: 200_000 },
      origin: { kind: 'undocumented' },
    });
    await asMaker('sites/plant/product-runs', {
      occurredAt: '2026-01-30T08:00:00.000Z',
      runId: 'run',
      productIds: [PACK, VIN],
      kind: 'battery',
      model: 'P-60',
      category: 'ev',
      capacityWh: 60_000,
      grossGrams: 300_000,
      inputs: [{ batchId: 'cells', grossGrams: 200_000 }],
    });
    const placement = { productId: VIN, date: '2026-01-31', country: 'FR', by: 'Maker SA' };
    await asMaker('sites/plant/placements', placement);
    await ledger.record('sites/shredder/takebacks', { productId: VIN, reason: 'crash' }, bearer(keys.works));
    browser = await launchChromium();
  }, 60_000);
  afterEach(() => page?.context().close());
  afterAll(async () => {
    await browser?.close();
    await ledger?.dispose();
  });

  async function openAs(key: string, width = 1280, scheme: 'light' | 'dark' = 'light'): Promise<void> {
    ({ page, complaints } = await openTab(browser, width, scheme));
    await page.goto(`${ledger.url}/`);
    await signInWith(page, key);
  }

  const product = (): ReturnType<Page['getByRole']> => page.getByRole('region', { name: 'Product' });

  it('is found by part of its VIN, with its description, its inputs, its verdicts and its place on the market', async () => {
    await openAs(keys.maker);
    await page.getByRole('combobox').focus();
    await page.keyboard.type('0TB0000');
    await page.getByRole('option').filter({ hasText: VIN }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: VIN }).waitFor();
    await product().getByText('battery, category ev, 60 kWh').waitFor();
    await product().getByText('P-60').waitFor();
    await product()
      .getByText(/^France, since Jan 31, 2026, from plant, by Maker SA$/)
      .waitFor();
    await product()
      .getByRole('row', { name: /^cells cells / })
      .waitFor();
    await page.locator('.cards .verdict').first().waitFor();
    await settled(page);
    expect(await violationsOn(page)).toEqual([]);
    // The page of a batch aborts its requests when the batch turns out to be a product.
    expect(complaints.filter((complaint) => !complaint.endsWith('net::ERR_ABORTED'))).toEqual([]);
    expect(await page.evaluate<string>('location.hash')).toBe(`#/products/${VIN}`);
    await product().getByRole('link', { name: 'cells' }).click();
    await page.getByRole('heading', { level: 1, name: 'cells' }).waitFor();
    expect(await product().count()).toBe(0);
  });

  it.each([`https://maker.example/p/01/${GTIN}/21/PK-1?x=1`, `(01)${GTIN}(21)PK-1`])(
    'is found by a GTIN with its serial number, as it was scanned: %s',
    async (scanned) => {
      await openAs(keys.maker);
      await page.getByRole('combobox').fill(scanned);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: PACK }).waitFor();
      await product().getByText('not placed on the market').waitFor();
      expect(complaints.filter((complaint) => !complaint.endsWith('net::ERR_ABORTED'))).toEqual([]);
    },
  );

  it('has an address by each of its names, and shows the recipient what it may know, on a phone in the dark colour scheme', async () => {
    await openAs(keys.works, 360, 'dark');
    await page.goto(`${ledger.url}/#/products/${VIN}`);
    await page.getByRole('heading', { level: 1, name: VIN }).waitFor();
    await page.waitForURL(/#\/products\//);
    await product().getByText('not disclosed to you').waitFor();
    await product().getByText('Taken back').waitFor();
    expect(await product().innerText()).not.toMatch(/P-60|Maker SA/);
    await page.locator('.cards .verdict').first().waitFor();
    await settled(page);
    expect(await violationsOn(page)).toEqual([]);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });

  it('has verdicts, chain and evidence under its own address, and prints as a passport', async () => {
    await openAs(keys.maker);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(
      `${ledger.url}/#/products/${encodeURIComponent(`(01)${GTIN}(21)PK-1`)}?programme=eu-battery-2023-1542`,
    );
    await page.getByRole('heading', { level: 1, name: PACK }).waitFor();
    await page.getByRole('heading', { name: /^Claims of/ }).waitFor();
    await page.getByRole('group', { name: '2 batches in 2 stages' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download evidence' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/PK-1\.evidence\.ndjson$/);
    for (const part of ['claims', 'provenance', 'evidence']) {
      expect(asked.some((path) => path.startsWith('/v1/products/') && path.endsWith(`/${part}`))).toBe(true);
    }
    expect(asked.filter((path) => path.startsWith('/v1/batches/'))).toEqual([]);
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByText(/as recorded up to event \d+ of the log/).isVisible()).toBe(true);
    expect(await product().isVisible()).toBe(true);
    expect(await page.getByRole('heading', { name: 'Composition' }).isVisible()).toBe(true);
    expect(await page.locator('.chain').isVisible()).toBe(false);
    expect(await page.getByRole('button', { name: 'Print as passport' }).isVisible()).toBe(false);
  });

  it('shows the recycled content of its model by plant and year, and what to do when no product left in that year', async () => {
    await openAs(keys.maker);
    await page.goto(`${ledger.url}/#/products/${VIN}`);
    const button = product().getByRole('button', { name: 'Recycled content of the model' });
    await button.focus();
    await page.keyboard.press('Enter');
    await product()
      .getByText(/^1 product of P-60 that left the plant in 2026\./)
      .waitFor();
    const shares = product().getByRole('region', { name: 'Recycled content, scrolls' });
    await shares.getByRole('row', { name: /^cobalt 0% / }).waitFor();
    await product().getByRole('region', { name: 'Part 1' }).locator('.verdict').first().waitFor();
    await settled(page);
    expect(await violationsOn(page)).toEqual([]);
    const year = product().getByLabel('Left the plant in');
    await year.fill('2019');
    await product()
      .getByText(/^0 products of P-60|There is no product of that model/)
      .waitFor();
    await year.fill('20');
    await product().getByText('Enter a year with four digits').waitFor();
  });

  it('is reported as not found, whether it does not exist or is not disclosed to the reader', async () => {
    await openAs(keys.works);
    await page.goto(`${ledger.url}/#/products/${encodeURIComponent(PACK)}`);
    await page.getByRole('alert').filter({ hasText: 'There is no product here' }).waitFor();
  });
});
