import { type ReactNode } from 'react';
import { Problem } from '../api/client.js';
import { type Answer } from '../api/use-answer.js';

/** What stands in the place of an answer that is not there: that it is on its way, or why it is not. */
export function Waiting({ answer, what }: { answer: Answer<unknown>; what: string }): ReactNode {
  if (answer.state === 'loading') return <p role="status">Loading {what} …</p>;
  if (answer.state === 'there') return null;
  const { error, retrying, again } = answer;
  return (
    <div role="alert" className="panel wrong">
      <p>{inWords(error, what)}</p>
      {retrying ? (
        <p>It is asked again by itself until it is back.</p>
      ) : (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

function inWords(error: Error, what: string): string {
  if (!(error instanceof Problem)) return error.message;
  switch (error.code) {
    case 'not-found':
      return `There is no ${what} here, or none that you may know of (not-found).`;
    case 'forbidden':
      return `Your key has no right to see this (forbidden).`;
    case 'unauthenticated':
      return 'The ledger no longer knows your key: sign out, and sign in with another (unauthenticated).';
    case 'overloaded':
    case 'rate-limited':
      return `The ledger has too much to do just now: try again in a moment (${error.code}).`;
    default:
      return `${error.message} (${error.code})`;
  }
}
