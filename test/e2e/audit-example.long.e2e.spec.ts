import { expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { auditedChain } from '../harness/audited-chain.js';
import { run, temporaryFolder } from '../harness/cli.js';
import { RunningLedger } from '../harness/running-ledger.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

it('the program of docs/audit.md prints the same digest as lodebook replay, while a server is running', async () => {
  const [, program] = /```js\n([^]*?)```/.exec(readFileSync(join(ROOT, 'docs/audit.md'), 'utf8'))!;
  // Inside the package, because it imports by the package's subpath names.
  const file = join(ROOT, 'dist', `audit-example-${process.pid}.mjs`);
  const folder = await temporaryFolder();
  const ledger = await RunningLedger.start({}, folder);
  try {
    await auditedChain(ledger);
    writeFileSync(file, program!);
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', file, folder]);
    const replayed = await run(['replay', '--json'], { LODEBOOK_DATA: folder });
    const { events, digest } = JSON.parse(replayed.stdout) as { events: number; digest: string };
    expect(events).toBeGreaterThan(0);
    expect(stdout).toBe(`${events} ${digest}\n`);
  } finally {
    rmSync(file, { force: true });
    await ledger.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
});
