import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Say } from '#following';

const FILE = 'key-uses.json';
/** How often uses are written down, in milliseconds. */
const WRITE_EVERY = 60_000;

/**
 * When each key was last used at this server: in memory, and once a minute in a file of the data folder, since an event
 * for each request would cost more than it is worth. A crash loses a minute, a lost file everything; neither affects
 * access.
 */
export class KeyUses {
  readonly #last: Map<string, number>;
  readonly #timer: NodeJS.Timeout;
  #changed = false;

  readonly #dataFolder: string;
  readonly #say: Say;

  /** @param say called when the file cannot be written */
  constructor(dataFolder: string, say: Say) {
    this.#dataFolder = dataFolder;
    this.#say = say;
    this.#last = read(join(dataFolder, FILE));
    this.#timer = setInterval(() => this.#write(), WRITE_EVERY);
    this.#timer.unref();
  }

  note(keyId: string): void {
    this.#last.set(keyId, Date.now());
    this.#changed = true;
  }

  lastUseOf(keyId: string): string | undefined {
    const time = this.#last.get(keyId);
    return time === undefined ? undefined : new Date(time).toISOString();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#write();
  }

  #write(): void {
    if (!this.#changed) return;
    this.#changed = false;
    const path = join(this.#dataFolder, FILE);
    try {
      writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(this.#last)), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    } catch (error) {
      this.#changed = true;
      this.#say('warn', 'the times of the last use of keys could not be written', { err: error });
    }
  }
}

/** The times written earlier; a file in any other form is ignored. */
function read(path: string): Map<string, number> {
  try {
    const entries = Object.entries(JSON.parse(readFileSync(path, 'utf8')) as object);
    return new Map(
      entries.filter((entry): entry is [string, number] => Number.isFinite(new Date(entry[1] as number).getTime())),
    );
  } catch {
    return new Map();
  }
}
