import { useState, type FormEvent, type ReactNode } from 'react';
import { Client, Problem } from '../api/client.js';
import { formatRoute } from '../routing/routes.js';
import { personasKept } from './personas.js';
import { useSession } from './session.js';

const NOT_A_KEY = 'A key begins with “lodebook_”. The start of the ledger prints some; an administrator issues others.';

/** Asks for a key, and tries it before it is kept. */
export function SignIn(): ReactNode {
  const { signIn } = useSession();
  const [key, setKey] = useState('');
  const [trying, setTrying] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const personas = personasKept();

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void take(key.trim());
  };
  const take = async (given: string): Promise<void> => {
    if (!given.startsWith('lodebook_')) return setWrong(NOT_A_KEY);
    setTrying(true);
    try {
      await new Client(given).get('/v1/programmes');
      signIn(given);
    } catch (error) {
      setWrong(inWords(error as Error));
    } finally {
      setTrying(false);
    }
  };

  return (
    <form className="panel sign-in" onSubmit={submit} aria-labelledby="sign-in">
      <h1 id="sign-in">Sign in</h1>
      <p>Your key decides what you see: your organisation’s chains, or all of them as a regulator.</p>
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
        Kept in this tab until it is closed. Your key goes to this ledger only.
      </p>
      {wrong !== undefined && (
        <p role="alert" className="wrong">
          {wrong}
        </p>
      )}
      <button type="submit" disabled={trying}>
        {trying ? 'Trying the key …' : 'Sign in'}
      </button>
      <p className="quiet">
        Without a key: <a href={formatRoute({ page: 'docket' })}>the public docket of concerns</a>, and{' '}
        <a href={formatRoute({ page: 'verify' })}>evidence verified in your browser</a>.
      </p>
      {personas.length > 0 && (
        <div className="row" role="group" aria-label="Personas of the demonstration">
          <p className="quiet">Or look around the demonstration chain as its</p>
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

function inWords(error: Error): string {
  if (!(error instanceof Problem)) return 'The ledger does not answer. Is it running?';
  if (error.code === 'unauthenticated')
    return 'The ledger does not know this key, or it was revoked (unauthenticated).';
  return `${error.message} (${error.code})`;
}
