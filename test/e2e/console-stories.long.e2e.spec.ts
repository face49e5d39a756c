import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Page } from 'playwright-core';
import { HAS_BROWSER, NEEDS_BROWSER } from '../harness/chromium.js';
import { DemonstrationConsole, violationsOn } from '../harness/demonstration-console.js';

if (!HAS_BROWSER) {
  describe('the console', () => {
    it.skip(NEEDS_BROWSER, () => undefined);
  });
} else {
  describe('those who use the console, on the demonstration chain', () => {
    let server: DemonstrationConsole;
    let page: Page;
    let complaints: readonly string[];
    beforeAll(async () => {
      server = await DemonstrationConsole.start();
    }, 180_000);
    afterAll(() => server?.stop());

    async function openAs(who: string): Promise<void> {
      ({ page, complaints } = await server.open());
      await server.signIn(page, who);
    }

    it('find a batch as they type, with the keyboard', async () => {
      await openAs('Regulator');
      const field = page.getByRole('combobox', { name: 'Batch, label or GS1 Digital Link' });
      await field.focus();
      await page.keyboard.type('anode-');
      const options = page.getByRole('option');
      await options.first().waitFor();
      expect(await violationsOn(page)).toEqual([]);
      const first = await options.first().locator('strong').innerText();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: first }).waitFor();
      expect(complaints).toEqual([]);
    });

    it('are told what to do when nothing is found', async () => {
      await openAs('Regulator');
      await page.getByRole('combobox').fill('nobody-has-this');
      await page.getByText('Nothing that you may see bears this').waitFor();
    });

    it('paste a GS1 Digital Link and are at the batch', async () => {
      await openAs('Regulator');
      await page.getByRole('combobox').focus();
      await page.evaluate(`{
        const clipboardData = new DataTransfer();
        clipboardData.setData('text', 'https://id.example.org/01/09521234543213/10/anode-b');
        const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
        document.activeElement.dispatchEvent(paste);
      }`);
      await page.getByRole('heading', { level: 1, name: 'anode-b' }).waitFor();
    });

    it('compare two moments: what changed, and which event did it, proved here', async () => {
      await openAs('Regulator');
      await page.goto(`${server.url}/#/changes?from=1480&to=1500&programme=oecd-due-diligence`);
      await page.getByRole('heading', { name: /with other verdicts/ }).waitFor({ timeout: 60_000 });
      const card = page.locator('.cards > li').first();
      await card
        .getByRole('button', { name: /\(event \d+\)/ })
        .first()
        .click();
      await card.getByRole('button', { name: 'Prove it here' }).click();
      await card.getByRole('status').filter({ hasText: 'Proved in your browser' }).waitFor();
      expect(await violationsOn(page)).toEqual([]);
      // What the page before had asked for is given up with it.
      expect(complaints.filter((complaint) => !complaint.endsWith('net::ERR_ABORTED'))).toEqual([]);
    });

    it('do not take a record for proved that is not the one signed', async () => {
      await openAs('Regulator');
      await page.route('**/v1/events/*', async (route) => {
        const answer = await route.fetch();
        const event = (await answer.json()) as { record: { data: object } };
        await route.fulfill({
          json: { ...event, record: { ...event.record, data: { ...event.record.data, extra: 1 } } },
        });
      });
      await page.goto(`${server.url}/#/changes?from=1480&to=1500&programme=oecd-due-diligence`);
      const card = page.locator('.cards > li').first();
      await card
        .getByRole('button', { name: /\(event \d+\)/ })
        .first()
        .click();
      await card.getByRole('button', { name: 'Prove it here' }).click();
      await card.getByRole('alert').filter({ hasText: 'is not the one that was signed' }).waitFor();
    });

    it('drag the ledger’s knowledge back and see the batch as it was known', async () => {
      await openAs('Regulator');
      await server.openBatch(page, 'anode-b', 'us-japan-cma-2023');
      const axis = page.getByRole('slider', { name: 'Ledger' });
      await axis.focus();
      await page.keyboard.press('Home');
      await page.waitForURL(/knownAt=0/);
      await page.getByRole('alert').filter({ hasText: '(not-found)' }).first().waitFor();
      await axis.focus();
      await page.keyboard.press('End');
      await page.waitForURL((url) => !url.href.includes('knownAt'));
      await page.locator('.cards .verdict').first().waitFor();
    });

    it('receive a shipment, looking at its labels, and are told what the ledger refuses', async () => {
      await openAs('Custodian');
      await page.getByRole('link', { name: 'Sites' }).click();
      await page.getByRole('link', { name: 'seto-anode' }).click();
      await page.getByRole('heading', { name: 'Coming in' }).waitFor();
      await page.getByRole('button', { name: 'Receive' }).first().click();
      const form = page.getByRole('form', { name: /^Receive/ });
      const grams = form.getByRole('spinbutton').first();
      const sent = Number(await grams.inputValue());
      await grams.fill(String(2 * sent));
      await form.getByRole('status').filter({ hasText: 'heavier-than-dispatched' }).waitFor();
      expect(await violationsOn(page)).toEqual([]);
      await form.getByRole('button', { name: 'Record the receipt' }).click();
      await form.getByRole('alert').filter({ hasText: '(heavier-than-dispatched)' }).waitFor();
      await grams.fill(String(sent - 1));
      await form.getByRole('button', { name: 'Record the receipt' }).click();
      await form.waitFor({ state: 'detached' });
    });

    it('see what is recorded while they look on, and what was recorded while the ledger was away', async () => {
      await openAs('Custodian');
      const register = async (batchId: string): Promise<void> => {
        const answer = await fetch(`${server.url}/v1/sites/seto-anode/batches`, {
          method: 'POST',
          headers: { authorization: `Bearer ${server.keyOf('Custodian')}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            batchId,
            material: 'black-mass',
            grossGrams: 1_000,
            contentGrams: {},
            origin: { kind: 'undocumented' },
          }),
        });
        expect(answer.status).toBe(201);
      };
      await page.goto(`${server.url}/#/sites/seto-anode`);
      await page.getByRole('heading', { name: 'Here now' }).waitFor();
      await register('while-one-looks');
      await page.getByRole('link', { name: 'while-one-looks' }).waitFor();
      await page.context().setOffline(true);
      await register('while-away');
      await page.getByRole('status').filter({ hasText: 'The ledger does not answer' }).waitFor();
      expect(await page.getByRole('link', { name: 'while-one-looks' }).isVisible()).toBe(true);
      await page.context().setOffline(false);
      await page.getByRole('link', { name: 'while-away' }).waitFor();
    });
  });
}
