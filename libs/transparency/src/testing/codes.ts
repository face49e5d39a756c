import { VerificationError, type VerificationErrorCode } from '../verification-error.js';

/** Runs a check: undefined when it passed, its code when it failed. Any other exception is a bug and goes on. */
export function codeOf(check: () => unknown): VerificationErrorCode | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return codeIn(error);
  }
}

/** As {@link codeOf}, for checks that return a promise. */
export async function codeOfAsync(check: () => Promise<unknown>): Promise<VerificationErrorCode | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    return codeIn(error);
  }
}

function codeIn(error: unknown): VerificationErrorCode {
  if (error instanceof VerificationError) return error.code;
  throw error;
}
