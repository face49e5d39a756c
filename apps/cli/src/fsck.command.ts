import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { fsck, type FsckReport } from '#audit';
import { ProgrammeLibrary, PROGRAMMES_FOLDER } from '#programmes';
import { configured, failToOpen } from './configured.js';
import { EXIT, fail } from './exit.js';
import { Progress } from './progress.js';
import { checkpointIn, ringOf } from './given-files.js';

interface Options {
  key?: string;
  checkpoint: string[];
  json?: boolean;
}

export function fsckCommand(): Command {
  return new Command('fsck')
    .description('Check the whole log against everything signed of it, and the tables against the log; changes nothing')
    .option('--key <vkey>', 'first key of the log; default: the one that the log itself names')
    .option(
      '--checkpoint <file>',
      'a checkpoint from elsewhere that the log must agree with; needs --key',
      (value: string, earlier: string[]) => [...earlier, value],
      [],
    )
    .option('--json', 'print the report as JSON')
    .action(async (options: Options) => {
      const configuration = configured();
      const { dataFolder } = configuration;
      if (!existsSync(dataFolder)) fail(`there is no data folder ${dataFolder} (LODEBOOK_DATA)`, EXIT.usedWrongly);
      const ring = options.key === undefined ? undefined : ringOf(options.key);
      const progress = new Progress('Checking');
      let report: FsckReport;
      try {
        report = await fsck({
          configuration,
          library: ProgrammeLibrary.load(PROGRAMMES_FOLDER),
          now: new Date().toISOString(),
          key: options.key,
          checkpoints: options.checkpoint.map((path) => checkpointIn(path, ring)),
          progress: (events) => progress.at(events),
        });
      } catch (error) {
        progress.end('stopped');
        failToOpen(error, configuration);
      }
      progress.end(`${report.events} events`);
      print(report, options);
      process.exitCode = report.findings.length > 0 ? EXIT.failed : EXIT.done;
    });
}

function print(report: FsckReport, { json }: Options): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const shown = (line: string): unknown => process.stdout.write(`${line}\n`);
  shown(`events   ${report.events}, the first ${report.signedSize} of them under a signature`);
  shown(`root     ${report.root}`);
  const { verified, counts } = report.signatures;
  if (verified > 0) shown(`commands ${verified} signatures hold`);
  if (counts['signature-revoked']) shown(`         ${counts['signature-revoked']} signature-revoked`);
  if (!report.viewsCompared) shown('tables   not compared');
  for (const { part, finding } of report.findings) process.stderr.write(`lodebook: ${part}: ${finding}\n`);
  if (report.findings.length === 0) shown('sound');
  else if (report.firstWrongIndex !== null) shown(`first wrong index: ${report.firstWrongIndex}`);
}
