import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { complaintsOf } from './chromium.js';
import { keyFor } from './hidden-chain.js';
import { type RunningLedger } from './running-ledger.js';
import { openTwoSites } from './two-sites.js';

/** The built console, which a ledger that runs from the sources serves from there. */
export const CONSOLE = join(process.cwd(), 'dist/apps/console');

export interface Tab {
  readonly page: Page;
  /** Errors on the page since it was opened. */
  readonly complaints: readonly string[];
}

/** A tab with a browser context of its own, 900 pixels high. */
export async function openTab(browser: Browser, width = 1280, scheme: 'light' | 'dark' = 'light'): Promise<Tab> {
  const viewport = { width, height: 900 };
  const page = await (await browser.newContext({ viewport, colorScheme: scheme, locale: 'en' })).newPage();
  return { page, complaints: complaintsOf(page) };
}

/** Signs in on the open page; ends at the list of batches. */
export async function signInWith(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Batches' }).waitFor();
}

/** Two sites, with a key of the organisation of the first and a key of a regulator. */
export async function openSitesWithRegulator(ledger: RunningLedger): Promise<{ miner: string; regulator: string }> {
  await openTwoSites(ledger);
  const bureau = { organisationId: 'bureau', name: 'Bureau', country: 'US', roles: ['regulator'] };
  await ledger.record('organisations', bureau);
  return {
    miner: await keyFor(ledger, 'wombat', 'custodian'),
    regulator: await keyFor(ledger, 'bureau', 'regulator'),
  };
}
