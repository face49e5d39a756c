import { type ReactNode } from 'react';
import { dayOf, instantOf, localInstantOf } from '../format/format.js';

/** An instant in UTC; the tooltip gives it in the reader's time zone. */
export function Instant({ at, day = false }: { at: string; day?: boolean }): ReactNode {
  return (
    <time dateTime={at} title={localInstantOf(at)}>
      {day ? dayOf(at) : instantOf(at)}
    </time>
  );
}
