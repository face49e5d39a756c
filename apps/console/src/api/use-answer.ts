import { useCallback, useEffect, useRef, useState } from 'react';
import { useNews } from '../news/news.js';
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

/**
 * As {@link useAnswer}, of several requests; `ask` is asked anew whenever it is another function, and when there is news: the
 * answer that is there is shown until the new one has come.
 * @param follows false: of the past, which no news changes, or too dear to be asked at each
 */
export function useAsked<T>(
  ask: ((client: Client, signal: AbortSignal) => Promise<T>) | undefined,
  follows = true,
): Answer<T> {
  const { client } = useSession();
  const { version } = useNews();
  const news = follows ? version : 0;
  const asked = useRef<unknown>(undefined);
  // News do not interrupt a question: where they come faster than answers, nothing would ever be answered.
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
        // What is shown already stays while the ledger is away.
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
