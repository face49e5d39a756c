import { type ReactNode } from 'react';
import { Problem } from '../api/client.js';
import { type Answer } from '../api/use-answer.js';

/** Stands in for an answer that is not there yet: still loading, or why it failed. */
export function Waiting({ answer, what }: { answer: Answer<unknown>; what: string }): ReactNode {
  if (answer.state === 'loading') return <p role="status">Loading {what} …</p>;
  if (answer.state === 'there') return null;
  const { error, retrying, again } = answer;
  return (
    <div role="alert" className="panel wrong">
      <p>{inWords(error, what)}</p>
      {retrying ? (
        <p>Reconnecting automatically.</p>
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
      return `There is no ${what} here, or you have no access to it (not-found).`;
    case 'forbidden':
      return 'Your key does not give access to this (forbidden).';
    case 'unauthenticated':
      return 'The ledger no longer accepts your key: sign out, and sign in with another (unauthenticated).';
    case 'overloaded':
    case 'rate-limited':
      return `The ledger is overloaded: try again in a moment (${error.code}).`;
    default:
      return `${error.message} (${error.code})`;
  }
}
