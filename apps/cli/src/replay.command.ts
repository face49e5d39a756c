import { Command } from 'commander';
import { VerificationError, type VerifiedCheckpoint } from '#transparency';
import {
  AlteredLogError,
  bundleSource,
  openReadOnlyLog,
  type ReadOnlyLog,
  replay,
  REPLAY_THREADS,
  ReplayError,
  type ReplayErrorCode,
  type ReplayReport,
  type ReplaySource,
  type SignatureReport,
} from '#audit';
import { ProgrammeLibrary, PROGRAMMES_FOLDER } from '#programmes';
import { configured, failToOpen } from './configured.js';
import { EXIT, fail } from './exit.js';
import { checkpointIn, ringOf, sizeOf } from './given-files.js';
import { Progress } from './progress.js';
import { tellSkipped } from './skipped-records.js';

interface Options {
  until?: string;
  programme?: string;
  from?: string;
  key?: string;
  checkpoint: string[];
  json?: boolean;
}

export function replayCommand(): Command {
  return new Command('replay')
    .description('Rebuild everything from the first event in a separate place, check every hash, and judge every batch')
    .option('--until <index|time>', 'the last log index that counts, or a recorded time; default: the whole log')
    .option('--programme <programme>', 'id or id@version; default: the newest version of each')
    .option('--from <file>', 'a bundle of the whole log, or the lines of /v1/audit/events; default: the data folder')
    .option('--key <vkey>', 'first key of the log; default: the one that the log itself names')
    .option('--checkpoint <file>', 'a checkpoint from elsewhere that the log must agree with', collect, [])
    .option('--json', 'print the report as JSON')
    .action(async (options: Options) => {
      const { source, log, close } = await sourceOf(options);
      const progress = new Progress('Replaying', 100);
      try {
        const report = await replay(source, {
          until: options.until,
          programme: options.programme,
          library: ProgrammeLibrary.load(PROGRAMMES_FOLDER),
          now: new Date().toISOString(),
          threads: REPLAY_THREADS,
          progress: (phase, share) => progress.of(phase, Math.floor(share * 100)),
        });
        progress.end(`${report.events} events, ${report.batches} batches`);
        print(report, options);
        const skipped = log !== undefined && tellSkipped(log);
        if (skipped || hasWrongSignature(report.signatures)) process.exitCode = EXIT.failed;
      } catch (error) {
        progress.end('stopped');
        failReplay(error);
      } finally {
        await close();
      }
    });
}

interface OpenSource {
  readonly source: ReplaySource;
  /** Undefined: it is read from a file. */
  readonly log?: ReadOnlyLog;
  readonly close: () => Promise<void>;
}

async function sourceOf(options: Options): Promise<OpenSource> {
  if (options.from !== undefined) return { source: fileSource(options.from, options), close: () => Promise.resolve() };
  const configuration = configured();
  try {
    const log = await openReadOnlyLog(configuration, options.key);
    const source = await log.source();
    const kept = options.checkpoint.map((path) => checkpointIn(path, log.ring));
    return { source: kept.length === 0 ? source : alsoAgreeing(source, kept), log, close: () => log.close() };
  } catch (error) {
    if (error instanceof AlteredLogError || error instanceof VerificationError) failReplay(error);
    failToOpen(error, configuration);
  }
}

function fileSource(path: string, options: Options): ReplaySource {
  const ring = options.key === undefined ? undefined : ringOf(options.key);
  const size = sizeOf(path);
  const checkpoints = options.checkpoint.map((file) => checkpointIn(file, ring));
  if (ring === undefined) {
    process.stderr.write(
      'lodebook: without --key no signature is checked: the digest proves nothing beyond this file\n',
    );
  }
  return bundleSource(path, size, ring, checkpoints);
}

/** A log that must also agree with checkpoints kept elsewhere. */
function alsoAgreeing(source: ReplaySource, kept: readonly VerifiedCheckpoint[]): ReplaySource {
  return {
    ...source,
    async *checkpoints() {
      const all = [...kept];
      for await (const checkpoint of source.checkpoints()) all.push(checkpoint as VerifiedCheckpoint);
      yield* all.sort((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : 0));
    },
  };
}

/** Something was recorded that must not have been. A key that was revoked later is mentioned, but is not a fault of the log. */
function hasWrongSignature({ counts }: SignatureReport): boolean {
  return Object.keys(counts).some((finding) => finding !== 'signature-revoked');
}

function collect(value: string, earlier: string[]): string[] {
  return [...earlier, value];
}

/** Errors that come from the log or the file, not from the command line. */
const NOT_THE_CALLERS: ReadonlySet<ReplayErrorCode> = new Set(['file-malformed', 'until-before-the-log']);

function failReplay(error: unknown): never {
  if (error instanceof ReplayError)
    fail(error.message, NOT_THE_CALLERS.has(error.code) ? EXIT.failed : EXIT.usedWrongly);
  if (error instanceof AlteredLogError) fail(error.message);
  if (error instanceof VerificationError) fail(`${error.code}: ${error.message}`);
  throw error;
}

function print(report: ReplayReport, { json }: Options): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const { events, logSize, root, signedSize, validAt, signatures, batches, verdicts, digest } = report;
  const shown = (name: string, value: string): unknown => process.stdout.write(`${name.padEnd(12)}${value}\n`);
  shown('events', `${events} of ${logSize}, every one hashed`);
  shown('root', root);
  shown('signed', signedSize === 0 ? 'nothing of it' : `the first ${signedSize} events`);
  shown('judged at', validAt ?? 'no moment: nothing had been recorded');
  for (const [programme, counts] of Object.entries(verdicts)) {
    const each = Object.entries(counts).map(([verdict, count]) => `${count} ${verdict}`);
    shown('', `${programme}: ${each.length === 0 ? 'no batches' : each.join(', ')}`);
  }
  shown('batches', String(batches));
  shown('signatures', `${signatures.verified} of commands hold`);
  for (const [finding, count] of Object.entries(signatures.counts)) shown('', `${count} ${finding}`);
  for (const { logIndex, finding } of signatures.findings) {
    process.stderr.write(`lodebook: event ${logIndex}: ${finding}\n`);
  }
  shown('digest', digest);
}
