import { useState, type ReactNode } from 'react';
import { type LedgerEvent } from '../api/answers.js';
import { useSession } from '../session/session.js';
import { type Included } from '../verification/messages.js';

type Outcome = { readonly included: Included } | { readonly wrong: string };

/** Proves in the browser that the event is in the signed log. */
export function InclusionProof({ event }: { event: LedgerEvent }): ReactNode {
  const { client } = useSession();
  const [outcome, setOutcome] = useState<Outcome>();
  const prove = async (): Promise<void> => {
    try {
      // The verifier is loaded on demand.
      const { proveInclusion } = await import('../verification/inclusion.js');
      setOutcome({ included: await proveInclusion(event, client) });
    } catch (error) {
      setOutcome({ wrong: (error as Error).message });
    }
  };
  return (
    <>
      <button type="button" className="quiet no-print" onClick={() => void prove()}>
        Prove inclusion
      </button>
      {outcome !== undefined && 'wrong' in outcome && <p role="alert">The proof failed: {outcome.wrong}</p>}
      {outcome !== undefined && 'included' in outcome && (
        <p role="status">
          Proved in your browser: the event is in the log {outcome.included.origin} of {outcome.included.size} events,
          signed with root <code>{outcome.included.root}</code>, by a key that derives from{' '}
          <code>{outcome.included.key}</code>.
          {!event.whole && ' Part of the record is not disclosed to you, so its hash is taken from the ledger.'}
        </p>
      )}
    </>
  );
}
