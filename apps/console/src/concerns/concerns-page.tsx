import { useCallback, useState, type ReactNode } from 'react';
import { type Concern, type Page } from '../api/answers.js';
import { type Client } from '../api/client.js';
import { useAsked } from '../api/use-answer.js';
import { EntryFilter } from '../docket/entry-filter.js';
import { NO_FILTER, passing } from '../docket/filter.js';
import { Waiting } from '../page/waiting.js';
import { ConcernCard } from './concern-card.js';

const PAGE_SIZE = 200;

/** Concerns about sites that the reader sees, their findings, and the next steps for a regulator. */
export function ConcernsPage(): ReactNode {
  // The reader's own step is shown as soon as the ledger's tables contain it.
  const [position, setPosition] = useState<string>();
  const [said, setSaid] = useState('');
  const [pages, setPages] = useState(1);
  const ask = useCallback(
    (client: Client, signal: AbortSignal) => concernsOf(pages, position, client, signal),
    [pages, position],
  );
  const answer = useAsked(ask);
  const done = (words: string, at: string | null): void => {
    setSaid(words);
    if (at !== null) setPosition(at);
  };
  return (
    <>
      <h1>Concerns</h1>
      <p role="status">{said}</p>
      {answer.state === 'there' ? (
        <Concerns {...answer.value} more={() => setPages(pages + 1)} done={done} />
      ) : (
        <Waiting answer={answer} what="concerns" />
      )}
    </>
  );
}

interface Listed {
  readonly concerns: readonly Concern[];
  readonly isAll: boolean;
}

async function concernsOf(
  pages: number,
  position: string | undefined,
  client: Client,
  signal: AbortSignal,
): Promise<Listed> {
  const headers: Record<string, string> = position === undefined ? {} : { 'ledger-position': position };
  const concerns: Concern[] = [];
  let cursor = '';
  for (let page = 0; page < pages; page++) {
    const answer = await client.open(`/v1/concerns?limit=${PAGE_SIZE}${cursor}`, signal, headers);
    const { items, next } = (await answer.json()) as Page<Concern>;
    concerns.push(...items);
    if (next === null) return { concerns, isAll: true };
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
  return { concerns, isAll: false };
}

interface ConcernsProps extends Listed {
  readonly more: () => void;
  readonly done: (words: string, position: string | null) => void;
}

function Concerns({ concerns, isAll, more, done }: ConcernsProps): ReactNode {
  const [filter, setFilter] = useState(NO_FILTER);
  if (concerns.length === 0) return <p className="panel">No concern was raised about a site that you see.</p>;
  const shown = passing(concerns, filter);
  return (
    <>
      <EntryFilter entries={concerns} shown={shown.length} filter={filter} choose={setFilter} />
      {shown.length === 0 && <p className="panel">No concern matches this filter.</p>}
      <ul className="cards">
        {shown.map((concern) => (
          <li key={concern.concernId} className="panel">
            <ConcernCard concern={concern} done={done} />
          </li>
        ))}
      </ul>
      {!isAll && (
        <button type="button" onClick={more}>
          Show more
        </button>
      )}
    </>
  );
}
