// What `npm start` does on a fresh clone: install what is missing, build what is old, start the ledger. No dependencies.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** See "Memory" in docs/operations.md. */
const NEW_SPACE = '--max-semi-space-size=64';
const entry = join(root, 'dist/apps/cli/src/main.js');

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

function run(what, args) {
  console.error(`${what} …`);
  const { status } = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

const installed = join(root, 'node_modules/.package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs) {
  run('Installing', ['ci', '--no-fund', '--no-audit', '--loglevel=error']);
}
if (
  !existsSync(entry) ||
  statSync(entry).mtimeMs < Math.max(newest('apps'), newest('libs'), statSync(installed).mtimeMs)
) {
  run('Building', ['run', '--silent', 'build']);
}

const server = spawn(process.execPath, [NEW_SPACE, entry, 'serve', '--demonstration', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
