import { type ReservedKind } from './terms.js';

/** An id that is unique in the whole ledger. */
export interface ReservedId {
  readonly kind: ReservedKind;
  readonly id: string;
}

/** The stream whose existence reserves the id. */
export function reservationStream({ kind, id }: ReservedId): string {
  return `${kind}-${id}`;
}
