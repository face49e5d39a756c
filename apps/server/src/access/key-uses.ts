import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Say } from '#following';

const FILE = 'key-uses.json';
/** How often uses are written down, in milliseconds. */
const WRITE_EVERY = 60_000;

/**
 * When each key was used last, as this server saw it. In memory, and in a file of the data folder once a minute: an event
 * for each request would cost more than it is worth. A crash forgets a minute, a lost file everything; neither affects
 * access.
 */
export class KeyUses {
  readonly #last: Map<string, number>;
  readonly #timer: NodeJS.Timeout;
  #changed = false;

  readonly #dataFolder: string;
  readonly #say: Say;

  /** @param say told when the file cannot be written */
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
      this.#say('warn', 'when keys were last used could not be written down', { err: error });
    }
  }
}

/** What was written before; a file of another form counts as none. */
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
