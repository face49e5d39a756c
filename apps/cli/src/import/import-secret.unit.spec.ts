import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IMPORT_SECRET_FILE, importSecret } from './import-secret.js';

describe('the secret of imports', () => {
  let folder: string;
  const before = process.env['XDG_STATE_HOME'];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lodebook-'));
    process.env['XDG_STATE_HOME'] = join(folder, 'state');
  });
  afterEach(() => {
    if (before === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = before;
    rmSync(folder, { recursive: true });
  });

  it('is made once, for its owner alone, and found again', () => {
    const made = importSecret(folder, false);
    expect(made).toHaveLength(32);
    expect(importSecret(folder, false)).toEqual(made);
    expect(statSync(join(folder, IMPORT_SECRET_FILE)).mode & 0o777).toBe(0o600);
    expect(importSecret(join(folder, 'other'), false)).not.toEqual(made);
  });

  it('is that of the folder for a ledger elsewhere, or else the user’s own', () => {
    const own = importSecret(folder, true);
    expect(existsSync(join(folder, IMPORT_SECRET_FILE))).toBe(false);
    expect(importSecret(folder, true)).toEqual(own);
    const ofFolder = importSecret(folder, false);
    expect(ofFolder).not.toEqual(own);
    expect(importSecret(folder, true)).toEqual(ofFolder);
  });

  it('is not made anew over a file that is damaged', () => {
    writeFileSync(join(folder, IMPORT_SECRET_FILE), 'half');
    expect(() => importSecret(folder, false)).toThrow('64 hexadecimal digits');
  });
});
