import { useState, type ReactNode } from 'react';
import { type Concern, type Finding } from '../api/answers.js';
import { idOf, tellableOf, wordsOf } from '../format/format.js';
import { Instant } from '../page/instant.js';
import { AnnulForm, StepForm } from './step-form.js';

const HIDDEN = 'the text is not disclosed to you';

interface ConcernCardProps {
  readonly concern: Concern;
  readonly done: (words: string, position: string | null) => void;
}

/** A concern: what it says, what came of it, and a form for the next step. */
export function ConcernCard({ concern, done }: ConcernCardProps): ReactNode {
  const { concernId, siteId, rights, status, raisedAt, statement, findings = [] } = concern;
  const { investigation, remediation, closure } = concern;
  const [isStepping, setStepping] = useState(false);
  const taken = (words: string, position: string | null): void => {
    setStepping(false);
    done(words, position);
  };
  return (
    <>
      <h2 title={concernId}>
        {idOf(concernId)} <span className="tag">{wordsOf(status)}</span>
      </h2>
      <p>
        About {rights.map(wordsOf).join(', ')} at {idOf(siteId)}, raised on <Instant at={raisedAt} day />.
      </p>
      {statement !== undefined && <blockquote className="said">{tellableOf(statement) ?? HIDDEN}</blockquote>}
      {investigation !== undefined && (
        <p>
          Investigated by {tellableOf(investigation.by) ?? 'an investigator not disclosed to you'} since{' '}
          <Instant at={investigation.openedAt} day />.
        </p>
      )}
      {findings.map((finding) => (
        <Found key={finding.eventId} concernId={concernId} finding={finding} done={taken} />
      ))}
      {remediation !== undefined && (
        <p>
          Remediation accepted on <Instant at={remediation.acceptedAt} day />.
        </p>
      )}
      {closure !== undefined && (
        <p>
          Closed on <Instant at={closure.closedAt} day />: {tellableOf(closure.outcome) ?? HIDDEN}
        </p>
      )}
      {status !== 'closed' && status !== 'declined' && (
        <button
          type="button"
          className="quiet no-print"
          aria-expanded={isStepping}
          onClick={() => setStepping(!isStepping)}
        >
          Next step (for regulators)
        </button>
      )}
      {isStepping && <StepForm concern={concern} done={taken} />}
    </>
  );
}

interface FoundProps {
  readonly concernId: string;
  readonly finding: Finding;
  readonly done: (words: string, position: string | null) => void;
}

function Found({ concernId, finding, done }: FoundProps): ReactNode {
  const { substantiated, rights, from, until, annulled, eventId } = finding;
  const [isAnnulling, setAnnulling] = useState(false);
  return (
    <div>
      <p className={substantiated && annulled === undefined ? 'wrong' : 'quiet'}>
        {substantiated ? 'Substantiated' : 'Not substantiated'}: {rights.map(wordsOf).join(', ')}, from{' '}
        <Instant at={from} day />
        {until !== undefined && (
          <>
            {' '}
            until <Instant at={until} day />
          </>
        )}
        {annulled === undefined ? '.' : '; annulled since.'}
        {annulled !== undefined && tellableOf(annulled.reason) !== undefined && ` ${tellableOf(annulled.reason)}`}
      </p>
      {annulled === undefined && (
        <button
          type="button"
          className="quiet no-print"
          aria-expanded={isAnnulling}
          onClick={() => setAnnulling(!isAnnulling)}
        >
          Annul this finding (for regulators)
        </button>
      )}
      {isAnnulling && annulled === undefined && <AnnulForm concernId={concernId} eventId={eventId} done={done} />}
    </div>
  );
}
