import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'kysely';
import { LEDGER_FILE, MemoryEventStore, openSqliteEventStore } from '#event-store';
import { PROGRAMMES_FOLDER, ProgrammeLibrary } from '#programmes';
import { openViews, Projector, VerdictProjector, type Views } from '#read-model';
import { momentOf, Refinery, saltOf, supplierSite } from './refinery.js';

const PATIENCE_MS = 6 * 3_600_000;
const PROGRAMME = 'us-japan-cma-2023@1';
const LABELS = 15;
const REVOCATIONS = 5;
const DAYS_TOLD = 10;
const NANOSECONDS = 1e6;

export interface BlendSpec {
  readonly folder: string;
  readonly suppliers: number;
  /** Where the log is: in memory it costs nothing of what is measured, and grows in the memory of the process. */
  readonly log: 'memory' | 'disk';
  /** As in a server, or where there is only the source, `here`. */
  readonly copied: 'here' | 'thread';
  /** Ascending; at the end of each of these days it is measured. */
  readonly days: readonly number[];
  /** At each of them; default 5. */
  readonly revocations?: number;
}

export interface BlendDay {
  readonly day: number;
  /** From each label of the last product to its verdict. */
  readonly labelMs: readonly number[];
  /** A supplier's attestation is taken from before the first day on: until all are judged anew, each time. */
  readonly revokeMs: readonly number[];
  readonly revokeCpuMs: readonly number[];
  /** Batches that it turned broken, and that were not when it was given back. */
  readonly broken: number;
  /** Memory of the process (RSS) once garbage is collected. */
  readonly memoryMb: number;
  /** Longest gap of the event loop since the measurement before. */
  readonly longestGapMs: number;
}

/**
 * Runs the blended refinery and its read model in this process, and measures some days.
 * @param tell told how far it is
 */
export async function runBlend(
  { folder, suppliers, log, copied, days, revocations = REVOCATIONS }: BlendSpec,
  tell: (line: string) => void = () => undefined,
): Promise<BlendDay[]> {
  const store = log === 'memory' ? new MemoryEventStore() : openSqliteEventStore(join(folder, LEDGER_FILE));
  const views = await openViews('sqlite:', { dataFolder: folder, records: store.records, copied });
  const { programmes } = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
  const failures: unknown[] = [];
  const onError = (error: unknown): unknown => failures.push(error);
  const projector = new Projector({ store, views, onError });
  const verdicts = new VerdictProjector({ views, projector, programmes, now: () => momentOf(3_000), onError });
  const refinery = new Refinery(store, suppliers);
  await refinery.open();
  await projector.start();
  verdicts.start();
  const settle = async (): Promise<void> => {
    if (!(await verdicts.waitFor((await store.head())!, PATIENCE_MS))) throw new Error('the verdicts do not come');
  };
  const gaps = monitorEventLoopDelay({ resolution: 5 });
  gaps.enable();
  const measured: BlendDay[] = [];
  for (const day of days) {
    while (refinery.day < day) {
      await refinery.work();
      await settle();
      if (refinery.day % DAYS_TOLD === 0) tell(`day ${refinery.day} of ${days.at(-1)} is judged`);
    }
    measured.push(await measure());
  }
  await verdicts.stop();
  await projector.stop();
  await views.close();
  await store.close();
  if (failures.length > 0) throw new Error(`judging failed: ${String(failures[0])}`);
  return measured;

  async function measure(): Promise<BlendDay> {
    const labelMs: number[] = [];
    for (let label = 0; label < LABELS; label++) {
      const began = performance.now();
      await refinery.label(saltOf(refinery.day - 1), `label-${refinery.day}-${label}`);
      await settle();
      labelMs.push(performance.now() - began);
    }
    const revokeMs: number[] = [];
    const revokeCpuMs: number[] = [];
    let broken = 0;
    for (let round = 0; round < revocations; round++) {
      const siteId = supplierSite(round % suppliers);
      const before = await brokenIn(views);
      const cpu = process.cpuUsage();
      const began = performance.now();
      await refinery.suspend(siteId);
      await settle();
      const { user, system } = process.cpuUsage(cpu);
      revokeMs.push(performance.now() - began);
      revokeCpuMs.push((user + system) / 1000);
      broken = (await brokenIn(views)) - before;
      await refinery.reinstate(siteId);
      await settle();
      if ((await brokenIn(views)) !== before) throw new Error('what was given back is broken still');
    }
    collectGarbage();
    const memoryMb = process.memoryUsage().rss / 2 ** 20;
    const longestGapMs = gaps.max / NANOSECONDS;
    gaps.reset();
    return { day: refinery.day, labelMs, revokeMs, revokeCpuMs, broken, memoryMb, longestGapMs };
  }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

async function brokenIn(views: Views): Promise<number> {
  const { rows } = await sql<{ broken: number }>`
    select count(*) as broken from ${sql.table(`verdicts_v${views.version}`)}
    where programme = ${PROGRAMME} and verdict = 'broken'`.execute(views.db);
  return rows[0]?.broken ?? 0;
}
