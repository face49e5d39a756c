import { Problem } from '../api/client.js';

/** Why what somebody wrote was not taken, and what to do; forms keep what was written. */
export function refusalOf(error: Error): string {
  if (!(error instanceof Problem)) return `${error.message} What you wrote stays here: send it again in a moment.`;
  const { code, retryAfter } = error;
  const when = retryAfter === undefined ? 'later' : `in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}`;
  switch (code) {
    case 'rate-limited':
      return `Too much has come from your address. What you wrote stays here: send it again ${when} (rate-limited).`;
    case 'queue-full':
      return 'Too much awaits a regulator already, and no more is taken before some of it was looked at. What you wrote stays here: send it again another day (queue-full).';
    case 'overloaded':
      return `The ledger has too much to do. What you wrote stays here: send it again ${when} (overloaded).`;
    case 'too-large':
      return 'This is more than the ledger takes at once: shorten it (too-large).';
    case 'unauthenticated':
      return 'The ledger no longer knows your key: sign out, and sign in with another (unauthenticated).';
    default:
      return `${error.message} (${code})`;
  }
}
