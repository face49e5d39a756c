import { useState, type ReactNode } from 'react';
import { type Client } from '../api/client.js';
import { useSession } from '../session/session.js';
import { ScrollingTable } from '../page/scrolling-table.js';
import { firstRowOf, readImportFile, TABLE_COMMANDS, Unreadable, type ImportLine } from './import-file.js';
import { importLines, type LineOutcome } from './import-lines.js';

/** Outcomes that are listed; further ones are only counted. */
const MOST_LISTED = 500;

interface State {
  readonly total: number;
  readonly outcomes: readonly LineOutcome[];
  readonly failed?: string;
}

/** Imports a file of commands, one per line, and shows the outcome of each. */
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
      <label htmlFor="import">Commands for this site (NDJSON or CSV): drop a file here, or choose one</label>
      <input
        id="import"
        type="file"
        accept=".ndjson,.jsonl,.csv,.tsv"
        onChange={({ target }) => {
          take(target.files?.[0]);
          target.value = ''; // so that the same file can be chosen again after it was corrected
        }}
      />
      <p className="quiet">
        NDJSON: a line each, <code>{'{ "command", "idempotencyKey", "body" }'}</code>. CSV: a row each, its columns
        named by the first row. A line that is refused stops no other, and the same file may be sent again: what is
        recorded is not recorded twice.
      </p>
      <Columns />
      {state && <Outcome state={state} />}
    </div>
  );
}

async function run(file: File, siteId: string, client: Client, tell: (state: State) => void): Promise<void> {
  let lines: readonly ImportLine[] = [];
  let outcomes: readonly LineOutcome[] = [];
  try {
    lines = readImportFile(file.name, await file.text());
    tell({ total: lines.length, outcomes });
    for await (const more of importLines(lines, siteId, client)) {
      outcomes = [...outcomes, ...more];
      tell({ total: lines.length, outcomes });
    }
  } catch (error) {
    const { message } = error as Error;
    const failed =
      error instanceof Unreadable
        ? `${file.name} cannot be read; nothing was sent. ${message}`
        : `${message} Lines that were recorded stay recorded; import the file again for the rest.`;
    tell({ total: lines.length, outcomes, failed });
  }
}

/** The columns of each command, with a file to start from. */
function Columns(): ReactNode {
  const [command, choose] = useState('batches');
  const columns = TABLE_COMMANDS.get(command) ?? [];
  return (
    <details>
      <summary>Columns of a CSV file</summary>
      <p className="row">
        <label htmlFor="columns-of">Command</label>
        <select id="columns-of" value={command} onChange={({ target }) => choose(target.value)}>
          {[...TABLE_COMMANDS.keys()].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <button type="button" onClick={() => download(`${command}.csv`, firstRowOf(command))}>
          Download the first row
        </button>
      </p>
      <p className="quiet">
        Beside these: <code>command</code>, and <code>idempotencyKey</code> if you have one. Further entries of a list
        are numbered on (<code>inputs.2.batchId</code>); a cell with several values has <code>;</code> between them; an
        empty cell says nothing. Rows of several commands may share a file.
      </p>
      <ScrollingTable name="Columns" columns={['Column', 'Needed', 'What it says']}>
        {columns.map(({ name, isNeeded, form, description }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>{isNeeded ? 'yes' : ''}</td>
            <td>
              {[description, 'values' in form && form.values.length <= 12 ? form.values.join(', ') : undefined]
                .filter((part) => part !== undefined)
                .join(': ')}
            </td>
          </tr>
        ))}
      </ScrollingTable>
    </details>
  );
}

function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
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
      {failed !== undefined && <p role="alert">{failed}</p>}
      <ScrollingTable name="Result of each line" columns={[{ heading: 'Line', as: 'number' }, 'Command', 'Outcome']}>
        {listed.map(({ line, command, problem }) => (
          <tr key={line}>
            <td className="number">{line}</td>
            <td>{command}</td>
            <td className={problem === undefined ? undefined : 'broken'}>{problem ?? 'recorded'}</td>
          </tr>
        ))}
      </ScrollingTable>
    </>
  );
}
