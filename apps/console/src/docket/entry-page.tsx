import { useCallback, useState, type ReactNode } from 'react';
import { type DocketEntry, type NotOnDocket } from '../api/answers.js';
import { type Client } from '../api/client.js';
import { useAsked } from '../api/use-answer.js';
import { countryOf, idOf, tellableOf, wordsOf } from '../format/format.js';
import { Instant } from '../page/instant.js';
import { Waiting } from '../page/waiting.js';
import { formatRoute } from '../routing/routes.js';
import { SayForm } from './say-form.js';

const HIDDEN = 'the text is not public';

/** One concern of the docket: its status, findings, comments and answers. */
export function EntryPage({ entry }: { entry: string }): ReactNode {
  const [said, setSaid] = useState<string>();
  // The reader's own comment is shown as soon as the ledger's tables contain it.
  const [position, setPosition] = useState<string>();
  const ask = useCallback(
    async (client: Client, signal: AbortSignal) => {
      const headers: Record<string, string> = position === undefined ? {} : { 'ledger-position': position };
      const answer = await client.open(`/v1/docket/${encodeURIComponent(entry)}`, signal, headers);
      return (await answer.json()) as DocketEntry | NotOnDocket;
    },
    [entry, position],
  );
  const answer = useAsked(ask);
  const done = (words: string, at: string | null): void => {
    setSaid(words);
    if (at !== null) setPosition(at);
  };
  return (
    <>
      <p className="no-print">
        <a href={formatRoute({ page: 'docket' })}>Docket</a>
      </p>
      {answer.state === 'there' ? <Followed followed={answer.value} /> : <Waiting answer={answer} what="concern" />}
      {said !== undefined && (
        <p role="status" className="panel right">
          {said}
        </p>
      )}
      {answer.state === 'there' && 'summary' in answer.value && (
        <>
          <h2>{answer.value.status === 'closed' ? 'Closed' : 'Comment or answer'}</h2>
          {answer.value.status === 'closed' ? (
            <p className="panel">A closed concern takes no more comments or answers.</p>
          ) : (
            <SayForm key={said === undefined ? '' : position} entry={entry} done={done} />
          )}
        </>
      )}
    </>
  );
}

function Followed({ followed }: { followed: DocketEntry | NotOnDocket }): ReactNode {
  if ('summary' in followed) return <Entry entry={followed} />;
  const { concernId, status, reason } = followed;
  return (
    <>
      <h1 title={concernId}>A concern that you raised</h1>
      {status === 'awaiting-admission' ? (
        <p className="panel">
          It is awaiting a regulator’s decision. Until it is admitted, only regulators can see it; return to this
          address to follow it.
        </p>
      ) : (
        <p className="panel wrong">A regulator declined it: {tellableOf(reason) ?? HIDDEN}</p>
      )}
    </>
  );
}

function Entry({ entry }: { entry: DocketEntry }): ReactNode {
  const { concernId, siteId, organisationId, country, rights, kinds, summary, status, comments, answers } = entry;
  return (
    <article>
      <h1 title={concernId}>{summary}</h1>
      <p className="facts">
        <span className="tag">{wordsOf(status)}</span> {kinds.map(wordsOf).join(', ')}: {rights.map(wordsOf).join(', ')}{' '}
        · {idOf(siteId)} of {idOf(organisationId)} · {countryOf(country)}
      </p>
      <h2>Status</h2>
      <Steps entry={entry} />
      <h2>Answers</h2>
      {answers.length === 0 && <p className="panel">The site’s organisation has not answered.</p>}
      {answers.map(({ statement, answeredAt }, index) => (
        <blockquote key={index} className="panel">
          <p className="said">{statement}</p>
          <p className="quiet">
            The organisation of the site, <Instant at={answeredAt} />
          </p>
        </blockquote>
      ))}
      <h2>Comments</h2>
      {comments.length === 0 && <p className="panel">No comments.</p>}
      {comments.map(({ statement, author, organisationId: by, commentedAt }, index) => (
        <blockquote key={index} className="panel">
          <p className="said">{statement}</p>
          <p className="quiet">
            {author ?? (by === undefined ? 'Somebody' : 'An organisation')}
            {by !== undefined && `, with the key of ${idOf(by)}`}, <Instant at={commentedAt} />
          </p>
        </blockquote>
      ))}
    </article>
  );
}

function Steps({ entry }: { entry: DocketEntry }): ReactNode {
  const { raisedAt, admittedAt, investigationOpenedAt, findings, remediationAcceptedAt, closedAt, outcome } = entry;
  return (
    <ul>
      <li>
        Raised on <Instant at={raisedAt} day />, admitted on <Instant at={admittedAt} day />
      </li>
      {investigationOpenedAt !== undefined && (
        <li>
          Investigated since <Instant at={investigationOpenedAt} day />
        </li>
      )}
      {findings.map(({ substantiated, rights, from, until, annulledAt }, index) => (
        <li key={index} className={substantiated && annulledAt === undefined ? 'wrong' : 'quiet'}>
          {substantiated ? 'Substantiated' : 'Not substantiated'}: {rights.map(wordsOf).join(', ')}, from{' '}
          <Instant at={from} day />
          {until !== undefined && (
            <>
              {' '}
              to <Instant at={until} day />
            </>
          )}
          {annulledAt !== undefined && (
            <>
              ; annulled on <Instant at={annulledAt} day />
            </>
          )}
        </li>
      ))}
      {remediationAcceptedAt !== undefined && (
        <li>
          Remediation accepted on <Instant at={remediationAcceptedAt} day />
        </li>
      )}
      {closedAt !== undefined && (
        <li>
          Closed on <Instant at={closedAt} day />: {tellableOf(outcome) ?? HIDDEN}
        </li>
      )}
    </ul>
  );
}
