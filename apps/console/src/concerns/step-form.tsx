import { useState, type FormEvent, type ReactNode } from 'react';
import { LONGEST_TEXT } from '#vocabulary';
import { type Concern } from '../api/answers.js';
import { Subjects } from '../docket/subjects.js';
import { useRecording } from '../docket/use-recording.js';
import { useSession } from '../session/session.js';

type Done = (words: string, position: string | null) => void;

const STEPS = {
  investigations: { title: 'open an investigation', said: 'The investigation is open.' },
  findings: { title: 'record a finding', said: 'The finding is recorded.' },
  remediations: { title: 'accept a remediation', said: 'The remediation is accepted.' },
  closure: { title: 'close it', said: 'The concern is closed.' },
} as const;
type Step = keyof typeof STEPS;

/** The usual next step. A regulator may choose another one; the ledger refuses it if it is not possible. */
function nextOf({ status, remediation }: Concern): Step {
  if (status === 'raised' || status === 'awaiting-admission') return 'investigations';
  if (status === 'under-investigation') return 'findings';
  return remediation === undefined ? 'remediations' : 'closure';
}

/** Form for a step in handling a concern. The ledger refuses it to anybody but a regulator, with a message. */
export function StepForm({ concern, done }: { concern: Concern; done: Done }): ReactNode {
  const { client } = useSession();
  const { isSending, wrong, record } = useRecording(client);
  const [step, setStep] = useState<Step>(nextOf(concern));
  const [words, setWords] = useState('');
  const [isSubstantiated, setSubstantiated] = useState(true);
  const [rights, setRights] = useState<readonly string[]>(concern.rights);
  const [from, setFrom] = useState(concern.raisedAt.slice(0, 10));
  const [until, setUntil] = useState('');
  const [missing, setMissing] = useState<string>();

  const bodyOf = (): object => {
    if (step === 'investigations') return { by: words.trim() };
    if (step === 'closure') return { outcome: words.trim() };
    if (step === 'remediations') return {};
    const end = until === '' ? {} : { until: `${until}T00:00:00.000Z` };
    return { substantiated: isSubstantiated, rights, from: `${from}T00:00:00.000Z`, ...end };
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const lacks =
      step === 'findings' && rights.length === 0 ? 'Choose at least one subject of the finding.' : undefined;
    setMissing(lacks);
    if (lacks !== undefined) return;
    const recorded = await record(`/v1/concerns/${encodeURIComponent(concern.concernId)}/${step}`, bodyOf());
    if (recorded) done(STEPS[step].said, recorded.position);
  };

  return (
    <form className="form" aria-label="Next step" onSubmit={(event) => void submit(event)}>
      <label>
        Step
        <select value={step} onChange={({ target }) => setStep(target.value as Step)}>
          {Object.entries(STEPS).map(([value, { title }]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {(step === 'investigations' || step === 'closure') && (
        <label>
          {step === 'investigations' ? 'Who investigates' : 'Outcome'}
          <input required maxLength={LONGEST_TEXT} value={words} onChange={({ target }) => setWords(target.value)} />
        </label>
      )}
      {step === 'findings' && (
        <>
          <label>
            <input
              type="checkbox"
              checked={isSubstantiated}
              onChange={({ target }) => setSubstantiated(target.checked)}
            />{' '}
            Substantiated
          </label>
          <div className="fields-row">
            <label>
              From (day, UTC)
              <input type="date" required value={from} onChange={({ target }) => setFrom(target.value)} />
            </label>
            <label>
              Until (exclusive), if it has ended
              <input type="date" value={until} onChange={({ target }) => setUntil(target.value)} />
            </label>
          </div>
          <Subjects title="Subject of the finding: tick all that apply." chosen={rights} choose={setRights} />
        </>
      )}
      <Wrong words={missing ?? wrong} />
      <button type="submit" disabled={isSending}>
        {isSending ? 'Sending …' : 'Record this step'}
      </button>
    </form>
  );
}

/** Annuls a finding, which from then on counts as if it had never been made. */
export function AnnulForm(props: { concernId: string; eventId: string; done: Done }): ReactNode {
  const { concernId, eventId, done } = props;
  const { client } = useSession();
  const { isSending, wrong, record } = useRecording(client);
  const [reason, setReason] = useState('');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const path = `/v1/concerns/${encodeURIComponent(concernId)}/annulments`;
    const recorded = await record(path, { eventId, reason: reason.trim() });
    if (recorded) done('The finding is annulled.', recorded.position);
  };
  return (
    <form className="form" aria-label="Annul the finding" onSubmit={(event) => void submit(event)}>
      <label>
        Reason for the annulment
        <input required maxLength={LONGEST_TEXT} value={reason} onChange={({ target }) => setReason(target.value)} />
      </label>
      <Wrong words={wrong} />
      <button type="submit" disabled={isSending}>
        {isSending ? 'Sending …' : 'Annul'}
      </button>
    </form>
  );
}

function Wrong({ words }: { words: string | undefined }): ReactNode {
  if (words === undefined) return null;
  return (
    <p role="alert" className="wrong">
      {words}
    </p>
  );
}
