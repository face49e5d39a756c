import { type ReactNode } from 'react';
import { type LedgerEvent, type Explanation } from '../api/answers.js';
import { useAnswer } from '../api/use-answer.js';
import { EventFacts } from '../events/event-facts.js';
import { Waiting } from '../page/waiting.js';
import { aboutOf } from './verdict-words.js';

/** Events of a reason that are fetched; the rest are counted. */
const MOST_EVENTS = 5;

/** The reason that is highlighted in the chain, down to the events that decide it. */
export function ReasonPanel({ reason, close }: { reason: Explanation; close: () => void }): ReactNode {
  const { sentence, eventIds } = reason;
  const more = eventIds.length - MOST_EVENTS;
  return (
    <section className="panel wrong reason" aria-label="Reason">
      <p role="status">
        <strong>{sentence}</strong> <span className="quiet">{aboutOf(reason)}</span>
      </p>
      {eventIds.slice(0, MOST_EVENTS).map((eventId) => (
        <Event key={eventId} eventId={eventId} />
      ))}
      {more > 0 && <p className="quiet">{more} more events.</p>}
      <button type="button" className="quiet no-print" onClick={close}>
        Stop highlighting
      </button>
    </section>
  );
}

function Event({ eventId }: { eventId: string }): ReactNode {
  const answer = useAnswer<LedgerEvent>(`/v1/events/${encodeURIComponent(eventId)}`);
  if (answer.state === 'there') return <EventFacts event={answer.value} />;
  if (answer.state === 'failed' && !answer.retrying)
    return <p className="quiet">An event that is not disclosed to you.</p>;
  return <Waiting answer={answer} what="event" />;
}
