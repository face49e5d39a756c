import { useCallback, useState, type FormEvent, type ReactNode } from 'react';
import { type VerdictDifference, type Differences, type LedgerEvent, type Programme } from '../api/answers.js';
import { type Client } from '../api/client.js';
import { useProgrammes } from '../api/programmes.js';
import { useAnswer, useAsked } from '../api/use-answer.js';
import { titleOf } from '../batch/verdict-words.js';
import { EventFacts } from '../events/event-facts.js';
import { idOf } from '../format/format.js';
import { Verdict } from '../page/verdict.js';
import { Waiting } from '../page/waiting.js';
import { formatRoute, type Route } from '../routing/routes.js';
import { go } from '../routing/use-route.js';
import { sizeOfLog } from './log-size.js';

/** Pages of 200 batches that are compared before the reader is asked to go on. */
const PAGES = 10;

type ChangesRoute = Extract<Route, { page: 'changes' }>;

/** Compares two points in the log: which verdicts changed, and which events changed them. */
export function ChangesPage({ route }: { route: ChangesRoute }): ReactNode {
  const size = useAsked(sizeOfLog);
  const programmes = useProgrammes();
  return (
    <>
      <h1>Changes</h1>
      <p>
        Compares the ledger at two points in its log, each given by the number of its last event. Every verdict that
        changed is listed with the events that changed it.
      </p>
      {size.state === 'there' && programmes.state === 'there' ? (
        <Moments key={`${route.from} ${route.to}`} route={route} last={size.value - 1} programmes={programmes.value} />
      ) : (
        <Waiting answer={size.state === 'there' ? programmes : size} what="log" />
      )}
      {route.from !== undefined && <Compared route={route} />}
    </>
  );
}

function Moments({ route, last, programmes }: { route: ChangesRoute; last: number; programmes: readonly Programme[] }) {
  const [from, setFrom] = useState(Number(route.from ?? Math.max(0, last - 20)));
  const [to, setTo] = useState(Number(route.to ?? last));
  const [programme, setProgramme] = useState(route.programme ?? programmes.at(-1)?.id ?? '');
  const compare = (event: FormEvent): void => {
    event.preventDefault();
    go({ page: 'changes', from: String(Math.min(from, to)), to: String(Math.max(from, to)), programme });
  };
  return (
    <form className="panel" onSubmit={compare} aria-label="Moments compared">
      <Moment title="From" value={from} last={last} choose={setFrom} />
      <Moment title="To" value={to} last={last} choose={setTo} />
      <div className="row">
        <label className="inline" htmlFor="of-programme">
          Programme
        </label>
        <select id="of-programme" value={programme} onChange={({ target }) => setProgramme(target.value)}>
          {programmes.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
        <button type="submit">Compare</button>
      </div>
    </form>
  );
}

interface MomentProps {
  readonly title: string;
  readonly value: number;
  readonly last: number;
  readonly choose: (value: number) => void;
}

/** A point in the log, set by dragging or typing. */
function Moment({ title, value, last, choose }: MomentProps): ReactNode {
  const given = ({ target }: { target: HTMLInputElement }): void =>
    choose(Math.min(last, Math.max(0, Math.round(Number(target.value)) || 0)));
  return (
    <div className="axis-row">
      <span className="axis-name">{title}</span>
      <input type="range" min={0} max={last} value={value} onChange={given} aria-label={`${title}, on the axis`} />
      <input type="number" min={0} max={last} value={value} onChange={given} aria-label={`${title}, event`} />
    </div>
  );
}

function Compared({ route: { from, to, programme } }: { route: ChangesRoute }): ReactNode {
  const [pages, setPages] = useState(PAGES);
  const ask = useCallback(
    async (client: Client, signal: AbortSignal) => {
      const items: VerdictDifference[] = [];
      let next: string | null = null;
      let looked = 0;
      do {
        const query = new URLSearchParams({ from: from!, ...(to && { to }), ...(programme && { programme }) });
        if (next !== null) query.set('cursor', next);
        const page: Differences = await client.get(`/v1/audit/differences?${query.toString()}`, signal);
        items.push(...page.items);
        next = page.next;
      } while (next !== null && ++looked < pages);
      return { items, next };
    },
    [from, to, programme, pages],
  );
  const answer = useAsked(ask, false);
  if (answer.state !== 'there') return <Waiting answer={answer} what="comparison" />;
  const { items, next } = answer.value;
  return (
    <>
      <h2>{items.length === 1 ? '1 batch' : `${items.length} batches`} with changed verdicts</h2>
      {items.length === 0 && (
        <p className="panel">No verdict changed between these two points. Choose points further apart.</p>
      )}
      <ul className="cards">
        {items.map((difference) => (
          <li key={`${difference.batchId} ${difference.programme}`} className="panel">
            <Changed difference={difference} to={to} />
          </li>
        ))}
      </ul>
      {next !== null && (
        <button type="button" onClick={() => setPages(pages + PAGES)}>
          Compare more batches
        </button>
      )}
    </>
  );
}

function Changed({ difference, to }: { difference: VerdictDifference; to: string | undefined }): ReactNode {
  const { batchId, programme, claims, events, timePassed, from: before, to: after } = difference;
  const [opened, setOpened] = useState<string>();
  const page: Route = { page: 'batch', batchId, programme: programme.split('@')[0]!, ...(to && { knownAt: to }) };
  return (
    <>
      <h3>
        <a href={formatRoute(page)}>{idOf(batchId)}</a> <span className="quiet">{programme}</span>
      </h3>
      <p>
        {before === null ? 'not recorded yet' : <Verdict verdict={before} />} →{' '}
        {after === null ? 'no longer there' : <Verdict verdict={after} />}
      </p>
      <ul className="moved">
        {claims.map((claim) => (
          <li key={titleOf(claim)}>
            {titleOf(claim)}: {claim.from === null ? '–' : <Verdict verdict={claim.from} />} →{' '}
            {claim.to === null ? '–' : <Verdict verdict={claim.to} />}
          </li>
        ))}
      </ul>
      {timePassed && <p className="quiet">No event caused this: a rule came into force, or an attestation expired.</p>}
      <div className="row">
        {events.map(({ eventId, logIndex, type }) => (
          <button
            key={eventId}
            type="button"
            className="quiet"
            aria-expanded={opened === eventId}
            onClick={() => setOpened(opened === eventId ? undefined : eventId)}
          >
            {type} (event {logIndex})
          </button>
        ))}
      </div>
      {opened !== undefined && <Opened eventId={opened} />}
    </>
  );
}

function Opened({ eventId }: { eventId: string }): ReactNode {
  const answer = useAnswer<LedgerEvent>(`/v1/events/${encodeURIComponent(eventId)}`);
  return answer.state === 'there' ? <EventFacts event={answer.value} /> : <Waiting answer={answer} what="event" />;
}
