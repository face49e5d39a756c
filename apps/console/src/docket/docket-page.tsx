import { useCallback, useState, type ReactNode } from 'react';
import { type DocketEntry, type Page } from '../api/answers.js';
import { type Client } from '../api/client.js';
import { useAsked } from '../api/use-answer.js';
import { countryOf, idOf, wordsOf } from '../format/format.js';
import { Instant } from '../page/instant.js';
import { Waiting } from '../page/waiting.js';
import { formatRoute } from '../routing/routes.js';
import { useSession } from '../session/session.js';
import { EntryFilter } from './entry-filter.js';
import { NO_FILTER, passing } from './filter.js';
import { RaiseForm } from './raise-form.js';

const PAGE_SIZE = 50;

interface Entries {
  readonly items: readonly DocketEntry[];
  readonly isAll: boolean;
}

/** The concerns that regulators have admitted, for the public, and the form for raising one. */
export function DocketPage({ about }: { about: string | undefined }): ReactNode {
  const { isSignedIn } = useSession();
  const [pages, setPages] = useState(1);
  const [isRaising, setRaising] = useState(about !== undefined);
  const ask = useCallback((client: Client, signal: AbortSignal) => entriesOf(pages, client, signal), [pages]);
  const answer = useAsked(ask);
  return (
    <>
      <h1>Docket of concerns</h1>
      <p>
        Concerns admitted by regulators, in the order of admission, the same for every reader. Sites and concerns are
        named where the site’s organisation has chosen to be public; otherwise they appear under pseudonyms.
      </p>
      <div className="row no-print">
        <button type="button" aria-expanded={isRaising} onClick={() => setRaising(!isRaising)}>
          Raise a concern
        </button>
        {isSignedIn && <a href={formatRoute({ page: 'queue' })}>Awaiting admission (for regulators)</a>}
      </div>
      {isRaising && <RaiseForm about={about ?? ''} />}
      {answer.state === 'there' ? (
        <Entries entries={answer.value} more={() => setPages(pages + 1)} />
      ) : (
        <Waiting answer={answer} what="docket" />
      )}
    </>
  );
}

/** Loads the first pages of the docket, as many as are given. */
async function entriesOf(pages: number, client: Client, signal: AbortSignal): Promise<Entries> {
  const items: DocketEntry[] = [];
  let cursor = '';
  for (let page = 0; page < pages; page++) {
    const answer = await client.get<Page<DocketEntry>>(`/v1/docket?limit=${PAGE_SIZE}${cursor}`, signal);
    items.push(...answer.items);
    if (answer.next === null) return { items, isAll: true };
    cursor = `&cursor=${encodeURIComponent(answer.next)}`;
  }
  return { items, isAll: false };
}

function Entries({ entries, more }: { entries: Entries; more: () => void }): ReactNode {
  const { items, isAll } = entries;
  const [filter, setFilter] = useState(NO_FILTER);
  if (items.length === 0) {
    return (
      <p className="panel">
        The docket is empty: no regulator has admitted a concern yet. A concern that you raise appears here once a
        regulator admits it.
      </p>
    );
  }
  const shown = passing(items, filter);
  return (
    <>
      <EntryFilter entries={items} shown={shown.length} filter={filter} choose={setFilter} />
      {shown.length === 0 && <p className="panel">No concern matches this filter.</p>}
      <ul className="cards">
        {shown.map((entry) => (
          <li key={entry.concernId} className="panel">
            <h2>
              <a href={formatRoute({ page: 'docket-entry', entry: entry.concernId })}>{entry.summary}</a>{' '}
              <span className="tag">{wordsOf(entry.status)}</span>
            </h2>
            <p>
              About {entry.rights.map(wordsOf).join(', ')} at {idOf(entry.siteId)} in {countryOf(entry.country)}, raised
              on <Instant at={entry.raisedAt} day />.
            </p>
            <p className="quiet">
              {countOf(entry.comments.length, 'comment')}, {countOf(entry.answers.length, 'answer')}
            </p>
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

function countOf(count: number, what: string): string {
  return `${count.toLocaleString()} ${what}${count === 1 ? '' : 's'}`;
}
