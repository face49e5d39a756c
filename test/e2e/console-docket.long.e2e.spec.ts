import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type Browser, type Page } from 'playwright-core';
import { describeInBrowser, launchChromium } from '../harness/chromium.js';
import { CONSOLE, openSitesWithRegulator, openTab, signInWith } from '../harness/console.js';
import { violationsOn } from '../harness/demonstration-console.js';
import { RunningLedger } from '../harness/running-ledger.js';

describeInBrowser('the docket in the console', () => {
  let ledger: RunningLedger;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];
  let keys: { miner: string; regulator: string };
  /** The address at which whoever raised the first concern can follow it. */
  let followed: string;

  beforeAll(async () => {
    // One concern and one comment are accepted from this address, and no more.
    ledger = await RunningLedger.start({ LODEBOOK_RATE_LIMIT_PUBLIC: '2' }, undefined, undefined, {
      console: CONSOLE,
    });
    keys = await openSitesWithRegulator(ledger);
    browser = await launchChromium();
  }, 60_000);
  afterEach(() => page?.context().close());
  afterAll(async () => {
    await browser?.close();
    await ledger?.dispose();
  });

  async function open(path: string, more: { width?: number; scheme?: 'light' | 'dark' } = {}): Promise<void> {
    ({ page, complaints } = await openTab(browser, more.width, more.scheme));
    await page.goto(`${ledger.url}/${path}`);
  }

  async function openAs(key: string, path: string): Promise<void> {
    await open('');
    await signInWith(page, key);
    await page.goto(`${ledger.url}/${path}`);
  }

  /** Presses Tab until the focus is there. */
  async function tabTo(name: string): Promise<void> {
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press('Tab');
      const text = await page.evaluate<string>(
        `(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()`,
      );
      if (text.startsWith(name)) return;
    }
    throw new Error(`the keyboard does not reach ${name}`);
  }

  it('is linked from the sign-in page, says when it is empty, and takes a concern with the keyboard alone, without a key', async () => {
    await open('');
    await page.getByRole('link', { name: 'the public docket of concerns' }).click();
    await page.getByText('The docket is empty').waitFor();
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await tabTo('Raise a concern');
    await page.keyboard.press('Enter');
    await page.getByRole('form', { name: 'Raise a concern' }).waitFor();
    expect(await violationsOn(page)).toEqual([]);
    await tabTo('Site id');
    await page.keyboard.type('pit');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Choose at least one subject' }).waitFor();
    await tabTo('water');
    await page.keyboard.press('Space');
    await tabTo('Statement');
    await page.keyboard.type('The river runs red below the pit');
    await tabTo('Raise the concern');
    await page.keyboard.press('Enter');
    await page
      .getByRole('status')
      .filter({ hasText: 'Your concern is recorded, and is awaiting a regulator’s decision' })
      .waitFor();
    await tabTo('Follow it here');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'A concern that you raised' }).waitFor();
    await page.getByText('It is awaiting a regulator’s decision').waitFor();
    expect(await violationsOn(page)).toEqual([]);
    expect(complaints).toEqual([]);
    followed = new URL(page.url()).hash;
  });

  it('has a queue for regulators, from which a concern is admitted', async () => {
    await openAs(keys.regulator, '#/docket');
    await page.getByRole('link', { name: /Awaiting admission/ }).click();
    await page.getByText('The river runs red below the pit').waitFor();
    expect(await violationsOn(page)).toEqual([]);
    await page.getByLabel('Public summary for the docket').fill('Discoloured water below a mine');
    await page.getByRole('button', { name: 'Admit' }).click();
    await page.getByRole('status').filter({ hasText: 'the concern is on the docket' }).waitFor();
    await page.getByText('Nothing is awaiting admission').waitFor();
    await page.getByRole('link', { name: 'Docket', exact: true }).click();
    await page.getByRole('link', { name: 'Discoloured water below a mine' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('refuses its queue to everyone else, with a reason', async () => {
    await openAs(keys.miner, '#/queue');
    await page.getByRole('alert').filter({ hasText: '(forbidden)' }).waitFor();
  });

  it('takes a comment without a key; at the rate limit it says so and keeps the text', async () => {
    await open(followed, { width: 360, scheme: 'dark' });
    await page.getByRole('heading', { level: 1, name: 'Discoloured water below a mine' }).waitFor();
    expect(await violationsOn(page)).toEqual([]);
    await page.getByLabel('Your comment').fill('I saw it in May');
    await page.getByRole('button', { name: 'Comment' }).click();
    await page.getByRole('status').filter({ hasText: 'is awaiting a regulator’s decision' }).waitFor();
    await page.getByText('No comments').waitFor();
    expect(complaints).toEqual([]);
    await page.getByLabel('Your comment').fill('And again in June');
    await page.getByRole('button', { name: 'Comment' }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: /send it again in \d+ seconds? \(rate-limited\)/ })
      .waitFor();
    expect(await page.getByLabel('Your comment').inputValue()).toBe('And again in June');
    expect(await violationsOn(page)).toEqual([]);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.goto(`${ledger.url}/#/docket?about=pit`);
    await page.getByRole('form', { name: 'Raise a concern' }).waitFor();
    expect(await page.getByLabel('Site id').inputValue()).toBe('pit');
    await page.getByLabel('noise').check();
    await page.getByRole('button', { name: 'Raise the concern' }).click();
    await page.getByRole('alert').filter({ hasText: '(rate-limited)' }).waitFor();
    expect(await page.getByLabel('noise').isChecked()).toBe(true);
    expect(await violationsOn(page)).toEqual([]);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });

  it('shows a comment once a regulator admits it, and an answer of the site’s organisation at once', async () => {
    await openAs(keys.regulator, '#/queue');
    await page.getByText('I saw it in May').waitFor();
    await page.getByRole('button', { name: 'Admit' }).click();
    await page.getByRole('status').filter({ hasText: 'the comment is public' }).waitFor();
    await page.context().close();

    await openAs(keys.miner, followed);
    await page.getByText('I saw it in May').waitFor();
    await page.goto(`${ledger.url}/#/docket?about=pit`);
    await page.getByText('It is raised under your key').waitFor();
    await page.getByLabel('Without my key').check();
    await page.getByText('You need neither a key nor a name').waitFor();

    await page.goto(`${ledger.url}/${followed}`);
    await page.getByLabel(/^As/).selectOption('answers');
    await page.getByLabel('Your answer').fill('The dam was mended in June');
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByRole('article').getByText('The dam was mended in June').waitFor();
    expect(await violationsOn(page)).toEqual([]);
  });

  it('says what to do when a concern does not exist, or the queue is full', async () => {
    await open('#/docket/nobody-raised-this');
    await page.getByRole('alert').filter({ hasText: 'There is no concern here' }).waitFor();
    await page.route('**/v1/concerns', (route) =>
      route.fulfill({ status: 503, json: { type: 'urn:lodebook:problem:queue-full', title: 'Queue full' } }),
    );
    await page.goto(`${ledger.url}/#/docket?about=pit`);
    await page.getByLabel('noise').check();
    await page.getByRole('button', { name: 'Raise the concern' }).click();
    await page.getByRole('alert').filter({ hasText: '(queue-full)' }).waitFor();
  });
});
