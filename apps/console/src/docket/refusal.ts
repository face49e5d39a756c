import { Problem } from '../api/client.js';

/** Why a submission was refused, and what to do about it; forms keep the text. */
export function refusalOf(error: Error): string {
  if (!(error instanceof Problem)) return `${error.message} Your text is kept: send it again in a moment.`;
  const { code, retryAfter } = error;
  const when = retryAfter === undefined ? 'later' : `in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}`;
  switch (code) {
    case 'rate-limited':
      return `Too many submissions came from your address. Your text is kept: send it again ${when} (rate-limited).`;
    case 'queue-full':
      return 'The queue for regulators is full, and nothing more is accepted until some of it has been decided. Your text is kept: send it again another day (queue-full).';
    case 'overloaded':
      return `The ledger is overloaded. Your text is kept: send it again ${when} (overloaded).`;
    case 'too-large':
      return 'The text is too long for the ledger: shorten it (too-large).';
    case 'unauthenticated':
      return 'The ledger no longer accepts your key: sign out, and sign in with another (unauthenticated).';
    default:
      return `${error.message} (${code})`;
  }
}
