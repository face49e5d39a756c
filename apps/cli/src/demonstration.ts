import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { EVERYTHING, OPERATOR } from '#access';
import { LedgerQueries } from '#read-model';
import {
  commandIdOf,
  PACKAGE_ROOT,
  type ApiKeyRegistry,
  type CommandDesk,
  type Ledger,
} from '../../server/src/index.js';
import { recordLinesOf } from './import/import-lines.js';
import { throughDesk } from './import/through-desk.js';
import { Progress } from './progress.js';

/** In the repository, not in the build: it is data. */
const FILE = join(PACKAGE_ROOT, 'apps/cli/demonstration/demonstration.ndjson');

/**
 * Loads the demonstration chain the way any file is imported. A ledger that holds other evidence, all of the chain, or a
 * chain that an earlier version began, is left alone; a loading that was interrupted goes on.
 * @returns whether it was loaded, or the rest of it
 */
export async function loadDemonstration(ledger: Ledger, desk: CommandDesk): Promise<boolean> {
  const { first, last } = await endsOf(FILE);
  for await (const event of ledger.store.readAll({ categories: ['organisation'], limit: 1 })) {
    const begun = event.metadata['commandId'] === commandIdOf(OPERATOR.principal, first);
    if (!begun || (await isRecorded(ledger, last))) return false;
  }
  const progress = new Progress('Loading the demonstration chain');
  const outcome = await recordLinesOf(createReadStream(FILE), throughDesk(desk), {
    done: (lines) => progress.at(lines),
  });
  progress.end(`${outcome.recorded} events recorded`);
  for (const { line, problem } of outcome.refused) {
    ledger.log.error({ line, problem }, 'a line of the demonstration chain was refused');
  }
  return true;
}

/** A key to look around with, and one to record with: whoever starts the demonstration has no organisation yet. */
export async function demonstrationKeys(registry: ApiKeyRegistry): Promise<DemonstrationKeys> {
  const issue = async (organisationId: string, role: 'regulator' | 'custodian'): Promise<string> =>
    (await registry.issue(organisationId, { label: 'First start', role }, { principal: OPERATOR })).key!;
  return { regulator: await issue('inspectorate-jp', 'regulator'), custodian: await issue('great-bend', 'custodian') };
}
export interface DemonstrationKeys {
  /** Of `inspectorate-jp`. */
  readonly regulator: string;
  /** Of `great-bend`. */
  readonly custodian: string;
}

async function isRecorded({ store, views, projector }: Ledger, idempotencyKey: string): Promise<boolean> {
  const head = await store.head();
  if (head !== undefined) await projector.waitFor(head, 60_000);
  const events = await new LedgerQueries(views).commandEvents(
    EVERYTHING,
    commandIdOf(OPERATOR.principal, idempotencyKey),
  );
  return events.length > 0;
}

/** The idempotency keys of a file's first and last line. */
async function endsOf(path: string): Promise<{ first: string; last: string }> {
  const file = await open(path);
  const keys: string[] = [];
  for await (const line of file.readLines()) keys.push((JSON.parse(line) as { idempotencyKey: string }).idempotencyKey);
  return { first: keys[0]!, last: keys.at(-1)! };
}
