import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CommandDesk, type Ledger } from '../../server/src/index.js';
import { recordLinesOf } from './import/import-lines.js';
import { throughDesk } from './import/through-desk.js';
import { Progress } from './progress.js';

/** In the repository, not in the build: it is data. */
const FILE = fileURLToPath(new URL('../../../../apps/cli/demonstration/demonstration.ndjson', import.meta.url));

/** Loads the demonstration chain the way any file is imported; a ledger that holds evidence is left alone. */
export async function loadDemonstration(ledger: Ledger, desk: CommandDesk): Promise<void> {
  for await (const _ of ledger.store.readAll({ categories: ['organisation'], limit: 1 })) return;
  const progress = new Progress('Loading the demonstration chain');
  const outcome = await recordLinesOf(createReadStream(FILE), throughDesk(desk), {
    done: (lines) => progress.at(lines),
  });
  progress.end(`${outcome.recorded} events recorded`);
  for (const { line, problem } of outcome.refused)
    ledger.log.error({ line, problem }, 'a line of the demonstration chain was refused');
}
