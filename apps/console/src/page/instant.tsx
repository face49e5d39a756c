import { type ReactNode } from 'react';
import { dayOf, instantOf, localInstantOf } from '../format/format.js';

/** A moment in UTC; where the reader is, it is told on pointing at it. */
export function Instant({ at, day = false }: { at: string; day?: boolean }): ReactNode {
  return (
    <time dateTime={at} title={localInstantOf(at)}>
      {day ? dayOf(at) : instantOf(at)}
    </time>
  );
}
