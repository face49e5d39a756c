import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LEDGER_FILE, openSqliteEventStoreReadOnly } from '#event-store';
import { EVIDENCE_CATEGORIES } from '#read-model';
import { SeededRandom } from '../../../apps/cli/src/bench/generate/seeded-random.js';
import { Client } from '../harness/client.js';
import { Journal } from '../harness/journal.js';
import { DidNotStart, LedgerProcess, lodebook } from '../harness/ledger-process.js';
import { Load } from '../harness/load.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { logOf } from '../harness/soundness.js';
import { markOf, openSites } from '../harness/workload.js';
import { DAMAGES, strike, type Damage } from './damage.js';

/** Files that SQLite or the kernel recreate, and empty ones. */
const NO_CONTENT = /-shm$|-lock$|-lock-journal$/;
/** A checkpoint is signed every second; a busy machine takes longer. */
const LONGEST_SIGNING_MS = 20_000;

export const corruption: EnduranceProgram = {
  name: 'corruption',
  tries: 'a flipped bit, a cut end or zeros anywhere in the data folder: found out, or harmless, never believed',
  round: 'damage to one file, tried on a copy of the folder',
  rounds: { short: 2, long: 240 },
  run: (setting) => damage(setting),
};

interface Case {
  readonly folder: string;
  readonly file: string;
  readonly damage: Damage;
}

async function damage(setting: Setting): Promise<Figures> {
  const random = new SeededRandom(setting.seed);
  const { settled, killed, journal } = await soundFolders(setting);
  const cases = [...(await casesOf(settled, () => true)), ...(await casesOf(killed, (file) => file.endsWith('-wal')))];
  const outcomes: Record<string, number> = {};
  for (let round = 0; round < setting.rounds; round++) {
    const { folder, file, damage } = cases[round % cases.length]!;
    const copy = await setting.folder();
    await cp(folder, copy, { recursive: true });
    const done = await strike(join(copy, file), damage, random);
    if (done === undefined) continue;
    setting.note(`${file}, ${done}`);
    const outcome = await opened(copy, journal);
    await rm(copy, { recursive: true });
    const told = `${file}, ${damage}: ${outcome}`;
    outcomes[told] = (outcomes[told] ?? 0) + 1;
    setting.note(`  ${outcome}`);
    promise(
      damage !== 'a bit of a record' || outcome !== 'harmless',
      () => `nobody found: ${done}; the record is not what was recorded`,
    );
  }
  return {
    damages: setting.rounds,
    believed: 0,
    acknowledged: journal.acknowledged,
    ...Object.fromEntries(Object.entries(outcomes).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Every kind of damage to every file in turn, the most important first, for the short form. */
async function casesOf(folder: string, isMeant: (file: string) => boolean): Promise<Case[]> {
  const files = (await readdir(folder)).filter((file) => !NO_CONTENT.test(file) && isMeant(file)).sort();
  return DAMAGES.flatMap((damage) =>
    files
      .filter((file) => damage !== 'a bit of a record' || file === LEDGER_FILE)
      .map((file) => ({ folder, file, damage })),
  );
}

/**
 * The same ledger as a kill leaves it, with write-ahead logs that have not been copied back, and after an orderly stop,
 * with everything in the database files. All of it is signed: if the end of a write-ahead log that no checkpoint covers
 * yet is cut off, it looks like a write interrupted by a power loss.
 */
async function soundFolders(setting: Setting): Promise<{ settled: string; killed: string; journal: Journal }> {
  const settled = await setting.folder();
  const killed = await setting.folder();
  const journal = new Journal();
  const server = await LedgerProcess.start(settled);
  const client = new Client(server.url, server.key);
  await openSites(client);
  const load = new Load(client, journal, 'c', { singles: 8, streams: 1 });
  await load.begun;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await load.stop();
  await signed(client, settled);
  await server.stop('SIGKILL');
  await cp(settled, killed, { recursive: true });
  const again = await LedgerProcess.start(settled);
  await again.stop();
  return { settled, killed, journal };
}

/** @returns when a checkpoint covers all the evidence in the log */
async function signed(client: Client, folder: string): Promise<void> {
  const store = openSqliteEventStoreReadOnly(join(folder, LEDGER_FILE));
  let evidence = 0;
  for await (const { position } of store.readAll({ categories: EVIDENCE_CATEGORIES })) if (position >= 0n) evidence++;
  await store.close();
  const until = performance.now() + LONGEST_SIGNING_MS;
  for (;;) {
    const { body } = await client.get('/v1/audit/checkpoint');
    // The second line of a checkpoint is the size of the tree: c2sp.org/tlog-checkpoint.
    const size = Number(String(body['text']).split('\n')[1]);
    if (size === evidence) return;
    if (performance.now() > until) throw new Error(`${size} of ${evidence} events are signed`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * The outcome of opening a damaged folder. Either the damage is reported, or everything acknowledged is there and every
 * table agrees with it.
 */
async function opened(folder: string, journal: Journal): Promise<'refusedToStart' | 'foundByFsck' | 'harmless'> {
  let server: LedgerProcess;
  try {
    server = await LedgerProcess.start(folder);
  } catch (error) {
    if (!(error instanceof DidNotStart)) throw error;
    promise(error.end.code === 1 || error.end.code === 2, () => `it ended with ${error.end.code}`);
    promise(/lodebook: \S/.test(error.end.stderr), () => `it ended without saying why: ${error.end.stderr}`);
    return 'refusedToStart';
  }
  await server.stop();
  const { code, stdout, stderr } = await lodebook(['fsck', '--json'], folder);
  if (code !== 0) {
    promise(stdout !== '' || /lodebook: \S/.test(stderr), () => `fsck ended with ${code} and said nothing`);
    return 'foundByFsck';
  }
  journal.compare(await logOf(folder), markOf);
  return 'harmless';
}
