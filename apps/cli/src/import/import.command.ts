import { Command } from 'commander';
import { createReadStream, statSync } from 'node:fs';
import { NotATable } from '#vocabulary';
import {
  lineGroupsOf,
  openDesk,
  openLedger,
  type Configuration,
  type ProblemDocument,
} from '../../../server/src/index.js';
import { configured, explain, failToOpen, logTo } from '../configured.js';
import { EXIT, fail } from '../exit.js';
import { Progress } from '../progress.js';
import { ledgerAddress } from '../ledger-address.js';
import { ImportStopped, recordLinesOf, type FileLine, type ImportOutcome } from './import-lines.js';
import { importSecret } from './import-secret.js';
import { type LineRecorder } from './lines-in-order.js';
import { importPatiently } from './patient-import.js';
import { throughDesk } from './through-desk.js';
import { linesOfTable } from './table-lines.js';
import { throughHttp } from './through-http.js';

interface Options {
  url?: string;
  key?: string;
  json?: boolean;
  csv?: boolean;
}

export function importCommand(): Command {
  return new Command('import')
    .description('Record the commands of a file, one a line or a row; running it again records nothing twice')
    .argument('<file>', 'NDJSON, or a table in CSV; - for standard input')
    .option('--csv', 'the file is a table; default: when its name ends in .csv or .tsv')
    .option('--url <url>', 'the ledger to send them to; default: the server on the data folder, or the folder itself')
    .option('--key <key>', 'an API key of it; default: with --url LODEBOOK_ADMIN_KEY, else none is needed')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nEach line: { "command": "<last word of the path>", "body": {…}, "site"|"organisation"|"attestation"|"concern": id, "idempotencyKey"?, "signature"? }' +
        '\nIn a table the first row names the columns: command, site (organisation, …), idempotencyKey, and those of the body: batchId, origin.kind, inputs.1.batchId, …',
    )
    .action(async (file: string, options: Options) => {
      const isTable = options.csv ?? /\.(csv|tsv)$/i.test(file);
      // The size of a row as a command is not its size in the file, so the progress of a table counts rows.
      const size = isTable ? void sizeOf(file) : sizeOf(file);
      const configuration = configured();
      const recording = await recorderFor(configuration, options);
      const secret = await secretFor(configuration, options, recording.close);
      const progress = new Progress(file === '-' ? 'Importing' : `Importing ${file}`, size);
      try {
        const run = (): Promise<ImportOutcome> =>
          recordLinesOf(linesIn(file, isTable), recording.recorder, {
            secret,
            done: (lines, bytes) => progress.at(size === undefined ? lines : bytes),
            refused: (line, problem) => progress.say(`line ${line}: ${describe(problem)}`),
            warned: (line, warnings) => {
              for (const { path, message } of warnings) progress.say(`line ${line}: recorded, but ${path} ${message}`);
            },
          });
        const again = (): void => progress.say('The ledger was overloaded: the import begins again.');
        // Standard input can be read only once.
        const outcome = await (file === '-' ? run() : importPatiently(run, { again }));
        progress.end(countsOf(outcome));
        report(outcome, options);
      } catch (error) {
        if (!(error instanceof ImportStopped)) throw error;
        progress.end(`${countsOf(error.outcome)} until it stopped`);
        await recording.close();
        if (error.cause instanceof NotATable)
          fail(`${file} is no table of commands. ${error.cause.message}`, EXIT.usedWrongly);
        const why = explain(error.cause, configuration);
        fail(`stopped: ${why} Run the same import again to go on; nothing is doubled.`);
      }
      await recording.close();
    });
}

function linesIn(file: string, isTable: boolean): AsyncIterable<readonly FileLine[]> {
  const source = file === '-' ? process.stdin : createReadStream(file);
  return isTable ? linesOfTable(source) : lineGroupsOf(source);
}

async function secretFor(
  configuration: Configuration,
  { url }: Options,
  close: () => Promise<void>,
): Promise<Uint8Array> {
  try {
    return importSecret(configuration.dataFolder, url !== undefined);
  } catch (error) {
    await close();
    fail(explain(error, configuration));
  }
}

function countsOf({ recorded, thereAlready, refused }: ImportOutcome): string {
  return `${recorded} recorded, ${thereAlready} there already, ${refused.length} refused`;
}

async function recorderFor(
  configuration: Configuration,
  options: Options,
): Promise<{ recorder: LineRecorder; close: () => Promise<void> }> {
  const address = await ledgerAddress(configuration, options);
  if (address) return { recorder: throughHttp(address), close: () => Promise.resolve() };
  try {
    const ledger = await openLedger(configuration, logTo('warn'));
    const { desk, close } = await openDesk(ledger);
    return { recorder: throughDesk(desk), close: () => close().then(() => ledger.close()) };
  } catch (error) {
    failToOpen(error, configuration);
  }
}

function sizeOf(file: string): number | undefined {
  if (file === '-') return undefined;
  try {
    return statSync(file).size;
  } catch {
    fail(`there is no file ${file}`, EXIT.usedWrongly);
  }
}

function describe(problem: ProblemDocument): string {
  const places = (problem.errors ?? []).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return `${problem.type.split(':').at(-1)}: ${problem.detail}${places.length > 0 ? ` (${places.join('; ')})` : ''}`;
}

function report(outcome: ImportOutcome, { json }: Options): void {
  if (json) process.stdout.write(`${JSON.stringify({ ...outcome })}\n`);
  process.exitCode = outcome.refused.length > 0 ? EXIT.failed : EXIT.done;
}
