import { useState, type FormEvent, type ReactNode } from 'react';
import { LONGEST_TEXT } from '#vocabulary';
import { useSession } from '../session/session.js';
import { useRecording } from './use-recording.js';

interface SayFormProps {
  readonly entry: string;
  /** @param position in the log */
  readonly done: (words: string, position: string | null) => void;
}

/** Form for a comment by anyone, or for an answer of the site’s organisation. */
export function SayForm({ entry, done }: SayFormProps): ReactNode {
  const { client, isSignedIn } = useSession();
  const [as, setAs] = useState<'comments' | 'answers'>('comments');
  const [statement, setStatement] = useState('');
  const [author, setAuthor] = useState('');
  const { isSending, wrong, record } = useRecording(client);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const signed = as === 'comments' && author.trim() !== '' ? { author: author.trim() } : {};
    const path = `/v1/concerns/${encodeURIComponent(entry)}/${as}`;
    const recorded = await record(path, { statement: statement.trim(), ...signed });
    if (!recorded) return;
    const words = isSignedIn ? 'Recorded.' : 'Your comment is recorded, and is awaiting a regulator’s decision.';
    done(words, recorded.position);
  };

  return (
    <form className="panel form no-print" aria-label="Comment or answer" onSubmit={(event) => void submit(event)}>
      {isSignedIn && (
        <label>
          As
          <select value={as} onChange={({ target }) => setAs(target.value as 'comments' | 'answers')}>
            <option value="comments">a comment under your key</option>
            <option value="answers">the answer of the site’s organisation</option>
          </select>
        </label>
      )}
      <label>
        {as === 'answers' ? 'Your answer' : 'Your comment'}
        <textarea
          required
          maxLength={LONGEST_TEXT}
          value={statement}
          onChange={({ target }) => setStatement(target.value)}
        />
      </label>
      {as === 'comments' && (
        <label>
          Your name, optional; it is published
          <input
            maxLength={LONGEST_TEXT}
            value={author}
            autoComplete="off"
            onChange={({ target }) => setAuthor(target.value)}
          />
        </label>
      )}
      {!isSignedIn && <p className="quiet">It is published once a regulator admits it.</p>}
      {wrong !== undefined && (
        <p role="alert" className="wrong">
          {wrong}
        </p>
      )}
      <button type="submit" disabled={isSending}>
        {isSending ? 'Sending …' : as === 'answers' ? 'Answer' : 'Comment'}
      </button>
    </form>
  );
}
