import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PACKAGE_ROOT } from '#programmes';

type Row = Record<string, unknown>;

/** A copy of the build with tables of its own. */
describe('a start with an invalid table', () => {
  let copy: string;
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'lodebook-tables-'));
    for (const part of ['package.json', 'dist', 'libs/custody/tables', 'libs/claims/programmes']) {
      cpSync(join(PACKAGE_ROOT, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(PACKAGE_ROOT, 'node_modules'), join(copy, 'node_modules'));
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  function bend(file: string, change: (rows: Row[]) => void): void {
    const path = join(copy, 'libs/custody/tables', file);
    const table = JSON.parse(readFileSync(path, 'utf8')) as { rows: Row[] };
    change(table.rows);
    writeFileSync(path, JSON.stringify(table));
  }

  const serve = (): Promise<{ code: unknown; stderr: string }> =>
    new Promise((resolve) => {
      const main = join(copy, 'dist/apps/cli/src/main.js');
      execFile(process.execPath, [main, 'serve'], { cwd: copy }, (error, _, stderr) =>
        resolve({ code: error?.code, stderr }),
      );
    });

  it('fails, and names the file and the place', async () => {
    bend('processes.json', (rows) => Object.assign(rows[2]!, { activities: ['alchemy'] }));
    expect(await serve()).toEqual({
      code: 1,
      stderr: 'table libs/custody/tables/processes.json is wrong:\n  rows[2].activities[0]: is no activity\n',
    });
  });

  it('reports everything wrong with the table', async () => {
    bend('materials.json', (rows) => {
      Object.assign(rows[0]!, { phases: ['Unobtainium'] });
      delete rows[1]!['source'];
    });
    const { code, stderr } = await serve();
    expect(code).toBe(1);
    expect(stderr).toContain('libs/custody/tables/materials.json');
    expect(stderr).toContain('rows[0].phases[0]: is not a formula of elements with known weights');
    expect(stderr).toContain('rows[1].source: must be a text, not empty');
  });
});
