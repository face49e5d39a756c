import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { Problem, type Client } from '../api/client.js';
import { serverSentIn } from './event-stream.js';

interface News {
  /** Another number whenever something was recorded or judged that the reader may see. */
  readonly version: number;
  /** The ledger does not answer; it is asked again by itself. */
  readonly isAway: boolean;
}

const NewsContext = createContext<News>({ version: 0, isAway: false });
const TELLING: ReadonlySet<string> = new Set(['news', 'judged', 'anew']);
/** What comes together is shown together, milliseconds. */
const GATHER_MS = 1_500;
/** Pauses before coming back to a ledger that is away, or has no room: each twice the one before. */
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/** Listens to the ledger for all pages; without a key there is nothing to hear. */
export function NewsProvider(props: { client: Client; isSignedIn: boolean; children: ReactNode }): ReactNode {
  const { client, isSignedIn, children } = props;
  const [news, setNews] = useState<News>({ version: 0, isAway: false });
  useEffect(() => {
    if (!isSignedIn) return;
    const abort = new AbortController();
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const tell = (): void => {
      gathering ??= setTimeout(() => {
        gathering = undefined;
        setNews(({ version, isAway }) => ({ version: version + 1, isAway }));
      }, GATHER_MS);
    };
    const away = (isAway: boolean): void => setNews((last) => (last.isAway === isAway ? last : { ...last, isAway }));
    void listen(client, abort.signal, tell, away);
    return () => (abort.abort(), clearTimeout(gathering));
  }, [client, isSignedIn]);
  return <NewsContext value={news}>{children}</NewsContext>;
}

export function useNews(): News {
  return useContext(NewsContext);
}

/** Comes back whenever the stream ends, and goes on after the last event that it had. */
async function listen(
  client: Client,
  signal: AbortSignal,
  tell: () => void,
  away: (isAway: boolean) => void,
): Promise<void> {
  let last: string | undefined;
  let pause = SHORTEST_PAUSE_MS;
  while (!signal.aborted) {
    // A stream that is silent does not break by itself when the network goes.
    const cut = new AbortController();
    const onOffline = (): void => cut.abort();
    addEventListener('offline', onOffline);
    try {
      const headers = { accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': last }) };
      const answer = await client.open('/v1/news', AbortSignal.any([signal, cut.signal]), headers);
      for await (const { event, id } of serverSentIn(answer.body!)) {
        away(false);
        pause = SHORTEST_PAUSE_MS;
        last = id ?? last;
        if (TELLING.has(event)) tell();
      }
    } catch (error) {
      if (signal.aborted) return;
      // A key that may not hear news, or is none any more, is not tried again and again.
      if (error instanceof Problem && (error.status === 401 || error.status === 403)) return;
      if (!(error instanceof Problem)) away(true);
      pause = Math.min(LONGEST_PAUSE_MS, 2 * pause);
    } finally {
      removeEventListener('offline', onOffline);
    }
    await pauseOf(pause);
  }
}

/** Or shorter, when the network is back before. */
function pauseOf(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      removeEventListener('online', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    addEventListener('online', end);
  });
}
