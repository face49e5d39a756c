import { useState, type ReactNode } from 'react';
import { type Client } from '../api/client.js';
import { useSession } from '../session/session.js';
import { importLines, type LineOutcome } from './import-lines.js';

/** Outcomes that are listed; the rest are counted. */
const MOST_LISTED = 500;

interface State {
  readonly total: number;
  readonly outcomes: readonly LineOutcome[];
  readonly failed?: string;
}

/** Takes a file of commands, a line each, and tells of each what came of it. */
export function ImportDrop({ siteId, done }: { siteId: string; done: () => void }): ReactNode {
  const { client } = useSession();
  const [state, setState] = useState<State>();
  const [over, setOver] = useState(false);
  const take = (file: File | undefined): void => {
    if (file) void run(file, siteId, client, setState).then(done);
  };
  return (
    <div
      className={over ? 'panel drop over' : 'panel drop'}
      onDragOver={(event) => (event.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files[0]);
      }}
    >
      <label htmlFor="import">Commands of this site, NDJSON: drop the file here, or choose it</label>
      <input id="import" type="file" accept=".ndjson,.jsonl" onChange={({ target }) => take(target.files?.[0])} />
      <p className="quiet">
        A line each, <code>{'{ "command", "idempotencyKey", "body" }'}</code>. A line that is refused stops no other,
        and a file that was interrupted may be sent again.
      </p>
      {state && <Outcome state={state} />}
    </div>
  );
}

async function run(file: File, siteId: string, client: Client, tell: (state: State) => void): Promise<void> {
  const lines = (await file.text()).split('\n').filter((line) => line.trim() !== '');
  let outcomes: readonly LineOutcome[] = [];
  tell({ total: lines.length, outcomes });
  try {
    for await (const more of importLines(lines, siteId, client)) {
      outcomes = [...outcomes, ...more];
      tell({ total: lines.length, outcomes });
    }
  } catch (error) {
    tell({ total: lines.length, outcomes, failed: (error as Error).message });
  }
}

function Outcome({ state: { total, outcomes, failed } }: { state: State }): ReactNode {
  const refused = outcomes.filter(({ problem }) => problem !== undefined);
  const listed = [...refused, ...outcomes.filter(({ problem }) => problem === undefined)].slice(0, MOST_LISTED);
  return (
    <>
      <p role="status">
        <progress max={total} value={outcomes.length} aria-label="Lines of the file" /> {outcomes.length} of {total}{' '}
        lines, {refused.length} refused
      </p>
      {failed !== undefined && <p role="alert">{failed} What is recorded stays; send the file again for the rest.</p>}
      <div className="scrolls" tabIndex={0} role="region" aria-label="What came of each line, scrolls">
        <table>
          <thead>
            <tr>
              <th scope="col" className="number">
                Line
              </th>
              <th scope="col">Command</th>
              <th scope="col">What came of it</th>
            </tr>
          </thead>
          <tbody>
            {listed.map(({ line, command, problem }) => (
              <tr key={line}>
                <td className="number">{line}</td>
                <td>{command}</td>
                <td className={problem === undefined ? undefined : 'broken'}>{problem ?? 'recorded'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
