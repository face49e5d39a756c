import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { type FsckReport } from '#audit';
import { run } from '../harness/cli.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { extracted, openTwoSites } from '../harness/two-sites.js';
import { LONG } from '../properties/runs.js';
import { startEventStoreDbDouble, type EventStoreDbDouble } from '../eventstoredb-double/index.js';

/** The least number of runs, and the least time under load, milliseconds; longer with `LODEBOOK_LONG=1`. */
const [RUNS, LOAD_MS] = LONG ? [20, 40_000] : [4, 0];
/** Commands of a request while the log is short, commands of a request later, and the number of commands that is later. */
const [LINES_AT_ONCE, LINES_LATER, LATER] = [50, 1, 10_000];
/**
 * Between two requests, milliseconds. The log grows and is signed all the time, but more slowly than `fsck` reads it: at a
 * constant rate each `fsck` would find a log longer than the last by the same factor, and on a busy machine twenty of them
 * would never end.
 */
const PAUSE_MS = 100;

/** Records batches until told to stop. @returns how many */
async function load(ledger: RunningLedger, signal: AbortSignal): Promise<number> {
  let recorded = 0;
  while (!signal.aborted) {
    const length = recorded < LATER ? LINES_AT_ONCE : LINES_LATER;
    const lines = Array.from({ length }, (_, index) =>
      JSON.stringify({ command: 'batches', body: extracted(`loaded-${recorded + index}`) }),
    );
    const answer = await ledger.request('POST', '/v1/sites/pit/commands', `${lines.join('\n')}\n`, {
      'content-type': 'application/x-ndjson',
    });
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    recorded += length;
    await delay(PAUSE_MS);
  }
  return recorded;
}

describe('fsck beside a running ledger', () => {
  let double: EventStoreDbDouble;
  beforeAll(async () => {
    double = await startEventStoreDbDouble();
  });
  afterAll(() => double.stop());

  it.each(['sqlite', 'eventstoredb'])(
    'finds it sound, however fast it signs meanwhile (%s)',
    async (engine) => {
      const variables: Record<string, string> = engine === 'sqlite' ? {} : { LODEBOOK_EVENTSTORE_URL: double.url };
      const ledger = await RunningLedger.start(variables);
      await openTwoSites(ledger);
      const stop = new AbortController();
      const loading = load(ledger, stop.signal);
      const began = performance.now();
      for (let round = 0; round < RUNS || performance.now() - began < LOAD_MS; round++) {
        const { code, stdout } = await run(['fsck', '--json'], { ...variables, LODEBOOK_DATA: ledger.folder });
        expect((JSON.parse(stdout) as FsckReport).findings).toEqual([]);
        expect(code).toBe(0);
      }
      stop.abort();
      expect(await loading).toBeGreaterThan(LINES_AT_ONCE);
      await ledger.dispose();
    },
    LONG ? 3_600_000 : 600_000,
  );
});
