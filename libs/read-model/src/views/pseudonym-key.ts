import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Pseudonyms } from '#access';
import { ViewsError } from './views-error.js';

/** File name of the secret behind pseudonyms, in the data folder: it is kept with the log, for it follows from nothing. */
export const PSEUDONYM_KEY_FILE = 'pseudonym-key';
const SECRET_BYTES = 32;
const CONTENT = /^[0-9a-f]{64}\n$/;

/** @returns undefined when the folder has no secret. @throws ViewsError `pseudonym-key-malformed` */
export function readPseudonyms(dataFolder: string): Pseudonyms | undefined {
  const file = join(dataFolder, PSEUDONYM_KEY_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ViewsError('pseudonym-key-malformed', `${file} cannot be read`, { cause: error });
  }
  if (!CONTENT.test(text)) {
    const detail = `${file} is not the secret that this ledger made: bring it back from where it is kept safe`;
    throw new ViewsError('pseudonym-key-malformed', detail);
  }
  return new Pseudonyms(Buffer.from(text.trim(), 'hex'));
}

/**
 * The secret of a folder, made at the first start.
 * @throws ViewsError `pseudonym-key-malformed`; `views-unavailable` when it cannot be written
 */
export function openPseudonyms(dataFolder: string): Pseudonyms {
  const known = readPseudonyms(dataFolder);
  if (known) return known;
  try {
    makeSecret(dataFolder);
  } catch (error) {
    throw new ViewsError('views-unavailable', `The data folder ${dataFolder} cannot be written`, { cause: error });
  }
  return readPseudonyms(dataFolder) ?? openPseudonyms(dataFolder);
}

/** Whole or not at all, and of two processes that start at once the first one's: a link is made only where there is none. */
function makeSecret(dataFolder: string): void {
  const draft = join(dataFolder, `${PSEUDONYM_KEY_FILE}.${process.pid}`);
  rmSync(draft, { force: true });
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, `${randomBytes(SECRET_BYTES).toString('hex')}\n`);
    fsyncSync(file);
    linkSync(draft, join(dataFolder, PSEUDONYM_KEY_FILE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(file);
    rmSync(draft, { force: true });
  }
}
