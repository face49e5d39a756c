import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { type IdentityProvider, type SignInAnswer } from '../api/answers.js';
import { Client, Problem, Unreachable } from '../api/client.js';
import { formatRoute } from '../routing/routes.js';
import { isReturn, type Credential } from './credential.js';
import { personasKept } from './personas.js';
import { useSession } from './session.js';

const NOT_A_KEY =
  'A key begins with “lodebook_”. The ledger prints keys when it first starts; an administrator issues others.';

const BY_KEY = 'The ledger does not know this key, or it has been revoked';
const BY_TOKEN = 'The ledger does not accept the identity provider’s token';

/** Asks for a key or redirects to the identity provider, and tries the result before it is kept. */
export function SignIn(): ReactNode {
  const { signIn, ended } = useSession();
  const [key, setKey] = useState('');
  const [trying, setTrying] = useState(false);
  const [wrong, setWrong] = useState<string | undefined>(ended);
  const provider = useIdentityProvider();
  const personas = personasKept();

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void take(key.trim());
  };
  const take = async (given: string): Promise<void> => {
    if (!given.startsWith('lodebook_')) return setWrong(NOT_A_KEY);
    await tried(() => Promise.resolve({ bearer: given }), BY_KEY);
  };
  const tried = async (find: () => Promise<Credential>, unknown: string): Promise<void> => {
    setTrying(true);
    try {
      const credential = await find();
      await new Client(() => credential.bearer).get('/v1/programmes');
      signIn(credential);
    } catch (error) {
      setWrong(inWords(error as Error, unknown));
      setTrying(false);
    }
  };
  const go = async (to: IdentityProvider): Promise<void> => {
    setTrying(true);
    try {
      await (await import('./identity-provider.js')).goToProvider(to);
    } catch (error) {
      setWrong((error as Error).message);
      setTrying(false);
    }
  };
  useEffect(() => {
    if (!isReturn(location)) return;
    void tried(async () => (await import('./identity-provider.js')).comeFromProvider(), BY_TOKEN);
  }, []);

  return (
    <form className="panel sign-in" onSubmit={submit} aria-labelledby="sign-in">
      <h1 id="sign-in">Sign in</h1>
      <p>Your key determines what you see: your organisation’s chains, or, for a regulator, all of them.</p>
      <label htmlFor="key">API key</label>
      <input
        id="key"
        type="password"
        autoComplete="off"
        spellCheck={false}
        value={key}
        onChange={({ target }) => setKey(target.value)}
        aria-describedby="key-help"
        aria-invalid={wrong !== undefined}
        autoFocus
      />
      <p id="key-help" className="quiet">
        The key is kept until this tab is closed, and is sent only to this ledger.
      </p>
      {wrong !== undefined && (
        <p role="alert" className="wrong">
          {wrong}
        </p>
      )}
      <button type="submit" disabled={trying}>
        {trying ? 'Signing in …' : 'Sign in'}
      </button>
      {provider && (
        <div className="row">
          <button type="button" disabled={trying} onClick={() => void go(provider)}>
            Sign in with {new URL(provider.issuer).host}
          </button>
        </div>
      )}
      <p className="quiet">
        Without a key: <a href={formatRoute({ page: 'docket' })}>the public docket of concerns</a>, and{' '}
        <a href={formatRoute({ page: 'verify' })}>evidence verified in your browser</a>.
      </p>
      {personas.length > 0 && (
        <div className="row" role="group" aria-label="Personas of the demonstration">
          <p className="quiet">Or explore the demonstration chain as</p>
          {personas.map((persona) => (
            <button key={persona.name} type="button" disabled={trying} onClick={() => void take(persona.key)}>
              {persona.name}
            </button>
          ))}
        </div>
      )}
    </form>
  );
}

/** The identity provider whose tokens this ledger accepts from the console, if there is one. */
function useIdentityProvider(): IdentityProvider | undefined {
  const [provider, setProvider] = useState<IdentityProvider>();
  useEffect(() => {
    const asking = new AbortController();
    new Client()
      .get<SignInAnswer>('/v1/sign-in', asking.signal)
      .then(({ identityProvider }) => setProvider(identityProvider))
      // A key can still be entered; signing in then reports what is wrong.
      .catch(() => undefined);
    return () => asking.abort();
  }, []);
  return provider;
}

function inWords(error: Error, unknown: string): string {
  if (error instanceof Unreachable) return 'The ledger is not responding. Is it running?';
  if (!(error instanceof Problem)) return error.message;
  if (error.code === 'unauthenticated') return `${unknown} (unauthenticated).`;
  return `${error.message} (${error.code})`;
}
