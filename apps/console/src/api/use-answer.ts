import { useCallback, useEffect, useState } from 'react';
import { useSession } from '../session/session.js';
import { Unreachable, type Client } from './client.js';

export type Answer<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'there'; readonly value: T; readonly again: () => void }
  /** `retrying`: the ledger is away, and is asked again by itself. */
  | { readonly state: 'failed'; readonly error: Error; readonly retrying: boolean; readonly again: () => void };

/** Between two tries at a ledger that is away, milliseconds. */
const RETRY_MS = 3_000;

/** What a path answers. A ledger that is away is asked again until it is back. */
export function useAnswer<T>(path: string | undefined): Answer<T> {
  const ask = useCallback((client: Client, signal: AbortSignal) => client.get<T>(path!, signal), [path]);
  return useAsked(path === undefined ? undefined : ask);
}

/** As {@link useAnswer}, of several requests; `ask` is asked anew whenever it is another function. */
export function useAsked<T>(ask: ((client: Client, signal: AbortSignal) => Promise<T>) | undefined): Answer<T> {
  const { client } = useSession();
  const [attempt, setAttempt] = useState(0);
  const [answer, setAnswer] = useState<Answer<T>>({ state: 'loading' });
  const again = useCallback(() => setAttempt((last) => last + 1), []);

  useEffect(() => {
    if (ask === undefined) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    setAnswer((last) => (last.state === 'failed' && last.retrying ? last : { state: 'loading' }));
    ask(client, abort.signal).then(
      (value) => abort.signal.aborted || setAnswer({ state: 'there', value, again }),
      (error: Error) => {
        if (abort.signal.aborted) return;
        const retrying = error instanceof Unreachable;
        setAnswer({ state: 'failed', error, retrying, again });
        if (retrying) timer = setTimeout(again, RETRY_MS);
      },
    );
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [ask, client, attempt, again]);

  return answer;
}
