import { useEffect, useState, type ReactNode } from 'react';
import { type ItemRoute } from '../routing/routes.js';
import { replaceWith } from '../routing/use-route.js';
import { dayOf } from '../format/format.js';

const DAY_MS = 86_400_000;
/** Pause in dragging before the value is requested, milliseconds. */
const REST_MS = 300;

interface TimelineProps {
  readonly route: ItemRoute;
  /** First day of the chain, UTC. */
  readonly firstDay: string;
  /** Log index of the last event. */
  readonly lastIndex: number;
}

/** Two sliders: the state of the world, and what the ledger had recorded. */
export function Timeline({ route, firstDay, lastIndex }: TimelineProps): ReactNode {
  const first = Math.floor(Date.parse(firstDay) / DAY_MS);
  const today = Math.floor(Date.now() / DAY_MS);
  const day = route.validAt === undefined ? today : Math.floor(Date.parse(route.validAt) / DAY_MS);
  // A recorded time cannot be shown on the slider of log indexes.
  const index = route.knownAt !== undefined && /^\d+$/.test(route.knownAt) ? Number(route.knownAt) : lastIndex;
  const ofDay = (value: number): string => `${new Date(value * DAY_MS).toISOString().slice(0, 10)}T23:59:59.999Z`;
  return (
    <div className="timeline no-print" role="group" aria-label="Points in time">
      <Axis
        title="World"
        min={Math.min(first, day)}
        max={Math.max(today, day)}
        value={day}
        told={(value) => (value === today ? 'today' : dayOf(ofDay(value)))}
        rest={(value) => replaceWith(withMoment(route, 'validAt', value === today ? undefined : ofDay(value)))}
      />
      <Axis
        title="Ledger"
        min={0}
        max={lastIndex}
        value={index}
        told={(value) => (value === lastIndex ? 'everything recorded' : `up to event ${value.toLocaleString()}`)}
        rest={(value) => replaceWith(withMoment(route, 'knownAt', value === lastIndex ? undefined : String(value)))}
      />
    </div>
  );
}

interface AxisProps {
  readonly title: string;
  readonly min: number;
  readonly max: number;
  readonly value: number;
  readonly told: (value: number) => string;
  readonly rest: (value: number) => void;
}

function Axis({ title, min, max, value, told, rest }: AxisProps): ReactNode {
  const [dragged, setDragged] = useState<number>();
  const shown = dragged ?? value;
  useEffect(() => {
    if (dragged === undefined) return;
    const timer = setTimeout(() => {
      rest(dragged);
      setDragged(undefined);
    }, REST_MS);
    return () => clearTimeout(timer);
    // The timer uses the value that was dragged to, whatever is drawn meanwhile.
  }, [dragged]);
  return (
    <label className="axis-row">
      <span className="axis-name">{title}</span>
      <input
        type="range"
        min={min}
        max={max}
        value={shown}
        aria-valuetext={told(shown)}
        onChange={({ target }) => setDragged(Number(target.value))}
      />
      <output>{told(shown)}</output>
    </label>
  );
}

function withMoment(route: ItemRoute, axis: 'validAt' | 'knownAt', moment: string | undefined): ItemRoute {
  const { [axis]: _, ...others } = route;
  return moment === undefined ? others : { ...others, [axis]: moment };
}
