import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LEDGER_FILE } from '#event-store';
import { run, temporaryFolder } from '../harness/cli.js';

const PROGRAM = fileURLToPath(new URL('../harness/read-through.mjs', import.meta.url));
const EVENTS = 1_000;
/** A busy machine takes minutes. */
const HANGS_MS = 300_000;

interface Told {
  /** Leaves that were signed in the end, or would have been. */
  readonly events: number;
  /** Events read in the thread that takes commands. */
  readonly readHere: number;
  readonly readings: number;
  readonly alarm: string | null;
}

describe('a long log, read through in a thread while the ledger is open', () => {
  let folder: string;
  let data: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    data = join(folder, 'data');
    expect((await run(['bench', 'generate', '--events', String(EVENTS), '--out', data])).code).toBe(0);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function opened(): Promise<Told> {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, data]);
    return JSON.parse(stdout) as Told;
  }

  it(
    'is signed once it is read, and an alteration made while the ledger was closed is found',
    async () => {
      const first = await opened();
      expect(first).toEqual({ events: first.events, readHere: first.events - 1, readings: 0, alarm: null });
      const second = await opened();
      expect(second).toEqual({ events: first.events + 1, readHere: 0, readings: 1, alarm: null });

      const database = new Database(join(data, LEDGER_FILE));
      const { changes } = database
        .prepare(
          `UPDATE events SET record = CAST(replace(CAST(record AS TEXT), 'cobalt', 'nickel') AS BLOB) WHERE position =
           (SELECT position FROM events WHERE instr(CAST(record AS TEXT), 'cobalt') ORDER BY position LIMIT 1 OFFSET 20)`,
        )
        .run();
      expect(changes).toBe(1);
      database.close();
      const third = await opened();
      expect(third.readings).toBe(1);
      expect(third.alarm).toMatch(/^event \d+ is not the one that was signed\.$/);
    },
    HANGS_MS,
  );
});
