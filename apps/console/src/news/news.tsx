import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { Problem, type Client } from '../api/client.js';
import { serverSentIn } from './event-stream.js';

interface News {
  /** Changes whenever something visible to the reader was recorded or judged. */
  readonly version: number;
  /** The ledger is not responding; the console reconnects automatically. */
  readonly isAway: boolean;
}

const NewsContext = createContext<News>({ version: 0, isAway: false });
const TELLING: ReadonlySet<string> = new Set(['news', 'judged', 'anew']);
/** News within this time is shown together, milliseconds. */
const GATHER_MS = 1_500;
/** Pauses before reconnecting to a ledger that is down or full, each twice the one before. */
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/** Listens for news on behalf of all pages; there is none without a key. */
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

/** Reconnects whenever the stream ends, and resumes after the last event received. */
async function listen(
  client: Client,
  signal: AbortSignal,
  tell: () => void,
  away: (isAway: boolean) => void,
): Promise<void> {
  let last: string | undefined;
  let pause = SHORTEST_PAUSE_MS;
  while (!signal.aborted) {
    // A silent stream does not end by itself when the network is lost.
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
      // A key that was revoked, or may not receive news, is not tried again.
      if (error instanceof Problem && (error.status === 401 || error.status === 403)) return;
      if (!(error instanceof Problem)) away(true);
      pause = Math.min(LONGEST_PAUSE_MS, 2 * pause);
    } finally {
      removeEventListener('offline', onOffline);
    }
    await pauseOf(pause);
  }
}

/** Ends early when the network is back. */
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
