import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { VIEWS_FILE } from '#read-model';
import { temporaryFolder } from '../harness/cli.js';

const PROGRAM = fileURLToPath(new URL('../harness/late-indexes.mjs', import.meta.url));
/** Longer than the indexes take that would still have been made. */
const WELL_OVER_MS = 3_000;
/** A busy machine takes minutes. */
const HANGS_MS = 300_000;

interface Said {
  readonly made?: number;
  readonly of?: number;
  readonly outcome?: string;
  readonly took?: number;
  readonly longest?: number;
  readonly stopped?: number;
}

describe('Indexes of large read tables', () => {
  let dataFolder: string;
  beforeEach(async () => {
    dataFolder = await temporaryFolder();
  });
  afterEach(() => rm(dataFolder, { recursive: true, force: true }));

  /** Runs the program, kills it after so many indexes. @returns what it said last */
  async function run(mode: 'stop' | 'whole', killedAfter = Infinity): Promise<Said> {
    const program = spawn(process.execPath, [PROGRAM, dataFolder, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(program, 'exit');
    let last: Said = {};
    for await (const line of createInterface({ input: program.stdout })) {
      last = JSON.parse(line) as Said;
      if ((last.made ?? 0) >= killedAfter) program.kill('SIGKILL');
    }
    await ended;
    return last;
  }

  function indexes(): number {
    const database = new Database(join(dataFolder, VIEWS_FILE), { readonly: true });
    try {
      return database
        .prepare<[], number>(`select count(*) from sqlite_schema where type = 'index' and sql is not null`)
        .pluck()
        .get()!;
    } finally {
      database.close();
    }
  }

  it(
    'are made in another process while the event loop turns, one by one, and are left at once by a stop',
    async () => {
      const stopped = await run('stop');
      expect(stopped.outcome).toBe('AbortError');
      expect(stopped.stopped).toBeLessThan(2_000);
      const before = indexes();
      const whole = await run('whole');
      expect(whole.outcome).toBe('made');
      expect(indexes()).toBeGreaterThanOrEqual(before + 3);
      expect(whole.longest! / whole.took!).toBeLessThan(0.2);
    },
    HANGS_MS,
  );

  it(
    'are not made on after their server was killed, and the next start makes the rest',
    async () => {
      expect((await run('whole', 1)).outcome).toBeUndefined();
      const before = indexes();
      await delay(WELL_OVER_MS);
      expect(indexes()).toBeLessThanOrEqual(before + 1);
      const whole = await run('whole');
      expect(whole.outcome).toBe('made');
      expect(indexes()).toBeGreaterThan(before + 2);
    },
    HANGS_MS,
  );
});
