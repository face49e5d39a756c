import { parseProgramme, type ClaimsVerdict, type Programme } from '#claims';
import { verifyBatchEvidence, type VerifiedEvidence } from '#audit/evidence';
import { BundleError, KeyRing, toHex, VerificationError } from '#transparency';
import { type Outcome, type VerifyAnswer, type VerifyRequest } from './messages.js';

/** The programmes that this console was built with; a bundle names each by the hash of its text. */
const programmes: readonly Programme[] = Object.values(
  import.meta.glob<unknown>('../../../../libs/claims/programmes/*.json', { eager: true, import: 'default' }),
).flatMap((json) => {
  const parsed = parseProgramme(json);
  return 'programme' in parsed ? [parsed.programme] : [];
});

/** Bytes read between two progress messages. */
const SAY_EACH = 1 << 20;

addEventListener('message', ({ data }: MessageEvent<VerifyRequest>) => {
  verify(data).then(say, (error: unknown) => say(failureOf(error)));
});

function say(answer: VerifyAnswer): void {
  postMessage(answer);
}

async function verify({ file, key, rotations }: VerifyRequest): Promise<VerifyAnswer> {
  const ring = rotations.reduce((rotated, record) => rotated.rotated(record), KeyRing.of(key));
  const verified = await verifyBatchEvidence(() => bytesOf(file), ring, programmes);
  return { state: 'holds', outcome: outcomeOf(verified) };
}

async function* bytesOf(file: Blob): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let said = 0;
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    yield part.value;
    bytes += part.value.length;
    if (bytes - said < SAY_EACH) continue;
    said = bytes;
    say({ state: 'reading', bytes });
  }
}

function outcomeOf({
  header,
  checkpoint,
  records,
  hidden,
  signatures,
  completeness,
  verdict,
}: VerifiedEvidence): Outcome {
  const { batchId } = header.subject;
  return {
    origin: header.origin,
    mode: header.mode,
    size: String(checkpoint.size),
    root: toHex(checkpoint.root),
    records: Number(records),
    hidden: String(hidden),
    signatures: signatures.verified,
    subject: typeof batchId === 'string' ? batchId : undefined,
    verdicts: ((verdict ?? []) as ClaimsVerdict[]).map(({ programme, verdict: word }) => ({
      programme,
      verdict: word,
    })),
    notProven: completeness.notProven,
  };
}

function failureOf(error: unknown): VerifyAnswer {
  if (error instanceof BundleError) {
    const why = error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return { state: 'fails', code: error.code, message: error.message + why, line: error.line };
  }
  if (error instanceof VerificationError) return { state: 'fails', code: error.code, message: error.message };
  return { state: 'fails', code: 'unreadable', message: error instanceof Error ? error.message : String(error) };
}
