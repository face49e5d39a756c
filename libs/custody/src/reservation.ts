import { type ReservedKind } from './terms.js';

/** An id of which the whole ledger has one at most. */
export interface ReservedId {
  readonly kind: ReservedKind;
  readonly id: string;
}

/** The stream whose existence reserves the id. */
export function reservationStream({ kind, id }: ReservedId): string {
  return `${kind}-${id}`;
}
