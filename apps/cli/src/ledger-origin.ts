import { parseCheckpoint, VerificationError } from '#transparency';
import { fail } from './exit.js';

/** How long a ledger may take to answer, milliseconds. */
const PATIENCE_MS = 10_000;

/** The origin of the ledger at a URL, from its checkpoint. Ends the process when it cannot be fetched. */
export async function originAt(url: string): Promise<string> {
  let answer: { readonly status: number; readonly text: string };
  try {
    const response = await fetch(new URL('/v1/audit/checkpoint', url), { signal: AbortSignal.timeout(PATIENCE_MS) });
    answer = { status: response.status, text: await response.text() };
  } catch (error) {
    const { cause, message } = error as Error;
    return fail(`${url} cannot be asked for its checkpoint: ${cause instanceof Error ? cause.message : message}`);
  }
  if (answer.status !== 200) return fail(`${url} answers ${answer.status} and no checkpoint: give --ledger`);
  try {
    return parseCheckpoint(answer.text).origin;
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    return fail(`${url} answers what is no checkpoint: ${error.message}`);
  }
}
