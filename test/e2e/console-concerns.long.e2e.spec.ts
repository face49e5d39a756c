import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type Browser, type Page } from 'playwright-core';
import { describeInBrowser, launchChromium } from '../harness/chromium.js';
import { CONSOLE, openSitesWithRegulator, openTab, signInWith } from '../harness/console.js';
import { violationsOn } from '../harness/demonstration-console.js';
import { bearer, RunningLedger } from '../harness/running-ledger.js';

describeInBrowser('a regulator at the concerns in the console', () => {
  let ledger: RunningLedger;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];
  let keys: { miner: string; regulator: string };

  beforeAll(async () => {
    ledger = await RunningLedger.start({}, undefined, undefined, { console: CONSOLE });
    keys = await openSitesWithRegulator(ledger);
    browser = await launchChromium();
  }, 60_000);
  afterEach(() => page?.context().close());
  afterAll(async () => {
    await browser?.close();
    await ledger?.dispose();
  });

  async function openAs(key: string, path: string, width = 1280, scheme: 'light' | 'dark' = 'light'): Promise<void> {
    ({ page, complaints } = await openTab(browser, width, scheme));
    await page.goto(`${ledger.url}/`);
    await signInWith(page, key);
    await page.goto(`${ledger.url}/${path}`);
  }
  const card = (concernId: string): ReturnType<Page['locator']> =>
    page.locator('li.panel').filter({ has: page.getByRole('heading', { name: concernId }) });
  const takes = async (concernId: string): Promise<void> => {
    const step = card(concernId).getByRole('button', { name: /^Next step/ });
    await step.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('form', { name: 'Next step' }).waitFor();
  };
  const records = async (said: string): Promise<void> => {
    await page.getByRole('button', { name: 'Record this step' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: said }).waitFor();
  };

  it('is told that there are no concerns', async () => {
    await openAs(keys.regulator, '#/concerns');
    await page.getByText('No concern was raised about a site that you see').waitFor();
    expect(await violationsOn(page)).toEqual([]);
  });

  it('opens an investigation, records a finding and annuls it, with the keyboard', async () => {
    const concern = { siteId: 'pit', source: 'operator', statement: 'The guard was taken off the crusher' };
    const occurredAt = '2026-03-01T00:00:00.000Z';
    for (const [concernId, right] of [
      ['crusher', 'occupational-safety'],
      ['river', 'water'],
    ] as const) {
      await ledger.record('concerns', { ...concern, concernId, rights: [right], occurredAt }, bearer(keys.miner));
    }
    await openAs(keys.regulator, '#/concerns');
    await card('crusher').getByText('The guard was taken off the crusher').waitFor();
    await takes('crusher');
    await page.getByLabel('Who investigates').focus();
    await page.keyboard.type('Bureau of mines');
    await records('The investigation is open');
    await card('crusher').getByText('Investigated by Bureau of mines since').waitFor();

    await takes('crusher');
    expect(await page.getByRole('form', { name: 'Next step' }).getByRole('combobox').inputValue()).toBe('findings');
    const subject = page.getByRole('form', { name: 'Next step' }).getByLabel('occupational safety');
    expect(await subject.isChecked()).toBe(true);
    expect(await violationsOn(page)).toEqual([]);
    await subject.focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Record this step' }).click();
    await page.getByRole('alert').filter({ hasText: 'at least one subject' }).waitFor();
    await subject.check();
    await page.getByLabel(/^Until \(exclusive\)/).fill('2026-02-01');
    await page.getByRole('button', { name: 'Record this step' }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: /not after it begins.*\(invalid-request\)/ })
      .waitFor();
    await page.getByLabel(/^Until \(exclusive\)/).fill('2026-04-01');
    await records('The finding is recorded');
    await card('crusher')
      .getByText('Substantiated: occupational safety, from Mar 1, 2026 until Apr 1, 2026.')
      .waitFor();

    await card('crusher')
      .getByRole('button', { name: /^Annul/ })
      .focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Reason for the annulment').fill('The court of appeal set it aside');
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Annul', exact: true }).click();
    await page.getByRole('status').filter({ hasText: 'The finding is annulled' }).waitFor();
    await card('crusher').getByText('annulled since. The court of appeal set it aside').waitFor();
    expect(complaints.filter((complaint) => !/status of 400|findings 400/.test(complaint))).toEqual([]);
  });

  it('is told why a step is refused, and closes the concern, on a phone in the dark colour scheme', async () => {
    await openAs(keys.regulator, '#/concerns', 360, 'dark');
    await takes('crusher');
    await page.getByRole('form', { name: 'Next step' }).getByRole('combobox').selectOption('remediations');
    await page.getByRole('button', { name: 'Record this step' }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: 'no substantiated finding to remedy. (occurred-out-of-order)' })
      .waitFor();
    await page.getByRole('form', { name: 'Next step' }).getByRole('combobox').selectOption('closure');
    await page.getByLabel('Outcome').fill('Nothing was left to find');
    expect(await violationsOn(page)).toEqual([]);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await records('The concern is closed');
    await card('crusher').getByText('Nothing was left to find').waitFor();
    expect(
      await card('crusher')
        .getByRole('button', { name: /^Next step/ })
        .count(),
    ).toBe(0);
  });

  it('is the only role that may take these steps: others are refused with a reason', async () => {
    await openAs(keys.miner, '#/concerns');
    await takes('river');
    await page.getByLabel('Who investigates').fill('Ourselves');
    await page.getByRole('button', { name: 'Record this step' }).click();
    await page.getByRole('alert').filter({ hasText: '(forbidden)' }).waitFor();
    expect(await page.getByLabel('Who investigates').inputValue()).toBe('Ourselves');
  });

  it('filters concerns, and the docket, by state, kind and text', async () => {
    for (const [concernId, summary] of [
      ['crusher-2', 'A crusher without a guard'],
      ['river-2', 'Red water below the pit'],
    ] as const) {
      const rights = [concernId === 'river-2' ? 'water' : 'occupational-safety'];
      const raised = { concernId, siteId: 'pit', source: 'operator', rights };
      await ledger.record('concerns', raised, bearer(keys.miner));
      await ledger.record(`concerns/${concernId}/admission`, { summary }, bearer(keys.regulator));
    }
    await openAs(keys.regulator, '#/concerns');
    await page.getByText('4 of 4 shown').waitFor();
    await page.getByLabel('State').selectOption('closed');
    await page.getByText('1 of 4 shown').waitFor();
    await card('crusher').waitFor();
    await page.getByLabel('Site, country, subject or words').fill('river');
    await page.getByText('No concern matches this filter').waitFor();
    expect(await violationsOn(page)).toEqual([]);

    await page.goto(`${ledger.url}/#/docket`);
    await page.getByText('2 of 2 shown').waitFor();
    await page.getByLabel('About').selectOption('environment');
    await page.getByRole('link', { name: 'Red water below the pit' }).waitFor();
    await page.getByText('1 of 2 shown').waitFor();
    expect(await page.getByRole('link', { name: 'A crusher without a guard' }).count()).toBe(0);
    expect(await violationsOn(page)).toEqual([]);
  });
});
