import { createContext, useContext, useMemo, useState, type ReactNode } from 'react';
import { Client } from '../api/client.js';
import { NewsProvider } from '../news/news.js';

/** Kept for the tab and no longer; a key is in no address and no other storage. */
const STORED = 'lodebook-key';

export interface Session {
  readonly client: Client;
  readonly isSignedIn: boolean;
  readonly signIn: (key: string) => void;
  readonly signOut: () => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

export function SessionProvider({ children }: { children: ReactNode }): ReactNode {
  const [key, setKey] = useState(() => sessionStorage.getItem(STORED) ?? undefined);
  const session = useMemo<Session>(
    () => ({
      client: new Client(key),
      isSignedIn: key !== undefined,
      signIn: (given) => {
        sessionStorage.setItem(STORED, given);
        setKey(given);
      },
      signOut: () => {
        sessionStorage.removeItem(STORED);
        setKey(undefined);
      },
    }),
    [key],
  );
  return (
    <SessionContext value={session}>
      <NewsProvider client={session.client} isSignedIn={session.isSignedIn}>
        {children}
      </NewsProvider>
    </SessionContext>
  );
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('there is no session around this component');
  return session;
}
