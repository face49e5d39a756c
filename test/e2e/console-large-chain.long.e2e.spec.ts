import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type CDPSession, type Page } from 'playwright-core';
import { describeInBrowser } from '../harness/chromium.js';
import { DemonstrationConsole, settled, violationsOn } from '../harness/demonstration-console.js';

const BATCHES = 999;
const OCCURRED = '2025-01-01T00:00:00.000Z';
const DAY_MS = 86_400_000;
const STAGES = 10;
/** Batches made in each stage of the deep chain, in two campaigns. */
const WIDTH = 100;
/** From the answer until the chain is drawn. */
const LONGEST_MS = 2_000;
/** Frames of a pan; the page's thread must do the work of them in as many sixtieths of a second. */
const FRAMES = 120;
const FRAME_MS = 1_000 / 60;
/** Most nodes and flows drawn, however large the chain: those in view, and some around them. */
const MOST_DRAWN = 1_200;

describeInBrowser('a chain of 1,000 batches', () => {
  let server: DemonstrationConsole;
  let page: Page;
  let work: CDPSession;
  beforeAll(async () => {
    server = await DemonstrationConsole.start();
    await recordHeap(server);
    await recordStages(server);
    ({ page } = await server.open());
    await server.signIn(page, 'Regulator');
    // Measures the page's thread alone: other processes of the machine do not count.
    work = await page.context().newCDPSession(page);
    await work.send('Performance.enable', { timeDomain: 'threadTicks' });
  }, 240_000);
  afterAll(() => server?.stop());

  async function open(batchId: string, name: string): Promise<void> {
    await page.goto(`${server.url}/#/batches/${batchId}`);
    await page.getByRole('group', { name }).waitFor({ timeout: 60_000 });
  }
  /** Milliseconds that the page's thread worked. */
  async function workOf(act: () => Promise<unknown>): Promise<number> {
    const before = await worked(work);
    await act();
    return (await worked(work)) - before;
  }
  const drawn = async (): Promise<number> =>
    (await page.locator('.node').count()) + (await page.locator('.flow').count());
  /** The node with the focus, which moves there once the node is drawn. */
  const focused = async (): Promise<string> => {
    await page.locator('.node:focus').waitFor();
    return page.evaluate<string>(`document.activeElement.querySelector('title').textContent`);
  };

  it('is drawn folded soon after it has loaded, and unfolds where the reader clicks', async () => {
    const took = await workOf(() => open('great-heap', '1000 batches in 2 stages'));
    const drawnAfter = await page.evaluate<number>(`(() => {
        const asked = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/provenance'));
        return performance.now() - asked.at(-1).responseEnd;
      })()`);
    expect(drawnAfter).toBeLessThan(LONGEST_MS);
    expect(took).toBeLessThan(LONGEST_MS);
    const folded = page.getByRole('button', { name: /^999 batches/ });
    await folded.waitFor();
    expect(await page.locator('.node').count()).toBe(2);
    await settled(page);
    expect(await violationsOn(page)).toEqual([]);
    const unfolding = await workOf(async () => {
      await folded.focus();
      await page.keyboard.press('Enter');
      await page
        .getByRole('button', { name: /^heap-\d+/ })
        .first()
        .waitFor();
    });
    expect(unfolding).toBeLessThan(LONGEST_MS);
    expect(await drawn()).toBeLessThan(MOST_DRAWN);
    expect(await focused()).toMatch(/^heap-0\s/);
  });

  it('can be navigated by keyboard from end to end, although most of it is not drawn', async () => {
    const farthest = page.getByRole('button', { name: /^heap-998\s/ });
    expect(await farthest.count()).toBe(0);
    await page.keyboard.press('End');
    expect(await focused()).toMatch(/^great-heap\s/);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toMatch(/^heap-1\s/);
    await page.evaluate(`document.querySelector('.chain').scrollTop = 1e9`);
    await farthest.waitFor();
    await farthest.click();
    await page.getByRole('heading', { level: 1, name: 'heap-998' }).waitFor();
    await page.goBack();
    await page.getByRole('group', { name: '1000 batches in 2 stages' }).waitFor();
  });

  it('is printed in full', async () => {
    await page.getByLabel('Read by').selectOption('batch');
    await page.getByRole('button', { name: /^heap-0\s/ }).waitFor();
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    await page.getByRole('button', { name: /^heap-998\s/ }).waitFor();
    expect(await page.locator('.node').count()).toBe(1 + BATCHES);
    await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
    await page.getByRole('button', { name: /^heap-998\s/ }).waitFor({ state: 'detached' });
  });

  it('is grouped by campaign, site or stage, and unfolds and folds with the keyboard', async () => {
    await open('deep-end', '1001 batches in 11 stages');
    // Two campaigns for each stage but the first, which was registered, not made; and the last batch.
    const readBy = page.getByLabel('Read by');
    expect(await readBy.inputValue()).toBe('campaign');
    const nodes = page.locator('.node');
    expect(await nodes.count()).toBe(2 * (STAGES - 1) + 2);
    const campaign = page.getByRole('button', { name: /^50 batches .*Jan 25, 2025 · recycling$/ });
    await campaign.focus();
    await page.keyboard.press('Enter');
    expect(await nodes.count()).toBe(2 * (STAGES - 1) + 1 + WIDTH / 2);
    expect(await focused()).toMatch(/^deep-1-0\s/);
    await page.keyboard.press('Backspace');
    expect(await nodes.count()).toBe(2 * (STAGES - 1) + 2);
    expect(await focused()).toMatch(/^50 batches/);
    await readBy.selectOption('site');
    expect(await nodes.count()).toBe(STAGES + 1);
    await page
      .getByRole('button', { name: /^100 batches/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Fold last group' }).click();
    expect(await nodes.count()).toBe(STAGES + 1);
    await settled(page);
    expect(await violationsOn(page)).toEqual([]);
  });

  it('pans smoothly when every batch is drawn: the page keeps up with 60 frames a second', async () => {
    await page.getByLabel('Read by').selectOption('batch');
    await page.getByRole('button', { name: /^deep-0-0\s/ }).waitFor();
    const panned = await workOf(() =>
      page.evaluate(`new Promise((done) => {
          const chain = document.querySelector('.chain');
          let frame = 0;
          const step = () => {
            chain.scrollTo(frame * 15, frame * 50);
            if (++frame < ${FRAMES}) requestAnimationFrame(step);
            else done();
          };
          requestAnimationFrame(step);
        })`),
    );
    expect(panned).toBeLessThan(FRAMES * FRAME_MS);
    expect(await drawn()).toBeLessThan(MOST_DRAWN);
    // Panning with the mouse opens nothing.
    await page.locator('.chain').scrollIntoViewIfNeeded();
    const chain = (await page.locator('.chain').boundingBox())!;
    const topBefore = await page.evaluate<number>(`document.querySelector('.chain').scrollTop`);
    await page.mouse.move(chain.x + 200, chain.y + 200);
    await page.mouse.down();
    await page.mouse.move(chain.x + 200, chain.y + 320, { steps: 4 });
    await page.mouse.up();
    expect(await page.evaluate<number>(`document.querySelector('.chain').scrollTop`)).toBe(topBefore - 120);
    expect(page.url()).toContain('deep-end');
  });

  // The last: the script stays with the page.
  it('moves the focus where a key pressed the moment the chain is drawn asks for it', async () => {
    await page.addInitScript(`new MutationObserver((_, observer) => {
        const group = [...document.querySelectorAll('.node')].find(({ textContent }) => textContent.startsWith('50 batches'));
        if (group === undefined) return;
        observer.disconnect();
        group.focus();
        group.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
      }).observe(document, { childList: true, subtree: true })`);
    await open('deep-end', '1001 batches in 11 stages');
    await page.reload();
    await page.getByRole('button', { name: /^deep-\d+-0\s/ }).waitFor();
    expect(await focused()).toMatch(/^deep-\d+-0\s/);
  });
});

async function worked(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1_000 * metrics.find(({ name }) => name === 'TaskDuration')!.value;
}

async function post(
  server: DemonstrationConsole,
  path: string,
  body: string,
  type = 'application/json',
): Promise<void> {
  const headers = { authorization: `Bearer ${server.operatorKey}`, 'content-type': type };
  const answer = await fetch(`${server.url}/v1/${path}`, { method: 'POST', body, headers });
  const text = await answer.text();
  if (!answer.ok || text.includes('urn:lodebook:problem')) throw new Error(`${path}: ${text.slice(0, 500)}`);
}

async function recordSite(server: DemonstrationConsole, siteId: string): Promise<void> {
  const site = { siteId, name: siteId, country: 'JP', activities: ['recycling'], occurredAt: OCCURRED };
  await post(server, 'organisations/seto/sites', JSON.stringify(site));
}

async function recordLines(
  server: DemonstrationConsole,
  siteId: string,
  command: string,
  bodies: readonly object[],
): Promise<void> {
  const lines = bodies.map((body) => JSON.stringify({ command, body }));
  await post(server, `sites/${siteId}/commands`, `${lines.join('\n')}\n`, 'application/x-ndjson');
}

function registered(batchId: string, grossGrams: number): object {
  const contentGrams = { cobalt: grossGrams / 10 };
  const origin = { kind: 'undocumented' };
  return { batchId, material: 'black-mass', grossGrams, contentGrams, origin, occurredAt: OCCURRED };
}

function recycled(batchId: string, inputs: readonly (readonly [string, number])[], occurredAt: string): object {
  const whole = inputs.reduce((sum, [, grams]) => sum + grams, 0);
  const [grossGrams, cobalt] = [Math.floor(whole * 0.9), Math.floor(whole * 0.09)];
  return {
    transformationId: `making-${batchId}`,
    process: 'recycling',
    chainOfCustody: 'controlled-blending',
    inputs: inputs.map(([id, grams]) => ({ batchId: id, grossGrams: grams })),
    outputs: [{ batchId, material: 'black-mass', grossGrams, contentGrams: { cobalt } }],
    occurredAt,
  };
}

/** 999 batches blended in one transformation. */
async function recordHeap(server: DemonstrationConsole): Promise<void> {
  await recordSite(server, 'great-yard');
  const ids = Array.from({ length: BATCHES }, (_, index) => `heap-${index}`);
  const heaps = ids.map((id) => registered(id, 1_000));
  await recordLines(server, 'great-yard', 'batches', heaps);
  const inputs = ids.map((id) => [id, 1_000] as const);
  await recordLines(server, 'great-yard', 'transformations', [recycled('great-heap', inputs, OCCURRED)]);
}

/** Ten stages of 100 batches, each made of four of the stage before; half of a stage twelve days after the other half. */
async function recordStages(server: DemonstrationConsole): Promise<void> {
  await recordSite(server, 'deep-yard');
  const index = Array.from({ length: WIDTH }, (_, each) => each);
  const first = index.map((each) => registered(`deep-0-${each}`, 100_000));
  await recordLines(server, 'deep-yard', 'batches', first);
  for (let stage = 1; stage < STAGES; stage++) {
    const grams = Math.floor((100_000 * 0.8 ** (stage - 1)) / 4);
    const bodies = index.map((each) => {
      const inputs = [0, 7, 14, 21].map((step) => [`deep-${stage - 1}-${(each + step) % WIDTH}`, grams] as const);
      const days = 24 * stage + (each < WIDTH / 2 ? 0 : 12);
      return recycled(`deep-${stage}-${each}`, inputs, new Date(Date.parse(OCCURRED) + days * DAY_MS).toISOString());
    });
    await recordLines(server, 'deep-yard', 'transformations', bodies);
  }
  const last = index.map((each) => [`deep-${STAGES - 1}-${each}`, 1_000] as const);
  const end = new Date(Date.parse(OCCURRED) + 24 * STAGES * DAY_MS).toISOString();
  await recordLines(server, 'deep-yard', 'transformations', [recycled('deep-end', last, end)]);
}
