import { useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { CONCERN_SOURCES, SOURCES_WITHOUT_KEY } from '#attestation';
import { LONGEST_TEXT } from '#vocabulary';
import { Client } from '../api/client.js';
import { formatRoute } from '../routing/routes.js';
import { useSession } from '../session/session.js';
import { Subjects } from './subjects.js';
import { useRecording } from './use-recording.js';

const SPEAKING_AS = {
  public: 'anyone',
  worker: 'a worker at the site',
  regulator: 'a regulator',
  operator: 'the site’s operator',
} as const;

/** Form for raising a concern, with a key or without. */
export function RaiseForm({ about }: { about: string }): ReactNode {
  const { client: own, isSignedIn } = useSession();
  const [concernId] = useState(() => `concern-${crypto.randomUUID()}`);
  const [siteId, setSiteId] = useState(about);
  const [rights, setRights] = useState<readonly string[]>([]);
  const [source, setSource] = useState<string>('public');
  const [statement, setStatement] = useState('');
  const [reporter, setReporter] = useState('');
  const [isNameless, setNameless] = useState(!isSignedIn);
  const [missing, setMissing] = useState<string>();
  const [followed, setFollowed] = useState<string>();
  const client = useMemo(() => (isNameless ? new Client() : own), [isNameless, own]);
  const { isSending, wrong, record } = useRecording(client);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const lacks = rights.length === 0 ? 'Choose at least one subject of the concern.' : undefined;
    setMissing(lacks);
    if (lacks !== undefined) return;
    const said = { ...given('statement', statement), ...given('reporter', reporter) };
    const body = { concernId, siteId: siteId.trim(), rights, source, ...said };
    const recorded = await record('/v1/concerns', body);
    if (recorded) setFollowed(recorded.location?.split('/').at(-1));
  };

  if (followed !== undefined) return <Taken entry={decodeURIComponent(followed)} isNameless={isNameless} />;
  const sources = isNameless ? SOURCES_WITHOUT_KEY : CONCERN_SOURCES;
  return (
    <form className="panel form" aria-label="Raise a concern" onSubmit={(event) => void submit(event)}>
      <p className="quiet">
        {isNameless
          ? 'You need neither a key nor a name, and your address is not stored.'
          : 'It is raised under your key, which regulators can see; the site’s organisation is notified at once.'}{' '}
        Only regulators read your statement; if the concern is admitted, the public sees a summary written by the
        regulator.
      </p>
      {isSignedIn && (
        <label>
          <input
            type="checkbox"
            checked={isNameless}
            onChange={({ target }) => (setNameless(target.checked), setSource('public'))}
          />{' '}
          Without my key, anonymously
        </label>
      )}
      <label>
        Site id
        <input required value={siteId} spellCheck={false} onChange={({ target }) => setSiteId(target.value)} />
      </label>
      <Subjects title="Subject of the concern: tick all that apply." chosen={rights} choose={setRights} />
      <label>
        I speak as
        <select value={source} onChange={({ target }) => setSource(target.value)}>
          {sources.map((each) => (
            <option key={each} value={each}>
              {SPEAKING_AS[each]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Statement
        <textarea maxLength={LONGEST_TEXT} value={statement} onChange={({ target }) => setStatement(target.value)} />
      </label>
      <p className="quiet">
        {(LONGEST_TEXT - statement.length).toLocaleString()} of {LONGEST_TEXT.toLocaleString()} characters are left.
      </p>
      <label>
        Your name and contact, optional; only regulators see them
        <input
          maxLength={LONGEST_TEXT}
          value={reporter}
          autoComplete="off"
          onChange={({ target }) => setReporter(target.value)}
        />
      </label>
      {(missing ?? wrong) !== undefined && (
        <p role="alert" className="wrong">
          {missing ?? wrong}
        </p>
      )}
      <button type="submit" disabled={isSending}>
        {isSending ? 'Sending …' : 'Raise the concern'}
      </button>
    </form>
  );
}

function Taken({ entry, isNameless }: { entry: string; isNameless: boolean }): ReactNode {
  return (
    // The form that had the focus is gone.
    <div className="panel right" role="status" tabIndex={-1} ref={(taken) => taken?.focus()}>
      <p>
        Your concern is recorded
        {isNameless
          ? ', and is awaiting a regulator’s decision'
          : '. Regulators and the site’s organisation can see it'}
        .
      </p>
      <p>
        <a href={formatRoute({ page: 'docket-entry', entry })}>Follow it here</a>
        {isNameless && ', and keep that address: it shows the status of your concern, and nobody else can guess it'}.
      </p>
    </div>
  );
}

function given(name: string, text: string): Record<string, string> {
  return text.trim() === '' ? {} : { [name]: text.trim() };
}
