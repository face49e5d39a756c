import { describe, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Path of the binary in Debian's package. */
const CHROMIUM = '/usr/bin/chromium';
/** Headless, without background network traffic, and without the sandbox, which containers do not allow. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A suite that needs a browser; without one it is skipped with a message. With `REQUIRE_BROWSER=required` a missing Chromium
 * fails it instead.
 */
export function describeInBrowser(name: string, suite: () => void): void {
  if (existsSync(CHROMIUM) || process.env['REQUIRE_BROWSER'] === 'required') return describe(name, suite);
  describe(name, () => {
    it.skip(`needs a browser: apt-get install chromium puts one at ${CHROMIUM}`, () => undefined);
  });
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** Collects errors of the browser console, the page's scripts and the network from now on. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()} ${response.status()}`);
  });
  return complaints;
}
