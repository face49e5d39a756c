import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

it('the program of docs/recording.md records, and says what the page shows', () => {
  const page = readFileSync(join(ROOT, 'docs/recording.md'), 'utf8');
  const [, program] = /```js\n([^]*?)```/.exec(page)!;
  const [, output] = /```\n\n```\n([^]*?)```/.exec(page)!;
  const data = mkdtempSync(join(tmpdir(), 'lodebook-'));
  // Inside the package, because it imports by the package's subpath names.
  const file = join(ROOT, 'dist', `recording-example-${process.pid}.mjs`);
  writeFileSync(file, program!);
  try {
    const said = execFileSync(process.execPath, ['--no-warnings', file, data], { encoding: 'utf8' });
    expect(said).toBe(output);
  } finally {
    rmSync(file);
    rmSync(data, { recursive: true });
  }
});
