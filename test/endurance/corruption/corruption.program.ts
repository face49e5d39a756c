import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SeededRandom } from '../../../apps/cli/src/bench/generate/seeded-random.js';
import { Client } from '../harness/client.js';
import { Journal } from '../harness/journal.js';
import { DidNotStart, LedgerProcess, lodebook } from '../harness/ledger-process.js';
import { Load } from '../harness/load.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { logOf } from '../harness/soundness.js';
import { markOf, openSites } from '../harness/workload.js';

/** What SQLite and the kernel make anew, and what is empty. */
const NO_CONTENT = /-shm$|-lock$|-lock-journal$/;

export const corruption: EnduranceProgram = {
  name: 'corruption',
  tries: 'a flipped bit, a cut end or zeros anywhere in the data folder: found out, or harmless, never believed',
  round: 'damage to one file, tried on a copy of the folder',
  rounds: { short: 2, long: 120 },
  run: (setting) => damage(setting),
};

async function damage(setting: Setting): Promise<Figures> {
  const random = new SeededRandom(setting.seed);
  const { folder: sound, journal } = await soundFolder(setting);
  const names = (await readdir(sound)).filter((name) => !NO_CONTENT.test(name)).sort();
  const outcomes: Record<string, number> = {};
  for (let round = 0; round < setting.rounds; round++) {
    const name = names[round % names.length]!;
    const copy = await setting.folder();
    await cp(sound, copy, { recursive: true });
    const how = await strike(join(copy, name), random);
    setting.note(`${name}, ${how}`);
    const outcome = await opened(copy, journal);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    setting.note(`  ${outcome}`);
  }
  return { damages: setting.rounds, believed: 0, acknowledged: journal.acknowledged, ...outcomes };
}

/** As a kill leaves it: with a write-ahead log that is not settled. */
async function soundFolder(setting: Setting): Promise<{ folder: string; journal: Journal }> {
  const folder = await setting.folder();
  const journal = new Journal();
  const server = await LedgerProcess.start(folder);
  const client = new Client(server.url, server.key);
  await openSites(client);
  const load = new Load(client, journal, 'c', { singles: 8, streams: 1 });
  await load.begun;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await load.stop();
  await server.stop('SIGKILL');
  return { folder, journal };
}

async function strike(path: string, random: SeededRandom): Promise<string> {
  const bytes = await readFile(path);
  const size = bytes.length;
  if (size === 0) return 'empty as it was';
  const at = random.integer(0, size - 1);
  switch (random.integer(0, 2)) {
    case 0: {
      const bit = random.integer(0, 7);
      bytes[at]! ^= 1 << bit;
      await writeFile(path, bytes);
      return `bit ${bit} of byte ${at} of ${size} flipped`;
    }
    case 1:
      await writeFile(path, bytes.subarray(0, at));
      return `cut to ${at} of ${size} bytes`;
    default: {
      const length = random.integer(1, Math.min(4_096, size - at));
      bytes.fill(0, at, at + length);
      await writeFile(path, bytes);
      return `${length} bytes from ${at} of ${size} set to zero`;
    }
  }
}

/**
 * What becomes of a damaged folder. Either something says that it is damaged, or all that was acknowledged is there and
 * every table agrees with it.
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
