import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Page } from 'playwright-core';
import { describeInBrowser } from '../harness/chromium.js';
import { DemonstrationConsole, settled, violationsOn } from '../harness/demonstration-console.js';

/** Each page: its address, its heading, and what is opened on it. */
type Visit = readonly [hash: string, heading: string | RegExp, act?: (page: Page) => Promise<unknown>];

const open =
  (name: string | RegExp) =>
  (page: Page): Promise<void> =>
    page.getByRole('button', { name }).first().click();

const VISITS: readonly Visit[] = [
  ['#/batches', 'Batches', (page) => page.getByRole('table').waitFor()],
  [
    '#/batches/anode-b?programme=us-japan-cma-2023',
    'anode-b',
    async (page) => {
      await page.getByRole('group', { name: /batches in \d+ stages/ }).waitFor();
      await open('Show in the chain')(page);
      await page.locator('details.event').first().waitFor();
      await open('What it rests on')(page);
      await page.locator('.without').first().waitFor();
    },
  ],
  [
    '#/products/1GBPK60E0TB000001?programme=eu-battery-2023-1542',
    '1GBPK60E0TB000001',
    (page) => page.getByRole('heading', { name: /^Claims of/ }).waitFor(),
  ],
  ['#/sites', 'Sites'],
  [
    '#/sites/seto-anode',
    /seto-anode|Seto/,
    async (page) => {
      await open('Record a transformation')(page);
      await open('Import a file')(page);
    },
  ],
  ['#/overview', 'Overview', (page) => page.getByRole('table').waitFor()],
  [
    '#/changes?from=900&to=920&programme=oecd-due-diligence',
    'Changes',
    (page) => page.getByRole('heading', { name: /with changed verdicts/ }).waitFor({ timeout: 60_000 }),
  ],
  ['#/concerns', 'Concerns', open(/^Next step/)],
  ['#/docket?about=tinago-pit', 'Docket of concerns', (page) => page.getByText('1 of 1 shown').waitFor()],
  ['#/queue', 'Awaiting admission'],
  ['#/verify', 'Verify evidence'],
];

describeInBrowser('every page of the console', () => {
  let server: DemonstrationConsole;
  let entry: string;
  beforeAll(async () => {
    server = await DemonstrationConsole.start();
    const asRegulator = (path: string, body?: object): Promise<Response> =>
      fetch(`${server.url}/v1/${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${server.keyOf('Regulator')}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const admitted = await asRegulator('concerns/tinago-2026/admission', { summary: 'Children were seen in the pit' });
    const position = admitted.headers.get('ledger-position')!;
    const nameless = { concernId: 'nameless', siteId: 'tinago-pit', rights: ['water'], source: 'public' };
    await fetch(`${server.url}/v1/concerns`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...nameless, statement: 'The river runs red' }),
    });
    const docket = await fetch(`${server.url}/v1/docket`, { headers: { 'ledger-position': position } });
    entry = ((await docket.json()) as { items: [{ concernId: string }] }).items[0].concernId;
  }, 180_000);
  afterAll(() => server?.stop());

  it.each<[string, number, 'light' | 'dark']>([
    ['a phone', 360, 'light'],
    ['a phone, in the dark colour scheme', 360, 'dark'],
    ['a desktop', 1920, 'light'],
    ['a desktop, in the dark colour scheme', 1920, 'dark'],
  ])('holds WCAG 2.2 AA and fits on %s', async (_, width, scheme) => {
    const { page, complaints } = await server.open(width, scheme);
    const found: [string, string[]][] = [];
    const look = async (hash: string): Promise<void> => {
      await settled(page);
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      const violations = await violationsOn(page);
      if (overflow > 0 || violations.length > 0) found.push([hash, [...violations, `${overflow} px too wide`]]);
    };
    await look('sign-in');
    await server.signIn(page, 'Regulator');
    for (const [hash, heading, act] of [...VISITS, [`#/docket/${entry}`, 'Children were seen in the pit'] as Visit]) {
      await page.goto(`${server.url}/${hash}`);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await settled(page);
      await act?.(page);
      await look(hash);
    }
    expect(found).toEqual([]);
    // Leaving a page aborts its requests.
    expect(complaints.filter((complaint) => !complaint.endsWith('net::ERR_ABORTED'))).toEqual([]);
  });
});
