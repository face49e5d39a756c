import { useCallback, useState, type ReactNode } from 'react';
import { type Batch, type Page } from '../api/answers.js';
import { type Client } from '../api/client.js';
import { useAsked } from '../api/use-answer.js';
import { idOf, massOf } from '../format/format.js';
import { Waiting } from '../page/waiting.js';
import { formatRoute } from '../routing/routes.js';
import { SearchBox } from '../search/search-box.js';
import { ScrollingTable } from '../page/scrolling-table.js';
import { matchingBatches } from './batch-filter.js';

/** Items loaded at once; “Show more” loads the next ones. */
const PAGE = 200;

export function BatchesPage({ query }: { query: string }): ReactNode {
  const [typed, setTyped] = useState(query);
  const [limit, setLimit] = useState(PAGE);
  const ask = useCallback((client: Client, signal: AbortSignal) => batchesUpTo(limit, client, signal), [limit]);
  const answer = useAsked(ask);

  return (
    <>
      <h1>Batches</h1>
      <SearchBox typed={typed} type={setTyped} />
      {answer.state === 'there' ? (
        <Found
          batches={answer.value.items}
          typed={typed}
          more={answer.value.next === null ? undefined : () => setLimit(limit + PAGE)}
        />
      ) : (
        <Waiting answer={answer} what="batches" />
      )}
    </>
  );
}

async function batchesUpTo(limit: number, client: Client, signal: AbortSignal): Promise<Page<Batch>> {
  const items: Batch[] = [];
  let next: string | null = null;
  do {
    const cursor: string = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
    const page: Page<Batch> = await client.get<Page<Batch>>(`/v1/batches?limit=${PAGE}${cursor}`, signal);
    items.push(...page.items);
    next = page.next;
  } while (next !== null && items.length < limit);
  return { items, next };
}

interface FoundProps {
  readonly batches: readonly Batch[];
  readonly typed: string;
  readonly more: (() => void) | undefined;
}

function Found({ batches, typed, more }: FoundProps): ReactNode {
  const shown = matchingBatches(batches, typed);
  if (batches.length === 0) {
    return (
      <p className="panel">
        No batches yet. A batch appears here when your organisation registers, receives or holds it, or when it is
        upstream of one that it does; the <a href="/docs">API reference</a> shows how to record batches.
      </p>
    );
  }
  return (
    <>
      <p role="status">
        {shown.length} of {batches.length}
        {more ? ' loaded' : ''} batches
      </p>
      <ScrollingTable name="Batches" columns={['Batch', 'Material', 'Where', { heading: 'Gross mass', as: 'number' }]}>
        {shown.map(({ batchId, material, siteId, status, grossGrams, held }) => (
          <tr key={batchId}>
            <th scope="row">
              <a href={formatRoute({ page: 'batch', batchId })} title={batchId}>
                {idOf(batchId)}
              </a>
            </th>
            <td>{material}</td>
            <td>
              {siteId === undefined ? status.replace('-', ' ') : idOf(siteId)}
              {held && <strong> · held</strong>}
            </td>
            <td className="number">{massOf(grossGrams)}</td>
          </tr>
        ))}
      </ScrollingTable>
      {more && (
        <button type="button" onClick={more}>
          Show more
        </button>
      )}
    </>
  );
}
