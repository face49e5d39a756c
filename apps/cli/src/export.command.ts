import { Command } from 'commander';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OPERATOR, rolesThatMay } from '#access';
import { LedgerQueries, ProvenanceQueries } from '#read-model';
import {
  AuditError,
  Evidence,
  openReadOnlyLog,
  REPLAY_THREADS,
  signedLog,
  signedCheckpoints,
  writeWholeLog,
  type EvidenceQuestion,
  type SignedCheckpoint,
} from '#audit';
import { ProgrammeLibrary, PROGRAMMES_FOLDER } from '#programmes';
import { DisclosureReader, openLedger, type Configuration, type ProblemDocument } from '../../server/src/index.js';
import { configured, failToOpen, logTo } from './configured.js';
import { EXIT, fail } from './exit.js';
import { Progress } from './progress.js';
import { tellSkipped } from './skipped-records.js';
import { ledgerAddress, type LedgerAddress } from './ledger-address.js';

interface Options {
  output?: string;
  wholeLog?: boolean;
  programme?: string;
  validAt?: string;
  disclosures?: boolean;
  url?: string;
  key?: string;
}

/** How long the read model of a folder may take to catch up with its log, milliseconds. */
const CATCH_UP_MS = 600_000;

export function exportCommand(): Command {
  return new Command('export')
    .description('Write the evidence bundle of a batch, or of the whole log: a file that `lodebook verify` checks')
    .argument('[batch]', 'the batch')
    .option('--whole-log', 'the whole log instead, with the digest of its replay')
    .option('-o, --output <file>', 'where to write it; default: standard output')
    .option('--programme <programme>', 'id or id@version; default: the newest version of each')
    .option('--valid-at <time>', 'the moment to judge the batch at; default: now')
    .option('--disclosures', 'with the withheld values of the batch that you may see, and verdicts by them')
    .option('--url <url>', 'the ledger to ask; default: the server on the data folder, or the folder itself')
    .option('--key <key>', 'an API key of it that reads custody; needed with --url only')
    .action(async (batchId: string | undefined, options: Options) => {
      if ((batchId === undefined) === (options.wholeLog !== true)) {
        fail('name a batch, or give --whole-log', EXIT.usedWrongly);
      }
      if (batchId === undefined && options.disclosures) fail('--disclosures is for a batch', EXIT.usedWrongly);
      if (options.url !== undefined && options.key === undefined) {
        const roles = rolesThatMay('read-custody').join(', ');
        fail(
          `give a key for the ledger at ${options.url}: --key, of a role that reads custody (${roles})`,
          EXIT.usedWrongly,
        );
      }
      const configuration = configured();
      try {
        if (batchId === undefined) await exportWholeLog(configuration, options);
        else await exportBatch(configuration, batchId, options);
      } catch (error) {
        if (error instanceof AuditError) fail(error.message);
        failToOpen(error, configuration);
      }
    });
}

async function exportBatch(configuration: Configuration, batchId: string, options: Options): Promise<void> {
  const address = await ledgerAddress(configuration, options);
  const question = {
    batchId,
    programme: options.programme,
    validAt: options.validAt,
    disclosures: options.disclosures === true,
  };
  if (address) return exportThroughServer(address, question, options);
  const ledger = await openLedger(configuration, logTo('warn'));
  try {
    const { store, projector, audit, views, programmes, clock } = ledger;
    const disclosures = new DisclosureReader(ledger.disclosures, clock);
    const head = await store.head();
    if (head !== undefined) await projector.waitFor(head, CATCH_UP_MS);
    const queries = new LedgerQueries(views);
    const evidence = new Evidence(audit.tree, queries, new ProvenanceQueries(views), programmes, clock, disclosures);
    await write(await evidence.bundle(OPERATOR, question, await signedLog(audit, queries)), options);
  } finally {
    await ledger.close();
  }
}

async function exportThroughServer(
  { url, key }: LedgerAddress,
  { batchId, programme, validAt, disclosures }: EvidenceQuestion,
  options: Options,
): Promise<void> {
  const address = new URL(`/v1/batches/${encodeURIComponent(batchId)}/evidence`, url);
  if (programme !== undefined) address.searchParams.set('programme', programme);
  if (validAt !== undefined) address.searchParams.set('validAt', validAt);
  if (disclosures) address.searchParams.set('disclosures', 'true');
  const answer = await fetch(address, { headers: { authorization: `Bearer ${key}` } });
  if (!answer.ok || answer.body === null) {
    const problem = (await answer.json()) as ProblemDocument;
    fail(problem.detail, answer.status === 400 ? EXIT.usedWrongly : EXIT.failed);
  }
  await write(answer.body as AsyncIterable<Uint8Array>, options);
}

async function exportWholeLog(configuration: Configuration, options: Options): Promise<void> {
  const log = await openReadOnlyLog(configuration);
  try {
    const { ring, store } = log;
    const head = (await store.head()) ?? -1n;
    let last: SignedCheckpoint | undefined;
    if (ring) for await (const checkpoint of signedCheckpoints(store, ring, head)) last = checkpoint;
    if (!ring || !last) fail('nothing of this log is signed: start its server once');
    const progress = new Progress('Replaying', 100);
    const chunks = await writeWholeLog(await log.source(), last, ring, {
      programme: options.programme,
      library: ProgrammeLibrary.load(PROGRAMMES_FOLDER),
      now: new Date().toISOString(),
      threads: REPLAY_THREADS,
      progress: (phase, share) => progress.of(phase, Math.floor(share * 100)),
    });
    progress.end(`${last.size} events`);
    await write(chunks, options);
    tellSkipped(log);
  } finally {
    await log.close();
  }
}

async function write(chunks: AsyncIterable<Uint8Array>, { output }: Options): Promise<void> {
  const from = Readable.from(chunks, { objectMode: false });
  if (output === undefined) await pipeline(from, process.stdout, { end: false });
  else await pipeline(from, createWriteStream(output));
}
