import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { collect } from '../testing/contract-events.js';
import { withLedgerFolder } from '../testing/ledger-folder.js';
import { openSqliteEventStore } from './sqlite-event-store.js';
import { LONG } from '../../../../test/properties/runs.js';

const ROUNDS = LONG ? 40 : 3;
/** A process runs this long after its first acknowledgement, at most, before it is killed. */
const LONGEST_RUN_MS = 250;
/** Of the appending process. */
const EVENTS_PER_APPEND = 3;
const PROGRAM = join(process.cwd(), 'dist/libs/event-store/src/testing/appending-process.js');

describe('a process killed while it appends', () => {
  let made: ReturnType<typeof withLedgerFolder>;
  beforeEach(() => {
    made = withLedgerFolder();
  });
  afterEach(() => made.remove());

  /** Runs the appending process, kills it at a random moment, and answers the ids it saw acknowledged. */
  async function appendUntilKilled(): Promise<string[]> {
    if (!existsSync(PROGRAM))
      throw new Error(`${PROGRAM} is missing: what starts as a process runs from the build (npm run build)`);
    const child = spawn(process.execPath, [PROGRAM, made.ledger], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, complaints] = ['', ''];
    let killing: NodeJS.Timeout | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      killing ??= setTimeout(() => child.kill('SIGKILL'), Math.random() * LONGEST_RUN_MS);
    });
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString('utf8')));
    const [, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect({ signal, complaints }).toEqual({ signal: 'SIGKILL', complaints: '' });
    return output.split('\n').filter((id) => id.length === 36);
  }

  it(
    'has lost nothing that was acknowledged, written nothing twice and nothing by halves',
    async () => {
      const acknowledged: string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const added = await appendUntilKilled();
        expect(added.length).toBeGreaterThan(0);
        acknowledged.push(...added);
        const store = openSqliteEventStore(made.ledger);
        const events = await collect(store.readAll());
        await store.close();

        const ids = new Set(events.map(({ id }) => id));
        expect(ids.size).toBe(events.length);
        expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
        expect(events.every(({ position }, index) => position === BigInt(index))).toBe(true);
        const lengths = new Map<string, bigint>();
        for (const { stream, revision } of events) {
          expect(revision).toBe(lengths.get(stream) ?? 0n);
          lengths.set(stream, revision + 1n);
        }
        const streams = [...lengths.keys()];
        const sites = streams.filter((stream) => stream.startsWith('site-'));
        for (const stream of sites) expect(Number(lengths.get(stream)) % EVENTS_PER_APPEND).toBe(0);
        // Each append of a site is there with the one that it belongs to, and that with it.
        const firsts = events.filter(
          ({ stream, revision }) => sites.includes(stream) && revision % BigInt(EVENTS_PER_APPEND) === 0n,
        );
        const companions = streams.filter((stream) => stream.startsWith('batch-'));
        expect(companions.sort()).toEqual(firsts.map(({ id }) => `batch-${id}`).sort());
      }
    },
    ROUNDS * 20_000,
  );
});
