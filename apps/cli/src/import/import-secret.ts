import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** In the data folder, or where programs of this user keep their state. */
export const IMPORT_SECRET_FILE = 'import-key';
const FORM = /^[0-9a-f]{64}\n$/;

/**
 * The secret that the keys of imported lines are derived with, made at the first import: whoever guesses a line cannot
 * derive the ids it was recorded under. A file that is imported again finds it again, so that nothing is doubled.
 * @param dataFolder of the ledger that is imported into; with `isElsewhere`, a ledger somewhere else: then its own secret is
 *   used if the folder has one (an import that was begun there goes on over HTTP), else that of the user
 * @throws Error when the file is not one of these, and the system's errors
 */
export function importSecret(dataFolder: string, isElsewhere: boolean): Buffer {
  const ofFolder = join(dataFolder, IMPORT_SECRET_FILE);
  const path = isElsewhere && !existsSync(ofFolder) ? join(stateFolder(), IMPORT_SECRET_FILE) : ofFolder;
  if (!existsSync(path)) make(path);
  const text = readFileSync(path, 'utf8');
  if (!FORM.test(text))
    throw new Error(`${path} must hold 64 hexadecimal digits: restore it, or a re-run doubles lines`);
  return Buffer.from(text.trim(), 'hex');
}

/** XDG Base Directory Specification. */
function stateFolder(): string {
  const home = process.env['XDG_STATE_HOME'];
  return join(home === undefined || home === '' ? join(homedir(), '.local', 'state') : home, 'lodebook');
}

function make(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return; // another import was faster
    throw error;
  }
  try {
    writeSync(file, `${randomBytes(32).toString('hex')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
