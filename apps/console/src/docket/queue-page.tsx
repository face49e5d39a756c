import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { LONGEST_TEXT } from '#vocabulary';
import { type AwaitingAdmission, type Page } from '../api/answers.js';
import { useAnswer } from '../api/use-answer.js';
import { idOf, tellableOf, wordsOf } from '../format/format.js';
import { Instant } from '../page/instant.js';
import { Waiting } from '../page/waiting.js';
import { useSession } from '../session/session.js';
import { useRecording } from './use-recording.js';

/** Concerns and comments submitted without a key, for a regulator to admit or decline. */
export function QueuePage(): ReactNode {
  const answer = useAnswer<Page<AwaitingAdmission>>('/v1/concerns/queue?limit=100');
  const [settled, setSettled] = useState<readonly string[]>([]);
  const [outcome, setOutcome] = useState('');
  const said = useRef<HTMLParagraphElement>(null);
  const done = (eventId: string, words: string): void => {
    setSettled([...settled, eventId]);
    setOutcome(words);
    // The form that had the focus is removed.
    said.current?.focus();
  };
  return (
    <>
      <h1>Awaiting admission</h1>
      <p>Concerns and comments submitted without a key, oldest first. Only regulators can see them.</p>
      <p role="status" ref={said} tabIndex={-1}>
        {outcome}
      </p>
      {answer.state === 'there' ? (
        <Queue
          waiting={answer.value.items.filter(({ eventId }) => !settled.includes(eventId))}
          isMore={answer.value.next !== null}
          done={done}
        />
      ) : (
        <Waiting answer={answer} what="queue" />
      )}
    </>
  );
}

interface QueueProps {
  readonly waiting: readonly AwaitingAdmission[];
  readonly isMore: boolean;
  readonly done: (eventId: string, words: string) => void;
}

function Queue({ waiting, isMore, done }: QueueProps): ReactNode {
  if (waiting.length === 0 && !isMore) return <p className="panel">Nothing is awaiting admission.</p>;
  return (
    <>
      <ul className="cards">
        {waiting.map((each) => (
          <li key={each.eventId} className="panel">
            <Waits waits={each} done={(words) => done(each.eventId, words)} />
          </li>
        ))}
      </ul>
      {isMore && <p className="quiet">There are more: they appear as these are decided.</p>}
    </>
  );
}

function Waits({ waits, done }: { waits: AwaitingAdmission; done: (words: string) => void }): ReactNode {
  const { what, concernId, siteId, sentAt, rights, statement, author, eventId } = waits;
  const path = `/v1/concerns/${encodeURIComponent(concernId)}`;
  const isConcern = what === 'concern';
  const ofComment = isConcern ? {} : { eventId };
  return (
    <>
      <h2>
        {isConcern ? 'Concern' : 'Comment'} <span className="tag">{rights.map(wordsOf).join(', ')}</span>
      </h2>
      <p>
        At {idOf(siteId)}, sent <Instant at={sentAt} />, {textOf(author, 'anonymous')}
      </p>
      <blockquote className="said">{textOf(statement, 'No text was given.')}</blockquote>
      <Decide
        action="Admit"
        label={isConcern ? 'Public summary for the docket' : undefined}
        path={`${path}/${isConcern ? 'admission' : 'comment-admissions'}`}
        bodyOf={(summary) => (isConcern ? { summary } : ofComment)}
        done={() => done(isConcern ? 'Admitted: the concern is on the docket.' : 'Admitted: the comment is public.')}
      />
      <Decide
        action="Decline"
        label={isConcern ? 'Reason for declining (shown to the person who raised it)' : 'Reason for declining'}
        path={`${path}/${isConcern ? 'declination' : 'comment-declinations'}`}
        bodyOf={(reason) => ({ ...ofComment, reason })}
        done={() => done('Declined.')}
      />
    </>
  );
}

interface DecideProps {
  readonly action: 'Admit' | 'Decline';
  /** Label of its text field, if it has one. */
  readonly label: string | undefined;
  readonly path: string;
  readonly bodyOf: (words: string) => object;
  readonly done: () => void;
}

function Decide({ action, label, path, bodyOf, done }: DecideProps): ReactNode {
  const { client } = useSession();
  const { isSending, wrong, record } = useRecording(client);
  const [words, setWords] = useState('');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await record(path, bodyOf(words.trim()))) done();
  };
  return (
    <form className="form" aria-label={action} onSubmit={(event) => void submit(event)}>
      {label !== undefined && (
        <label>
          {label}
          <input required maxLength={LONGEST_TEXT} value={words} onChange={({ target }) => setWords(target.value)} />
        </label>
      )}
      {wrong !== undefined && (
        <p role="alert" className="wrong">
          {wrong}
        </p>
      )}
      <button type="submit" disabled={isSending}>
        {isSending ? 'Sending …' : action}
      </button>
    </form>
  );
}

function textOf(text: unknown, none: string): string {
  if (text === undefined) return none;
  return tellableOf(text) ?? 'withheld';
}
