import { useCallback, type ReactNode } from 'react';
import { type Claims, type Missing } from '../api/answers.js';
import { type Client } from '../api/client.js';
import { useAsked } from '../api/use-answer.js';
import { idOf, shareOf, wordsOf } from '../format/format.js';
import { Instant } from '../page/instant.js';
import { OnRequest } from '../page/on-request.js';
import { Verdict } from '../page/verdict.js';
import { Waiting } from '../page/waiting.js';
import { isSame, restingOn, type Resting } from './resting.js';

/**
 * What a verdict rests on, loaded on request: the ledger judges the chain once more for each statement.
 * @param path of the claims of one programme, with parameters
 */
export function RestsOn({ path }: { path: string }): ReactNode {
  return (
    <OnRequest id="rests-on" title="What it rests on">
      <Statements path={path} />
    </OnRequest>
  );
}

function Statements({ path }: { path: string }): ReactNode {
  const ask = useCallback(
    (client: Client, signal: AbortSignal) => client.get<Claims>(`${path}&restsOn=true`, signal),
    [path],
  );
  // Too expensive to request again at each news.
  const answer = useAsked(ask, false);
  if (answer.state !== 'there') return <Waiting answer={answer} what="what it rests on" />;
  const { restsOn } = answer.value;
  if (restsOn === undefined || restsOn.claims.length === 0) {
    return (
      <p className="panel">
        No claim of this programme rests on an attestation: those that hold are proven by custody records alone.
      </p>
    );
  }
  return (
    <>
      <p>
        Statements that somebody vouched for. Each says what would become of this batch if it had never been made; the
        weightiest come first.
        {restsOn.truncated && ' There are more than can be tested here: those issued last are left out.'}
      </p>
      <ul className="cards">
        {restingOn(restsOn).map((resting) => (
          <li key={`${resting.attestationId} ${resting.siteId} ${resting.from}`} className="panel">
            <Card resting={resting} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Card({ resting }: { resting: Resting }): ReactNode {
  const { attestationId, issuerOrganisationId, scheme, assurance, siteId, from, until, without } = resting;
  return (
    <>
      <h3 title={attestationId}>{idOf(attestationId)}</h3>
      <p>
        By {idOf(issuerOrganisationId)} under {scheme} ({wordsOf(assurance)}), of {idOf(siteId)}: counts from{' '}
        <Instant at={from} day /> until <Instant at={until} day />
        {Date.parse(until) < Date.now() && ', which is in the past'}.
      </p>
      <ul className="without">
        {without.map(({ missing, about }) => (
          <li key={`${about} ${missing.verdict} ${missing.from}`}>
            {isSame(missing) ? 'Unchanged without it' : 'Without it'} <Verdict verdict={missing.verdict} />: {about}
            <Why missing={missing} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Why({ missing: { because, batchId, siteId, from, until, lower } }: { missing: Missing }): ReactNode {
  return (
    <span className="quiet">
      {lower !== undefined && `, ${shareOf(Number(lower), 1)} still proven`}
      {because !== undefined && ` (${wordsOf(because)}`}
      {because !== undefined && batchId !== undefined && `, ${idOf(batchId)}`}
      {because !== undefined && siteId !== undefined && ` at ${idOf(siteId)}`}
      {because !== undefined && from !== undefined && (
        <>
          {' from '}
          <Instant at={from} day />
        </>
      )}
      {because !== undefined && until !== undefined && (
        <>
          {' until '}
          <Instant at={until} day />
        </>
      )}
      {because !== undefined && ')'}
    </span>
  );
}
