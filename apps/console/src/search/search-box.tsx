import {
  useEffect,
  useId,
  useState,
  type ClipboardEvent,
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import { type Batch, type SearchItem, type SearchAnswer } from '../api/answers.js';
import { type Client } from '../api/client.js';
import { batchIdIn, isSerialised } from '../batches/digital-link.js';
import { idOf, wordsOf } from '../format/format.js';
import { type Route } from '../routing/routes.js';
import { go } from '../routing/use-route.js';
import { useSession } from '../session/session.js';

/** Shortest and longest text that the ledger searches for, in characters; pause in typing before a search, milliseconds. */
const SHORTEST = 3;
const LONGEST = 256;
const PAUSE_MS = 200;

type Finding = { readonly state: 'none' | 'failed' } | { readonly state: 'there'; readonly answer: SearchAnswer };

/**
 * Searches batches, products, sites and organisations while the reader types; a scanned or pasted GS1 Digital Link opens
 * its product or batch.
 */
export function SearchBox({ typed, type }: { typed: string; type: (text: string) => void }): ReactNode {
  const { client } = useSession();
  const list = useId();
  const [found, setFound] = useState<Finding>({ state: 'none' });
  const [active, setActive] = useState(-1);
  const [open, setOpen] = useState(false);
  const text = typed.trim();
  const isAsked = [...text].length >= SHORTEST && text.length <= LONGEST;

  useEffect(() => {
    setActive(-1);
    if (!isAsked) return setFound({ state: 'none' });
    const abort = new AbortController();
    const timer = setTimeout(() => {
      client.get<SearchAnswer>(`/v1/search?limit=6&q=${encodeURIComponent(text)}`, abort.signal).then(
        (answer) => setFound({ state: 'there', answer }),
        () => abort.signal.aborted || setFound({ state: 'failed' }),
      );
    }, PAUSE_MS);
    return () => (abort.abort(), clearTimeout(timer));
  }, [client, text, isAsked]);

  const items = found.state === 'there' ? found.answer.items : [];
  const isOpen = open && isAsked && found.state === 'there';
  const choose = (item: SearchItem): void => {
    setOpen(false);
    go(pageOf(item));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const chosen = items[active];
    if (isOpen && chosen) choose(chosen);
    else if (text !== '') void bearerOf(text, client).then((batchId) => go({ page: 'batch', batchId }));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') setOpen(false);
    if (step === undefined || items.length === 0) return;
    event.preventDefault();
    setOpen(true);
    setActive((last) => (last + step + items.length + (last < 0 && step < 0 ? 1 : 0)) % items.length);
  };
  const paste = (event: ClipboardEvent): void => {
    const pasted = event.clipboardData.getData('text').trim();
    if (batchIdIn(pasted) === pasted && !isSerialised(pasted)) return;
    event.preventDefault();
    type(pasted);
    void bearerOf(pasted, client).then((batchId) => go({ page: 'batch', batchId }));
  };

  return (
    <form role="search" className="search" onSubmit={submit}>
      <label htmlFor="batch">Batch, product, label or GS1 Digital Link</label>
      <div className="row">
        <input
          id="batch"
          type="search"
          role="combobox"
          aria-expanded={isOpen}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={isOpen && active >= 0 ? `${list}-${active}` : undefined}
          value={typed}
          onChange={({ target }) => (type(target.value), setOpen(true))}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
          onPaste={paste}
          placeholder="anode-b or https://id.example.org/01/…/10/anode-b"
          autoComplete="off"
          spellCheck={false}
        />
        <button type="submit">Open</button>
      </div>
      <ul id={list} role="listbox" aria-label="Found" className="found panel" hidden={!isOpen || items.length === 0}>
        {items.map((item, index) => (
          <li
            key={`${item.kind} ${item.id}`}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === active}
            // Before the field loses focus, which closes the list.
            onPointerDown={(event) => (event.preventDefault(), choose(item))}
          >
            <strong>{idOf(item.id)}</strong> {factsOf(item)} <span className="tag">{item.kind}</span>
          </li>
        ))}
      </ul>
      <p className="quiet" role="status">
        {statusOf(isOpen, found)}
      </p>
    </form>
  );
}

const HELP =
  'Type to find batches, products (VIN, GTIN), sites and organisations; Enter opens an exact match. A barcode scanner can type here.';

function statusOf(isOpen: boolean, found: Finding): string {
  if (found.state === 'failed') return 'The search failed: the ledger did not respond. Enter opens a batch by its id.';
  if (!isOpen || found.state !== 'there') return HELP;
  const { items, more } = found.answer;
  if (items.length === 0) return 'Nothing visible to you matches. Try part of an id, name, material or label.';
  return `${items.length} found${more ? ' so far: type more to narrow the search' : ''}. Arrow keys choose, Enter opens.`;
}

function pageOf({ kind, id }: SearchItem): Route {
  if (kind === 'batch') return { page: 'batch', batchId: id };
  return kind === 'site' ? { page: 'site', siteId: id } : { page: 'sites', organisationId: id };
}

function factsOf({ name, country, material, siteId, matched }: SearchItem): string {
  const facts = [
    typeof name === 'string' ? name : undefined,
    country,
    material && wordsOf(material),
    siteId && idOf(siteId),
  ];
  const label = matched.field === 'label' ? `label ${matched.text}` : undefined;
  return [...facts, label].filter((fact) => fact !== undefined && fact !== '').join(' · ');
}

/**
 * The batch with a label of this value, as scanned; else the product of a GTIN with a serial number, the batch or lot that
 * the link names, or the batch of that id.
 */
async function bearerOf(text: string, client: Client): Promise<string> {
  const named = batchIdIn(text);
  const isProduct = isSerialised(text);
  if ((named === text && !isProduct) || text.length > LONGEST) return named;
  try {
    const { items } = await client.get<SearchAnswer>(`/v1/search?kind=batch&q=${encodeURIComponent(text)}`);
    if (items.length === 1) return items[0]!.id;
    return isProduct ? (await client.get<Batch>(`/v1/products/${encodeURIComponent(text)}`)).batchId : named;
  } catch {
    return named;
  }
}
