// Pictures of the console on the demonstration chain, for the documentation: `npm run screenshots`, after a build; names
// behind `--` take those alone. Needs Chromium.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'docs/images');
/** A picture of the documentation is no heavier, bytes. */
const HEAVIEST = 150_000;
const DESK = { width: 1200, height: 760 };
const TELEPHONE = { width: 360, height: 740 };

/** Name, key to sign in with, address, what is done there, size, scheme. */
const PICTURES = [
  ['batch', 'Regulator', '#/batches/anode-b?programme=us-japan-cma-2023', drawn, DESK, 'light'],
  ['reason', 'Regulator', '#/batches/anode-b?programme=us-japan-cma-2023', lit, DESK, 'light'],
  ['reason-dark', 'Regulator', '#/batches/anode-b?programme=us-japan-cma-2023', lit, DESK, 'dark'],
  ['telephone', 'Custodian', '#/batches/anode-b', drawn, TELEPHONE, 'light'],
  ['search', 'Regulator', '#/batches', searched, DESK, 'light'],
  ['site', 'Custodian', '#/sites/seto-anode', written, DESK, 'light'],
  ['changes', 'Regulator', '#/changes?from=1480&to=1500&programme=oecd-due-diligence', compared, DESK, 'light'],
  ['product', 'Regulator', '#/products/1GBPK60E0TB000001?programme=eu-battery-2023-1542', told, DESK, 'light'],
  ['docket', undefined, '#/docket', listed, DESK, 'light'],
  ['concerns', 'Regulator', '#/concerns', stepped, DESK, 'dark'],
  ['overview', 'Regulator', '#/overview', (page) => page.getByRole('table').waitFor(), DESK, 'light'],
];

async function drawn(page) {
  await page.getByRole('group', { name: /batches in \d+ stages/ }).waitFor();
  await page.locator('.cards .verdict').first().waitFor();
}
async function lit(page) {
  await drawn(page);
  await page.getByRole('button', { name: 'Show in the chain' }).first().click();
  await page.locator('.node.lit').first().waitFor();
  await page.locator('details.event').first().waitFor();
}
async function searched(page) {
  await page.getByRole('combobox').fill('anode');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('ArrowDown');
}
async function written(page) {
  await page.getByRole('button', { name: 'Record a transformation' }).click();
  const form = page.getByRole('form', { name: 'Transformation' });
  await form.getByRole('group', { name: 'Inputs, grams' }).getByRole('spinbutton').first().fill('1000');
  await form.getByLabel('Batch id').fill('anode-2026-12');
  await form.getByLabel('Gross, grams').fill('1200');
  await form.getByRole('table').scrollIntoViewIfNeeded();
}
async function compared(page) {
  const event = page
    .locator('.cards > li')
    .first()
    .getByRole('button', { name: /\(event \d+\)/ });
  await event.first().waitFor({ timeout: 120_000 });
}

async function told(page) {
  await page.getByRole('region', { name: 'Product' }).waitFor();
  await page.locator('.cards .verdict').first().waitFor();
}
async function listed(page) {
  await page.getByText('2 of 2 shown').waitFor();
}
async function stepped(page) {
  await page
    .getByRole('button', { name: /^Next step/ })
    .first()
    .click();
  await page.getByRole('form', { name: 'Next step' }).waitFor();
}

/** Two concerns on the docket, which the demonstration has none on. */
async function admit(url, key) {
  const record = async (path, body, headers) => {
    const sent = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
    const answer = await fetch(`${url}/v1/${path}`, { ...sent, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.headers.get('ledger-position');
  };
  const regulator = { authorization: `Bearer ${key}` };
  const river = { concernId: 'river-below-the-pit', siteId: 'tinago-pit', rights: ['water'], source: 'public' };
  await record('concerns', { ...river, statement: 'The river runs red since May' }, {});
  await record('concerns/river-below-the-pit/admission', { summary: 'Discoloured water below the pit' }, regulator);
  const children = { summary: 'Children were seen at work in the pit' };
  const position = await record('concerns/tinago-2026/admission', children, regulator);
  await fetch(`${url}/v1/docket`, { headers: { 'ledger-position': position } });
}

/** @returns its address and what it printed */
async function start(data) {
  const server = spawn(process.execPath, [join(root, 'dist/apps/cli/src/main.js'), 'serve', '--demonstration'], {
    env: { ...process.env, LODEBOOK_DATA: data, LODEBOOK_PORT: '0', LODEBOOK_ADMIN_KEY: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const url = await new Promise((resolve, reject) => {
    server.stdout.on('data', (chunk) => {
      output += String(chunk);
      const found = /Lodebook is at\s+(\S+)[^]*Attestor\s+\S+/.exec(output);
      if (found) resolve(found[1]);
    });
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: npm run build first`)));
  });
  return { url, keyOf: (who) => new RegExp(`^${who}\\s+(lodebook_\\S+)`, 'm').exec(output)[1], server };
}

const data = await mkdtemp(join(tmpdir(), 'lodebook-screenshots-'));
await mkdir(folder, { recursive: true });
const { url, keyOf, server } = await start(data);
await admit(url, keyOf('Regulator'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
let heavy = 0;
const wanted = process.argv.slice(2);
for (const [name, who, address, act, viewport, colorScheme] of PICTURES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const context = await browser.newContext({ viewport, colorScheme, locale: 'en' });
  const page = await context.newPage();
  await page.goto(`${url}/`);
  if (who !== undefined) {
    await page.getByLabel('API key').fill(keyOf(who));
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Batches' }).waitFor();
  }
  await page.goto(`${url}/${address}`);
  await act(page);
  const path = join(folder, `console-${name}.png`);
  await page.screenshot({ path });
  const { size } = await stat(path);
  if (size > HEAVIEST) heavy++;
  console.log(`${path}  ${Math.round(size / 1_000)} kB${size > HEAVIEST ? '  too heavy' : ''}`);
  await context.close();
}
await browser.close();
server.removeAllListeners('exit');
const ended = once(server, 'exit');
server.kill();
// It writes into the folder to the end.
await ended;
await rm(data, { recursive: true, force: true });
process.exitCode = heavy === 0 ? 0 : 1;
