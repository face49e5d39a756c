import { join } from 'node:path';
import { Client } from '../harness/client.js';
import { Journal } from '../harness/journal.js';
import { LedgerProcess, lodebook } from '../harness/ledger-process.js';
import { Load } from '../harness/load.js';
import { promise, type EnduranceProgram, type Figures, type Setting } from '../harness/program.js';
import { logOf, Witness } from '../harness/soundness.js';
import { markOf, openSites } from '../harness/workload.js';

/** Load between two backups. */
const BETWEEN_MS = 300;

export const backup: EnduranceProgram = {
  name: 'backup',
  tries: 'backup under load and restore: one moment of the log, nothing acknowledged before it is missing, fsck agrees',
  round: 'backup of a running ledger, restored',
  rounds: { short: 1, long: 20 },
  run: (setting) => drill(setting),
};

async function drill(setting: Setting): Promise<Figures> {
  const data = await setting.folder();
  const server = await LedgerProcess.start(data);
  const client = new Client(server.url, server.key);
  await openSites(client);
  let eventsInTheLast = 0;
  let slowestMs = 0;
  for (let round = 0; round < setting.rounds; round++) {
    // A journal of its own: everything acknowledged before the backup began must be in it.
    const journal = new Journal();
    const before = new Load(client, journal, `b${round}`, { singles: 8, streams: 1 });
    await before.begun;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    await before.stop();
    const witness = new Witness(await setting.folder());
    await witness.look(client);
    const meanwhile = new Load(client, new Journal(), `m${round}`, { singles: 8, streams: 1 });
    await meanwhile.begun;
    const copy = join(await setting.folder(), 'backup');
    const began = performance.now();
    const { code, stderr } = await lodebook(['backup', copy], data);
    slowestMs = Math.max(slowestMs, performance.now() - began);
    promise(code === 0, () => `backup ended with ${code}: ${stderr}`);
    await meanwhile.stop();
    eventsInTheLast = await restore(copy, journal, witness);
    setting.note(`backup ${round + 1}: ${eventsInTheLast} events restored`);
  }
  await server.stop();
  const slowestSeconds = (slowestMs / 1_000).toFixed(1);
  return { backups: setting.rounds, restored: setting.rounds, eventsInTheLast, slowestSeconds };
}

/** A ledger on the copy continues from the state of the backup. @returns its events */
async function restore(copy: string, journal: Journal, witness: Witness): Promise<number> {
  const restored = await LedgerProcess.start(copy);
  const client = new Client(restored.url, restored.key);
  journal.compare(await logOf(copy), markOf);
  await journal.sendAgain(client, 3);
  await witness.look(client);
  await restored.stop();
  return (await witness.examine(copy)).events;
}
