import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const START = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
const FITTING = 'module.exports = class { close() {} };\n';
/** How Node refuses a native module built for another version of Node. */
const OF_ANOTHER_NODE = `throw Object.assign(new Error('NODE_MODULE_VERSION 108'), { code: 'ERR_DLOPEN_FAILED' });\n`;

/** A checkout with the real script and an npm that only logs its arguments, because a real installation takes minutes. */
describe('npm start', () => {
  let root: string;
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lodebook-start-'));
    mkdirSync(join(root, 'scripts'));
    copyFileSync(START, join(root, 'scripts/start.mjs'));
    for (const folder of ['apps', 'libs']) mkdirSync(join(root, folder));
    write('package.json', '{}');
    write('package-lock.json', '{}');
    write('bin/npm', '#!/bin/sh\necho "$*" >> "$(dirname "$0")/../npm.log"\nmkdir -p node_modules\n' + INSTALL);
    chmodSync(join(root, 'bin/npm'), 0o755);
    write('dist/apps/cli/src/main.js', `console.log('served', process.argv.slice(2).join(' '));\n`);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function start(): { stdout: string; stderr: string; npm: string[] } {
    write('npm.log', '');
    const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/start.mjs')], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(root, 'bin')}${delimiter}${process.env['PATH']}` },
    });
    const npm = readFileSync(join(root, 'npm.log'), 'utf8').trim().split('\n');
    return { stdout, stderr, npm: npm.filter((line) => line !== '').map((line) => line.split(' ')[0]!) };
  }

  it('installs what is missing, says that it takes a while, and installs nothing twice', () => {
    const first = start();
    expect([first.npm[0], first.stdout]).toEqual(['ci', 'served serve --demonstration\n']);
    expect(first.stderr).toMatch(/Installing, which takes some minutes the first time …/);
    expect(start().npm).not.toContain('ci');
  });

  it('installs again when the native modules were built for another version of Node', () => {
    start();
    write('node_modules/better-sqlite3/index.js', OF_ANOTHER_NODE);
    const again = start();
    expect(again.npm[0]).toBe('ci');
    expect(again.stderr).toContain(`Installing anew for Node ${process.versions.node} …`);
    expect(again.stdout).toBe('served serve --demonstration\n');
  });
});

/** Makes the files of an installation that the script checks. */
const INSTALL = `if [ "$1" = ci ]; then
  mkdir -p node_modules/better-sqlite3
  echo '${FITTING.trim()}' > node_modules/better-sqlite3/index.js
  echo '{}' > node_modules/.package-lock.json
fi
`;
