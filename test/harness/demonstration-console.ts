import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, type Page } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { openTab, signInWith, type Tab } from './console.js';
import { serverProcess, temporaryFolder, type ServerProcess } from './cli.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** WCAG 2.2, levels A and AA. */
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** The violations that axe finds on the page. It runs in an isolated world, since the page's policy allows no foreign scripts. */
export async function violationsOn(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  await session.send('Runtime.evaluate', { contextId: executionContextId, expression: AXE });
  const { result } = await session.send('Runtime.evaluate', {
    contextId: executionContextId,
    expression: `axe.run(document, { runOnly: ${JSON.stringify(STANDARDS)} })`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  const { violations } = result.value as AxeResult;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

/** Resolves when nothing on the page is loading; the network is never idle, since news is streamed. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main').filter({ hasText: 'Loading' }).waitFor({ state: 'hidden' });
}

/** The console of a server with the demonstration chain, opened in a browser. */
export class DemonstrationConsole {
  readonly #folder: string;
  readonly #server: ServerProcess;
  readonly #browser: Browser;
  #page: Page | undefined;

  private constructor(folder: string, server: ServerProcess, browser: Browser) {
    this.#folder = folder;
    this.#server = server;
    this.#browser = browser;
  }

  static async start(): Promise<DemonstrationConsole> {
    const folder = await temporaryFolder();
    const server = await serverProcess({ LODEBOOK_DATA: folder, LODEBOOK_ADMIN_KEY: '' }, ['--demonstration']);
    return new DemonstrationConsole(folder, server, await launchChromium());
  }

  get url(): string {
    return this.#server.url;
  }

  /** Everything the server printed. */
  get output(): string {
    return this.#server.output();
  }

  get operatorKey(): string {
    return this.#server.key;
  }

  /** The address for picking a persona, which the start printed. */
  get personas(): string {
    return /^Pick one\s+(\S+)/m.exec(this.#server.output())![1]!;
  }

  /** The key that the start printed. */
  keyOf(who: string): string {
    return new RegExp(`^${who}\\s+(lodebook_\\S+)`, 'm').exec(this.#server.output())![1]!;
  }

  /** A new tab, signed out; the previous one is closed. */
  async open(width = 1280, scheme: 'light' | 'dark' = 'light'): Promise<Tab> {
    await this.#page?.context().close();
    const { page, complaints } = await openTab(this.#browser, width, scheme);
    this.#page = page;
    await page.goto(`${this.url}/`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    return { page, complaints };
  }

  async signIn(page: Page, who: string): Promise<void> {
    await signInWith(page, this.keyOf(who));
  }

  async openBatch(page: Page, batchId: string, programme: string): Promise<void> {
    await page.goto(`${this.url}/#/batches/${batchId}?programme=${programme}`);
    await page.getByRole('group', { name: /batches in \d+ stages/ }).waitFor();
    await page.locator('.verdict').first().waitFor();
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
