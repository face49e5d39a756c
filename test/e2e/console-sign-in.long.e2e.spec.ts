import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { type Browser, type Page } from 'playwright-core';
import { describeInBrowser, launchChromium } from '../harness/chromium.js';
import { CONSOLE, openTab } from '../harness/console.js';
import { violationsOn } from '../harness/demonstration-console.js';
import { AUDIENCE, IdentityProvider } from '../harness/identity-provider.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { extracted, openTwoSites } from '../harness/two-sites.js';

const CUSTODIAN = { lodebook_organisation: 'wombat', lodebook_role: 'custodian' };

/** The provider must know the console's address before the ledger, which serves the console, can know the provider's. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

describeInBrowser('those who sign in to the console at an identity provider', () => {
  let provider: IdentityProvider;
  let ledger: RunningLedger;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    const port = await freePort();
    provider = await IdentityProvider.start(`http://127.0.0.1:${port}/`);
    const variables = {
      LODEBOOK_OIDC_ISSUER: provider.issuer,
      LODEBOOK_OIDC_AUDIENCE: AUDIENCE,
      LODEBOOK_OIDC_CLIENT_ID: 'console',
    };
    ledger = await RunningLedger.start(variables, undefined, undefined, { console: CONSOLE, port });
    await openTwoSites(ledger);
    await ledger.post('sites/pit/batches', extracted('from-the-pit'));
    browser = await launchChromium();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await ledger?.dispose();
    await provider?.close();
  });
  beforeEach(async () => {
    provider.tokenLife = 600;
    provider.says(CUSTODIAN);
    ({ page, complaints } = await openTab(browser));
  });
  afterEach(() => page.context().close());

  async function signInAt(path: string): Promise<void> {
    await page.goto(ledger.url + path);
    await page.getByRole('button', { name: `Sign in with ${new URL(provider.issuer).host}` }).click();
    await page.locator('input[name=login]').fill('mika');
    await page.locator('input[name=password]').fill('anything');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
  }
  const isSignedIn = (): Promise<void> => page.getByRole('button', { name: 'Sign out' }).waitFor();

  it('arrive at the page that they asked for, as the user named in the token, with nothing of it in the address', async () => {
    await signInAt('/#/sites/pit');
    await page.getByRole('link', { name: 'from-the-pit' }).waitFor();
    expect(page.url()).toBe(`${ledger.url}/#/sites/pit`);
    await page.reload();
    await page.getByRole('link', { name: 'from-the-pit' }).waitFor();
    // The provider's own page requests fonts that cannot be loaded here.
    expect(complaints.filter((complaint) => complaint.includes('Content Security Policy'))).toEqual([]);
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate<string>('JSON.stringify({ ...sessionStorage, ...localStorage })')).not.toContain('ey');
  });

  it('stay signed in longer than a token lasts, and keep what they typed', async () => {
    provider.tokenLife = 6;
    await signInAt('/#/sites/pit');
    await page.getByRole('button', { name: 'Record a transformation' }).click();
    const written = page.getByLabel('Id of the transformation');
    await written.fill('begun-before');
    const kept = "sessionStorage.getItem('lodebook-credential')";
    const first = await page.evaluate<string>(kept);
    while ((await page.evaluate<string>(kept)) === first) await page.waitForTimeout(200);
    await page.waitForTimeout(6_000); // the first token has expired by now
    await ledger.post('sites/pit/batches', extracted('after-renewal'));
    await page.getByRole('link', { name: 'after-renewal' }).waitFor();
    expect(await written.inputValue()).toBe('begun-before');
  });

  it('are told when their session has ended, and when the provider refuses or is not responding', async () => {
    provider.tokenLife = 4;
    await signInAt('/#/sites/pit');
    await isSignedIn();
    await provider.close();
    await page.getByRole('alert').filter({ hasText: 'has ended. Sign in again.' }).waitFor();
    await page.getByRole('button', { name: /^Sign in with/ }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: 'is not responding, or does not allow requests from this page' })
      .waitFor();
    await provider.open();
    await page.getByRole('button', { name: /^Sign in with/ }).click();
    await page.getByRole('link', { name: /cancel/i }).click();
    await page.getByRole('alert').filter({ hasText: 'access_denied' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.goto(`${ledger.url}/?code=stolen&state=forged`);
    await page.getByRole('alert').filter({ hasText: 'started in another tab or has expired' }).waitFor();
  });

  it('are told when the token has no role', async () => {
    provider.says({ lodebook_organisation: 'wombat' });
    await signInAt('/');
    await page.getByRole('alert').filter({ hasText: 'lodebook_role' }).waitFor();
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
  });
});
