import { Command } from 'commander';
import { createReadStream, readFileSync } from 'node:fs';
import { type ClaimsVerdict } from '#claims';
import { BundleError, VerificationError, type KeyRing } from '#transparency';
import { verifyEvidence, type VerifiedEvidence } from '#audit';
import { ProgrammeLibrary, PROGRAMMES_FOLDER } from '#programmes';
import { EXIT, fail } from './exit.js';
import { Progress } from './progress.js';
import { ringOf, sizeOf } from './given-files.js';

interface Options {
  key: string;
  rotations?: string;
  json?: boolean;
}

const OPEN_POINT: Record<string, string> = {
  'absent-streams': 'streams of which nothing is included may hold an event that bears on the verdict',
  'stream-tails': 'an included stream may have further events before the checkpoint',
  'stream-gaps': 'some included streams are not complete from their beginning',
  'hidden-records': 'what the hidden records say, that they bear on the batch, and any verdict on it',
};

export function verifyCommand(): Command {
  return new Command('verify')
    .description('Check an evidence bundle: every signature, every proof, and the verdict itself; needs no ledger')
    .argument('<file>', 'the bundle')
    .requiredOption('--key <vkey>', 'first key of the log, from whoever you trust to know it')
    .option('--rotations <file>', 'what /v1/audit/keys answers, when the key has been rotated')
    .option('--json', 'print the outcome as JSON')
    .action(async (file: string, options: Options) => {
      const size = sizeOf(file);
      const ring = withRotations(ringOf(options.key), options.rotations);
      const progress = new Progress('Verifying', size);
      try {
        const verified = await verifyEvidence(
          async function* () {
            let read = 0;
            for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
              yield chunk;
              progress.at((read += chunk.length));
            }
          },
          ring,
          ProgrammeLibrary.load(PROGRAMMES_FOLDER),
        );
        progress.end(verified.hidden > 0n ? 'what is shown holds' : 'every byte holds');
        print(verified, options);
      } catch (error) {
        progress.end('it does not hold');
        if (!(error instanceof VerificationError)) throw error;
        refuse(error, options);
      }
    });
}

/** Each rotation is signed by the previous key, so the first key is enough to trust them all. */
function withRotations(ring: KeyRing, path: string | undefined): KeyRing {
  if (path === undefined) return ring;
  sizeOf(path);
  let rotations: unknown;
  try {
    ({ rotations } = JSON.parse(readFileSync(path, 'utf8')) as { rotations?: unknown });
  } catch {
    rotations = undefined;
  }
  if (!Array.isArray(rotations)) fail(`${path} is not what /v1/audit/keys answers`, EXIT.usedWrongly);
  try {
    return rotations.reduce((rotated: KeyRing, record: unknown) => rotated.rotated(String(record)), ring);
  } catch (error) {
    fail(`a key rotation in ${path} does not verify: ${(error as Error).message}`);
  }
}

function refuse(error: VerificationError, { json }: Options): never {
  const place = error instanceof BundleError ? { line: error.line, field: error.field } : {};
  const cause = error.code === 'judge-failed' && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ verified: false, code: error.code, ...place, message: error.message })}\n`,
    );
  }
  fail(`${error.code}: ${error.message}${cause}`);
}

function print(
  { header, checkpoint, records, hidden, disclosures, signatures, completeness, verdict }: VerifiedEvidence,
  { json }: Options,
): void {
  if (json) {
    const { mode, origin, subject } = header;
    const signed = { size: String(checkpoint.size), root: Buffer.from(checkpoint.root).toString('hex') };
    const proved = { records: String(records), hidden: String(hidden), disclosures: String(disclosures) };
    const outcome = { verified: true, mode, origin, subject, checkpoint: signed, ...proved };
    process.stdout.write(`${JSON.stringify({ ...outcome, signatures, completeness, verdict })}\n`);
    return;
  }
  const shown = (line: string): unknown => process.stdout.write(`${line}\n`);
  shown(`log          ${header.origin}`);
  shown(`checkpoint   ${checkpoint.size} events, root ${Buffer.from(checkpoint.root).toString('hex')}`);
  shown(`proved       ${records} events`);
  if (hidden > 0n) shown(`hidden       ${hidden} events: proved to be in the log, their records are not in the file`);
  if (disclosures > 0n) shown(`disclosed    ${disclosures} withheld values are those committed to`);
  if (signatures.verified > 0) {
    const { verified, revoked } = signatures;
    const since = revoked > 0 ? `; ${revoked} of them by keys that are revoked for that time` : '';
    shown(`signatures   ${verified} of commands hold${since}`);
  }
  if (signatures.unchecked > 0) {
    shown(`             of ${signatures.unchecked} commands the keys are not shown: their signatures are not checked`);
  }
  if (header.mode === 'partial-batch') {
    shown(
      `not judged   ${JSON.stringify(header.subject['batchId'] ?? null)}: ${hidden} records are hidden, no verdict can be checked`,
    );
  } else if (header.mode === 'batch') {
    for (const each of verdict as ClaimsVerdict[])
      shown(`${each.batchId}  ${each.programme} at ${each.validAt}: ${each.verdict}`);
  } else {
    const { batches, digest } = verdict as { batches: number; digest: string };
    shown(`batches      ${batches}`);
    shown(`digest       ${digest}`);
  }
  if (completeness.notProven.length > 0) shown('not proved:');
  for (const point of completeness.notProven) shown(`  - ${OPEN_POINT[point]}`);
}
