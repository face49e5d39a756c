import {
  BundleError,
  canonicalText,
  encodeBase64,
  leafHash,
  rootOf,
  verifyBundle,
  type BundleLimits,
  type VerifiedBundle,
} from '../index.js';
import { countingJudge, signer } from './sample-log.js';

/** Verifies a bundle of the sample log. */
export function verifySample(bytes: Uint8Array, limits: Partial<BundleLimits> = {}): Promise<VerifiedBundle> {
  return verifyBundle([bytes], { trustedKey: signer.key, judge: countingJudge, limits });
}

/** Why and where a bundle fails; undefined when it does not. Any exception but a BundleError is a bug and goes on. */
export async function failureOf(verification: Promise<unknown>): Promise<string | undefined> {
  try {
    await verification;
    return undefined;
  } catch (error) {
    if (error instanceof BundleError) return `${error.code} ${error.line} ${error.field}`.trim();
    throw error;
  }
}

export function linesOf(bytes: Uint8Array): string[] {
  return Buffer.from(bytes).toString().split('\n').slice(0, -1);
}

/** A bundle after changes, with an end line that fits them: what a forger would hand in. */
export function forged(bytes: Uint8Array, change: (lines: string[]) => void): Uint8Array {
  const lines = linesOf(bytes).slice(0, -1);
  change(lines);
  const root = encodeBase64(rootOf(lines.map((line) => leafHash(Buffer.from(line)))));
  lines.push(canonicalText({ kind: 'end', lines: String(lines.length), root }));
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

/** As {@link forged}, with one line, by its number, changed as a JSON value. */
export function edited(bytes: Uint8Array, line: number, edit: (content: Record<string, unknown>) => void): Uint8Array {
  return forged(bytes, (lines) => {
    const content = JSON.parse(lines[line - 1]!) as Record<string, unknown>;
    edit(content);
    lines[line - 1] = canonicalText(content);
  });
}
