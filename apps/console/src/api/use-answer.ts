import { useCallback, useEffect, useRef, useState } from 'react';
import { useNews } from '../news/news.js';
import { useSession } from '../session/session.js';
import { Unreachable, type Client } from './client.js';

export type Answer<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'there'; readonly value: T; readonly again: () => void }
  /** `retrying`: the ledger is not responding, and the request is repeated automatically. */
  | { readonly state: 'failed'; readonly error: Error; readonly retrying: boolean; readonly again: () => void };

/** Between two attempts at a ledger that is not responding, milliseconds. */
const RETRY_MS = 3_000;

/** The answer to `GET path`. A ledger that is not responding is asked again until it responds. */
export function useAnswer<T>(path: string | undefined): Answer<T> {
  const ask = useCallback((client: Client, signal: AbortSignal) => client.get<T>(path!, signal), [path]);
  return useAsked(path === undefined ? undefined : ask);
}

/**
 * Like {@link useAnswer}, for several requests. `ask` runs again whenever it is another function, and when there is news;
 * meanwhile the previous answer stays on the page.
 * @param follows false for what news cannot change (the past), or what is too expensive to repeat at each
 */
export function useAsked<T>(
  ask: ((client: Client, signal: AbortSignal) => Promise<T>) | undefined,
  follows = true,
): Answer<T> {
  const { client } = useSession();
  const { version } = useNews();
  const news = follows ? version : 0;
  const asked = useRef<unknown>(undefined);
  // News does not interrupt a request: if it arrived faster than answers, no answer would ever be shown.
  const isUnderWay = useRef(false);
  const isMissed = useRef(false);
  const [attempt, setAttempt] = useState(0);
  const [answer, setAnswer] = useState<Answer<T>>({ state: 'loading' });
  const again = useCallback(() => setAttempt((last) => last + 1), []);

  useEffect(() => {
    if (ask === undefined) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isSame = asked.current === ask;
    asked.current = ask;
    setAnswer((last) => {
      const stays = last.state === 'failed' ? last.retrying : last.state === 'there' && isSame;
      return stays ? last : { state: 'loading' };
    });
    const settled = (): boolean => {
      if (abort.signal.aborted) return false;
      isUnderWay.current = false;
      if (isMissed.current) again();
      isMissed.current = false;
      return true;
    };
    isUnderWay.current = true;
    ask(client, abort.signal).then(
      (value) => settled() && setAnswer({ state: 'there', value, again }),
      (error: Error) => {
        if (!settled()) return;
        const retrying = error instanceof Unreachable;
        // What is on the page stays there while the ledger is not responding.
        setAnswer((last) => (retrying && last.state === 'there' ? last : { state: 'failed', error, retrying, again }));
        if (retrying) timer = setTimeout(again, RETRY_MS);
      },
    );
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [ask, client, attempt, again]);

  useEffect(() => {
    if (news === 0) return;
    if (isUnderWay.current) isMissed.current = true;
    else again();
  }, [news, again]);

  return answer;
}
