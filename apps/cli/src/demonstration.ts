import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { EVERYTHING, OPERATOR } from '#access';
import { LedgerQueries } from '#read-model';
import { commandIdOf, eventIdOf } from '#recording';
import { PACKAGE_ROOT } from '#programmes';
import { lineGroupsOf, type ApiKeyRegistry, type CommandDesk, type Ledger } from '../../server/src/index.js';
import { recordLinesOf } from './import/import-lines.js';
import { importPatiently } from './import/patient-import.js';
import { throughDesk } from './import/through-desk.js';
import { Progress } from './progress.js';

/** In the repository, not in the build: it is data. */
const FILE = join(PACKAGE_ROOT, 'apps/cli/demonstration/demonstration.ndjson');

/**
 * Imports the demonstration chain like any other file, and continues an import that was interrupted. Does nothing if the
 * ledger already holds the whole chain, a chain begun by an earlier version, or other evidence.
 * @returns whether the chain, or the rest of it, was loaded
 */
export async function loadDemonstration(ledger: Ledger, desk: CommandDesk): Promise<boolean> {
  const { first, last } = await endsOf(FILE);
  for await (const event of ledger.store.readAll({ categories: ['organisation'], limit: 1 })) {
    const begun = event.metadata['commandId'] === commandIdOf(OPERATOR.principal, first);
    if (!begun || (await isRecorded(ledger, last))) return false;
  }
  const progress = new Progress('Loading the demonstration chain');
  const outcome = await importPatiently(() =>
    recordLinesOf(lineGroupsOf(createReadStream(FILE)), throughDesk(desk), { done: (lines) => progress.at(lines) }),
  );
  progress.end(`${outcome.recorded + outcome.thereAlready} events recorded`);
  for (const { line, problem } of outcome.refused) {
    ledger.log.error({ line, problem }, 'a line of the demonstration chain was refused');
  }
  return true;
}

/**
 * Organisations of the chain for which the first start issues a key; with these keys, every example of `/docs` can be
 * sent.
 */
export const DEMONSTRATION_HOLDERS = {
  regulator: 'inspectorate-jp',
  custodian: 'seto',
  attestor: 'fair-shift',
} as const;
export type DemonstrationKeys = Readonly<Record<keyof typeof DEMONSTRATION_HOLDERS, string>>;

/** Keys to read, record and attest with: whoever starts the demonstration has no organisation of their own yet. */
export async function demonstrationKeys(registry: ApiKeyRegistry): Promise<DemonstrationKeys> {
  const issue = async (role: keyof typeof DEMONSTRATION_HOLDERS): Promise<string> => {
    const wanted = { label: 'First start', role };
    return (await registry.issue(DEMONSTRATION_HOLDERS[role], wanted, { principal: OPERATOR })).key!;
  };
  return {
    regulator: await issue('regulator'),
    custodian: await issue('custodian'),
    attestor: await issue('attestor'),
  };
}

async function isRecorded({ store, views, projector }: Ledger, idempotencyKey: string): Promise<boolean> {
  const head = await store.head();
  if (head !== undefined) await projector.waitFor(head, 60_000);
  const eventId = eventIdOf(commandIdOf(OPERATOR.principal, idempotencyKey), 0);
  return (await new LedgerQueries(views).eventById(EVERYTHING, eventId)) !== undefined;
}

/** The idempotency keys of a file's first and last line. */
async function endsOf(path: string): Promise<{ first: string; last: string }> {
  const file = await open(path);
  const keys: string[] = [];
  for await (const line of file.readLines()) keys.push((JSON.parse(line) as { idempotencyKey: string }).idempotencyKey);
  return { first: keys[0]!, last: keys.at(-1)! };
}
