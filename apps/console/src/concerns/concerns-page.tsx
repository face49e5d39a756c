import { type ReactNode } from 'react';
import { type Concern, type List } from '../api/answers.js';
import { useAnswer } from '../api/use-answer.js';
import { idOf, wordsOf } from '../format/format.js';
import { Instant } from '../page/instant.js';
import { Waiting } from '../page/waiting.js';

export function ConcernsPage(): ReactNode {
  const answer = useAnswer<List<Concern>>('/v1/concerns?limit=200');
  return (
    <>
      <h1>Concerns</h1>
      {answer.state === 'there' ? (
        <Concerns concerns={answer.value.items} />
      ) : (
        <Waiting answer={answer} what="concerns" />
      )}
    </>
  );
}

function Concerns({ concerns }: { concerns: readonly Concern[] }): ReactNode {
  if (concerns.length === 0) return <p className="panel">No concern was raised about a site that you see.</p>;
  return (
    <ul className="cards">
      {concerns.map(({ concernId, siteId, rights, status, raisedAt, findings = [] }) => (
        <li key={concernId} className="panel">
          <h2>
            {idOf(concernId)} <span className="tag">{wordsOf(status)}</span>
          </h2>
          <p>
            About {rights.map(wordsOf).join(', ')} at {idOf(siteId)}, raised on <Instant at={raisedAt} day />.
          </p>
          {findings.map(({ substantiated, rights: found, from, annulled }, index) => (
            <p key={index} className={substantiated && annulled === undefined ? 'wrong' : 'quiet'}>
              {substantiated ? 'Substantiated' : 'Not substantiated'}: {found.map(wordsOf).join(', ')}, from{' '}
              <Instant at={from} day />
              {annulled === undefined ? '.' : '; annulled since.'}
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}
