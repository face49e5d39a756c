import { useEffect, useRef, useState, type DragEvent, type ReactNode } from 'react';
import { type LogKeys, type VerdictWord } from '../api/answers.js';
import { Client } from '../api/client.js';
import { idOf } from '../format/format.js';
import { Verdict } from '../page/verdict.js';
import { type Outcome, type VerifyAnswer, type VerifyRequest } from './messages.js';

const NOT_PROVEN: Readonly<Record<string, string>> = {
  'absent-streams': 'streams that are not included may hold an event that affects the verdict',
  'stream-tails': 'an included stream may have further events before the checkpoint',
  'stream-gaps': 'some included streams are not complete from their beginning',
  'hidden-records': 'the content of the hidden records, their relevance to the batch, and any verdict on it',
};

/** Verifies an evidence bundle in the browser: the file is not uploaded, and no network is needed. */
export function VerifyPage(): ReactNode {
  const [key, setKey] = useState('');
  const [rotations, setRotations] = useState<readonly string[]>([]);
  const [file, setFile] = useState<File>();
  const [answer, setAnswer] = useState<VerifyAnswer>();
  const [over, setOver] = useState(false);
  const worker = useRef<Worker>(undefined);

  // The worker is loaded with the page, so that verification works without the network afterwards.
  useEffect(() => {
    worker.current = new Worker(new URL('./verify.worker.ts', import.meta.url), { type: 'module' });
    worker.current.addEventListener('message', ({ data }: MessageEvent<VerifyAnswer>) => setAnswer(data));
    return () => worker.current?.terminate();
  }, []);

  const takeLedgersKey = async (): Promise<void> => {
    try {
      const keys = await new Client().get<LogKeys>('/v1/audit/keys');
      setKey(keys.first);
      setRotations(keys.rotations);
    } catch (error) {
      setAnswer({ state: 'fails', code: 'unreachable', message: (error as Error).message });
    }
  };
  const verify = (): void => {
    if (!file) return;
    setAnswer({ state: 'reading', bytes: 0 });
    worker.current?.postMessage({ file, key: key.trim(), rotations } satisfies VerifyRequest);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    setFile(event.dataTransfer.files[0]);
    setAnswer(undefined);
  };

  return (
    <>
      <h1>Verify evidence</h1>
      <p>
        Every signature, every proof and every verdict is checked here in your browser, with the rules that this console
        was built with. The file is not sent anywhere.
      </p>
      <div
        className={over ? 'panel drop over' : 'panel drop'}
        onDragOver={(event) => (event.preventDefault(), setOver(true))}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <label htmlFor="bundle">Evidence bundle: drop a file here, or choose one</label>
        <input
          id="bundle"
          type="file"
          onChange={({ target }) => {
            setFile(target.files?.[0]);
            setAnswer(undefined);
          }}
        />
        {file && <p>{file.name}</p>}
      </div>
      <p>
        <label htmlFor="vkey">First verifier key of the log, from a source that you trust</label>
        <input
          id="vkey"
          value={key}
          onChange={({ target }) => (setKey(target.value), setRotations([]))}
          spellCheck={false}
          autoComplete="off"
          placeholder="lodebook/3f01c136…+f384455a+Aax…"
        />
        <button type="button" className="quiet" onClick={() => void takeLedgersKey()}>
          Use the key that this ledger publishes
        </button>
      </p>
      <button type="button" disabled={!file || key.trim() === '' || answer?.state === 'reading'} onClick={verify}>
        Verify
      </button>
      {answer && file && <Told answer={answer} size={file.size} />}
      {answer?.state === 'fails' && !file && <p role="alert">{answer.message}</p>}
    </>
  );
}

function Told({ answer, size }: { answer: VerifyAnswer; size: number }): ReactNode {
  switch (answer.state) {
    case 'reading':
      return (
        <p role="status">
          <progress max={size} value={answer.bytes} aria-label="Read of the file" /> Verifying …
        </p>
      );
    case 'fails':
      return (
        <div role="alert" className="panel wrong">
          <h2>Verification failed</h2>
          <p>
            {answer.message} ({answer.code}
            {answer.line !== undefined && `, line ${answer.line}`})
          </p>
        </div>
      );
    case 'holds':
      return <Holds outcome={answer.outcome} />;
  }
}

function Holds({ outcome }: { outcome: Outcome }): ReactNode {
  const { origin, mode, size, root, records, hidden, signatures, subject, verdicts, notProven } = outcome;
  return (
    <div role="status" className="panel right">
      <h2>{hidden === '0' ? 'Verified in full' : 'Verified as far as disclosed'}</h2>
      <dl>
        <dt>Log</dt>
        <dd>{origin}</dd>
        <dt>Checkpoint</dt>
        <dd>
          {size} events, root <code>{root}</code>
        </dd>
        <dt>Proved</dt>
        <dd>
          {records} events are in the log
          {hidden !== '0' && `; ${hidden} more are, but the file does not contain their records`}
        </dd>
        {signatures > 0 && (
          <>
            <dt>Signatures</dt>
            <dd>{signatures} command signatures are valid</dd>
          </>
        )}
        {subject !== undefined && (
          <>
            <dt>Batch</dt>
            <dd>{idOf(subject)}</dd>
          </>
        )}
      </dl>
      {mode === 'partial-batch' && <p>Some records are not in this file, so no verdict can be checked.</p>}
      <ul className="claims">
        {verdicts.map(({ programme, verdict }) => (
          <li key={programme}>
            <Verdict verdict={verdict as VerdictWord} /> {programme}
          </li>
        ))}
      </ul>
      {notProven.length > 0 && (
        <>
          <p>Not proved:</p>
          <ul>
            {notProven.map((point) => (
              <li key={point}>{NOT_PROVEN[point] ?? point}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
