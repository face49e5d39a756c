import { type ReactNode } from 'react';
import { type ItemRoute } from '../routing/routes.js';
import { go } from '../routing/use-route.js';

const AXES = [
  ['validAt', 'State as of', 'What had happened by the end of that day (UTC), as known to the ledger today'],
  ['knownAt', 'As recorded by', 'What had been recorded in the ledger by the end of that day (UTC)'],
] as const;

/** The two times of a question: the state of the world, and what the ledger knew of it. */
export function AsOf({ route }: { route: ItemRoute }): ReactNode {
  const isPast = route.validAt !== undefined || route.knownAt !== undefined;
  const ask = (axis: 'validAt' | 'knownAt', day: string): void => {
    const { [axis]: _, ...others } = route;
    go(day === '' ? others : { ...others, [axis]: `${day}T23:59:59.999Z` });
  };
  return (
    <form className="row as-of no-print" aria-label="Moment asked about" onSubmit={(event) => event.preventDefault()}>
      {AXES.map(([axis, title, help]) => (
        <label key={axis} className="inline" title={help}>
          {title}{' '}
          <input
            type="date"
            value={route[axis]?.slice(0, 10) ?? ''}
            onChange={({ target }) => ask(axis, target.value)}
            aria-description={help}
          />
        </label>
      ))}
      {isPast && (
        <button type="button" className="quiet" onClick={() => go(withoutMoment(route))}>
          Back to now
        </button>
      )}
    </form>
  );
}

function withoutMoment({ validAt: _v, knownAt: _k, ...route }: ItemRoute): ItemRoute {
  return route;
}
