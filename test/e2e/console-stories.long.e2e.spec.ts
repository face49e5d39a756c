import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Page } from 'playwright-core';
import { describeInBrowser } from '../harness/chromium.js';
import { DemonstrationConsole, violationsOn } from '../harness/demonstration-console.js';

describeInBrowser('those who use the console, on the demonstration chain', () => {
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

  it('find a batch while typing, with the keyboard', async () => {
    await openAs('Regulator');
    const field = page.getByRole('combobox', { name: 'Batch, product, label or GS1 Digital Link' });
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

  it('pick a persona of the demonstration, whose key is removed from the address', async () => {
    ({ page, complaints } = await server.open());
    await page.goto(server.personas);
    await page.getByRole('button', { name: 'Custodian' }).waitFor();
    expect(await violationsOn(page)).toEqual([]);
    expect(page.url()).not.toContain('lodebook_');
    await page.getByRole('button', { name: 'Custodian' }).click();
    await page.getByRole('heading', { name: 'Batches' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Regulator' }).click();
    await page.getByRole('heading', { name: 'Batches' }).waitFor();
  });

  it('are told what to do when nothing is found', async () => {
    await openAs('Regulator');
    await page.getByRole('combobox').fill('nobody-has-this');
    await page.getByText('Nothing visible to you matches').waitFor();
  });

  it('paste a GS1 Digital Link and arrive at the batch', async () => {
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

  it('compare two points in the log, and prove the event that changed a verdict', async () => {
    await openAs('Regulator');
    await page.goto(`${server.url}/#/changes?from=1480&to=1500&programme=oecd-due-diligence`);
    await page.getByRole('heading', { name: /with changed verdicts/ }).waitFor({ timeout: 60_000 });
    const card = page.locator('.cards > li').first();
    await card
      .getByRole('button', { name: /\(event \d+\)/ })
      .first()
      .click();
    await card.getByRole('button', { name: 'Prove inclusion' }).click();
    await card.getByRole('status').filter({ hasText: 'Proved in your browser' }).waitFor();
    expect(await violationsOn(page)).toEqual([]);
    // Leaving a page aborts its requests.
    expect(complaints.filter((complaint) => !complaint.endsWith('net::ERR_ABORTED'))).toEqual([]);
  });

  it('are shown no proof for a record that is not the signed one', async () => {
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
    await card.getByRole('button', { name: 'Prove inclusion' }).click();
    await card.getByRole('alert').filter({ hasText: 'is not the one that was signed' }).waitFor();
  });

  it('see what a verdict rests on: by whom it was attested, until when, and what would be missing without it', async () => {
    await openAs('Regulator');
    await server.openBatch(page, 'anode-b', 'us-japan-cma-2023');
    const button = page.getByRole('button', { name: 'What it rests on' });
    await page.route('**/claims?*restsOn=true', (route) =>
      route.fulfill({ status: 503, json: { type: 'urn:lodebook:problem:overloaded', title: 'Overloaded' } }),
    );
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: '(overloaded)' }).waitFor();
    await page.unroute('**/claims?*restsOn=true');
    await page.getByRole('button', { name: 'Try again' }).click();
    const card = page.locator('#rests-on li.panel').filter({ hasText: 'laoshan-spheronising-labour-1' });
    await card.getByText(/By fair-shift under sa8000 \(third party\), of laoshan-spheronising: counts from/).waitFor();
    const without = card.locator('.without li').first();
    expect(await without.innerText()).toMatch(
      /^Without it \?\sunproven: labour: .*\(attestation gap, nacuale-flake-b at/,
    );
    expect(await violationsOn(page)).toEqual([]);
    await button.click();
    await card.waitFor({ state: 'detached' });
    await page.goto(`${server.url}/#/batches/anode-b?programme=iso-22095`);
    await page
      .getByRole('heading', { name: /^Claims of/ })
      .filter({ hasText: /22095|custody/ })
      .waitFor();
    await page.getByRole('button', { name: 'What it rests on' }).click();
    await page.getByText('No claim of this programme rests on an attestation').waitFor();
  });

  it('move the ledger slider back and see the batch as recorded by then', async () => {
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

    const world = page.getByRole('slider', { name: 'World' });
    await world.focus();
    expect(await world.getAttribute('aria-valuetext')).toBe('today');
    for (let step = 0; step < 3; step++) await page.keyboard.press('PageDown');
    expect(await world.getAttribute('aria-valuetext')).toMatch(/^[A-Z][a-z]{2} \d+, \d{4}$/);
    await page.waitForURL(/validAt=\d{4}-\d\d-\d\dT23/);
    await page.locator('.cards .verdict').first().waitFor();
    expect(await page.evaluate<string>('document.activeElement.type')).toBe('range');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('End');
    await page.waitForURL((url) => !url.href.includes('validAt'));
  });

  it('record a receipt with the condition of its labels, and are told why the ledger refuses it', async () => {
    await openAs('Custodian');
    await page.getByRole('link', { name: 'Sites' }).click();
    await page.getByRole('link', { name: 'seto-anode' }).click();
    await page.getByRole('heading', { name: 'Incoming' }).waitFor();
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

  it('record a transformation, with its mass balance and expected refusals shown before it is sent', async () => {
    await openAs('Custodian');
    await page.goto(`${server.url}/#/sites/seto-anode`);
    await page.getByRole('button', { name: 'Record a transformation' }).click();
    const form = page.getByRole('form', { name: 'Transformation' });
    const entry = form.getByRole('group', { name: 'Inputs, grams' }).getByRole('spinbutton').first();
    await entry.fill('1000');
    const balance = form.getByRole('table', { name: /^Balance/ });
    await balance.getByRole('rowheader', { name: 'gross' }).waitFor();
    await form.getByLabel('Gross, grams').fill('2000');
    await form.getByLabel('Batch id').fill('made-here');
    await form.getByLabel('Id of the transformation').fill('t-made-here');
    await form
      .getByRole('status')
      .filter({ hasText: /would refuse this.*\([a-z-]+\)/ })
      .waitFor();
    expect(await form.getByRole('button', { name: 'Record the transformation' }).isDisabled()).toBe(true);
    expect(await balance.getByText('1 kg too much').isVisible()).toBe(true);
    expect(await violationsOn(page)).toEqual([]);
  });

  it('import a file and see the outcome of each line', async () => {
    await openAs('Custodian');
    await page.goto(`${server.url}/#/sites/seto-anode`);
    await page.getByRole('button', { name: 'Import a file' }).click();
    const body = {
      batchId: 'from-file',
      material: 'black-mass',
      grossGrams: 1_000,
      contentGrams: {},
      origin: { kind: 'undocumented' },
    };
    const lines = [
      { command: 'batches', idempotencyKey: 'line-1', body },
      { command: 'batches', idempotencyKey: 'line-2', body: { ...body, grossGrams: -1 } },
    ];
    await page.getByLabel(/Commands for this site/).setInputFiles({
      name: 'commands.ndjson',
      mimeType: 'application/x-ndjson',
      buffer: Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n')),
    });
    await page.getByText('2 of 2 lines, 1 refused').waitFor();
    await page.getByRole('row', { name: /^2 batches .*\(invalid-request\)/ }).waitFor();
    await page.getByRole('row', { name: '1 batches recorded' }).waitFor();
    await page.getByRole('link', { name: 'from-file' }).waitFor();
    expect(await violationsOn(page)).toEqual([]);
  });

  it('import a table, correct the refused rows, and import it again', async () => {
    await openAs('Custodian');
    await page.goto(`${server.url}/#/sites/seto-anode`);
    await page.getByRole('button', { name: 'Import a file' }).click();
    await page.getByText('Columns of a CSV file').click();
    await page.getByLabel('Command', { exact: true }).selectOption('labels');
    await page.getByRole('row', { name: /^labelId yes/ }).waitFor();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the first row' }).click();
    const stream = await (await downloading).createReadStream();
    const [first = ''] = Buffer.concat(await stream.toArray())
      .toString()
      .split('\r\n');
    expect(first).toMatch(/^command,idempotencyKey,batchId,labelId,/);

    const drop = (rows: readonly string[]) =>
      page.getByLabel(/Commands for this site/).setInputFiles({
        name: 'week.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(rows.join('\r\n')),
      });
    const header = 'command;batchId;material;grossGrams;origin.kind';
    const good = 'batches;from-table;black-mass;1000;undocumented';
    await drop([header.replace('grossGrams', 'gross'), good]);
    await page.getByRole('alert').filter({ hasText: 'No command has a column “gross”' }).waitFor();
    await drop([header, good, 'batches;from-table-2;black-mass;"1,5";undocumented']);
    await page.getByText('2 of 2 lines, 1 refused').waitFor();
    await page.getByRole('row', { name: '3 batches grossGrams must be whole grams' }).waitFor();
    await page.getByRole('link', { name: 'from-table', exact: true }).waitFor();
    await drop([header, good, 'batches;from-table-2;black-mass;1500;undocumented']);
    await page.getByText('2 of 2 lines, 0 refused').waitFor();
    await page.getByRole('link', { name: 'from-table-2' }).waitFor();
    expect(await violationsOn(page)).toEqual([]);
  });

  it('see what is recorded while they watch, and what was recorded while they were disconnected', async () => {
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
    await page.getByRole('heading', { name: 'At the site' }).waitFor();
    await register('while-one-looks');
    await page.getByRole('link', { name: 'while-one-looks' }).waitFor();
    await page.context().setOffline(true);
    await register('while-away');
    await page.getByRole('status').filter({ hasText: 'The ledger is not responding' }).waitFor();
    expect(await page.getByRole('link', { name: 'while-one-looks' }).isVisible()).toBe(true);
    await page.context().setOffline(false);
    await page.getByRole('link', { name: 'while-away' }).waitFor();
  });
});
