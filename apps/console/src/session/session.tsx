import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { Client } from '../api/client.js';
import { NewsProvider } from '../news/news.js';
import { credentialKept, keepCredential, renewalIn, type Credential } from './credential.js';

/** After a failed renewal, the next attempts are made at these intervals in the time that is left, milliseconds. */
const AGAIN = 5_000;

interface Session {
  readonly client: Client;
  readonly isSignedIn: boolean;
  /** Why the session ended, unless the reader ended it. */
  readonly ended: string | undefined;
  readonly signIn: (credential: Credential) => void;
  readonly signOut: () => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

export function SessionProvider({ children }: { children: ReactNode }): ReactNode {
  const [credential, setCredential] = useState(credentialKept);
  const [ended, setEnded] = useState<string>();
  const current = useRef(credential);
  const take = (given: Credential | undefined): void => {
    keepCredential(given);
    current.current = given;
    setCredential(given);
  };
  useEffect(
    () => (credential ? keptFresh(credential, take, (why) => (take(undefined), setEnded(why))) : undefined),
    [credential],
  );
  // A renewed token of the same sign-in changes nothing on the page.
  const isSignedIn = credential !== undefined;
  const session = useMemo<Session>(
    () => ({
      client: new Client(() => current.current?.bearer),
      isSignedIn,
      ended,
      signIn: (given) => {
        setEnded(undefined);
        take(given);
      },
      signOut: () => take(undefined),
    }),
    [isSignedIn, ended],
  );
  return (
    <SessionContext value={session}>
      <NewsProvider client={session.client} isSignedIn={isSignedIn}>
        {children}
      </NewsProvider>
    </SessionContext>
  );
}

/**
 * Renews a token before it expires, as long as the identity provider does; then ends the session. @returns a function that
 * stops the renewals
 */
function keptFresh(
  { provider, refreshToken, until, ...credential }: Credential,
  take: (renewed: Credential) => void,
  end: (why: string) => void,
): (() => void) | undefined {
  const wait = renewalIn({ ...credential, ...(until !== undefined && { until }) }, Date.now());
  if (wait === undefined || until === undefined || !provider) return undefined;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout>;
  const over = (): void => end(`Your session with ${provider.issuer} has ended. Sign in again.`);
  const renewed = async (): Promise<void> => {
    try {
      const { renew } = await import('./identity-provider.js');
      const fresh = await renew(provider, refreshToken!);
      if (!stopped) take(fresh);
    } catch {
      if (stopped) return;
      const left = until - Date.now();
      if (left <= 0) over();
      else timer = setTimeout(() => void renewed(), Math.min(AGAIN, left));
    }
  };
  timer = refreshToken === undefined ? setTimeout(over, until - Date.now()) : setTimeout(() => void renewed(), wait);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('there is no session around this component');
  return session;
}
