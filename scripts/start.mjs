// What `npm start` does on a fresh clone: install what is missing, build what is old, start the ledger. No dependencies.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** See "Memory" in docs/operations.md. */
const NEW_SPACE = '--max-semi-space-size=64';
const entry = join(root, 'dist/apps/cli/src/main.js');
/** How often a step that takes long says that it is still at work, milliseconds. */
const STILL_AT_WORK_MS = 10_000;

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Lodebook needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(2);
}

/** Time of the newest file below a folder. */
function newest(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((file) => file.isFile())
    .reduce((time, file) => Math.max(time, statSync(join(file.parentPath ?? file.path, file.name)).mtimeMs), 0);
}

/** Runs npm, and says now and then how long it has been at it. Ends the process when npm fails. */
async function run(what, args) {
  const began = Date.now();
  console.error(`${what} …`);
  const npm = spawn('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  const ticking = setInterval(
    () => console.error(`${what} … ${Math.round((Date.now() - began) / 1_000)} s`),
    STILL_AT_WORK_MS,
  );
  const status = await new Promise((resolve) => {
    npm.once('error', () => resolve(1));
    npm.once('exit', (code) => resolve(code ?? 1));
  });
  clearInterval(ticking);
  if (status !== 0) process.exit(status);
}

/** Whether the native modules are there for this Node: they are built for one version of its binary interface. */
function fitsThisNode() {
  const require = createRequire(join(root, 'package.json'));
  try {
    const Database = require('better-sqlite3');
    new Database(':memory:').close();
    return true;
  } catch {
    return false;
  }
}

const installed = join(root, 'node_modules/.package-lock.json');
if (!existsSync(installed)) {
  await run('Installing, which takes some minutes the first time', [
    'ci',
    '--no-fund',
    '--no-audit',
    '--loglevel=error',
  ]);
} else if (statSync(installed).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs) {
  await run('Installing what has changed', ['ci', '--no-fund', '--no-audit', '--loglevel=error']);
} else if (!fitsThisNode()) {
  await run(`Installing anew for Node ${process.versions.node}`, ['ci', '--no-fund', '--no-audit', '--loglevel=error']);
}
if (
  !existsSync(entry) ||
  statSync(entry).mtimeMs < Math.max(newest('apps'), newest('libs'), statSync(installed).mtimeMs)
) {
  await run('Building', ['run', '--silent', 'build']);
}

const server = spawn(process.execPath, [NEW_SPACE, entry, 'serve', '--demonstration', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
