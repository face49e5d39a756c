import { recordedOf, type AddedOf, type Fields, type RecordedOf, type SentOf } from '#vocabulary';

/** Why a command is refused for a reason of the domain (`docs/domain.md`). Closed: problem documents carry these codes. */
export const REFUSAL_CODES = [
  'batch-not-here',
  'batch-held',
  'shipment-held',
  'site-held',
  'not-enough-left',
  'not-a-batch',
  'not-a-product',
  'not-on-market',
  'id-taken',
  'mass-not-conserved',
  'activity-mismatch',
  'not-addressed-here',
  'already-received',
  'heavier-than-dispatched',
  'occurred-out-of-order',
  'content-over-gross',
  'content-over-stoichiometry',
  'not-waste',
  'not-accredited',
  'not-independent',
  'not-covered-by-scheme',
  'validity-too-long',
  'begins-too-early',
  'queue-full',
  'signature-required',
  'signature-invalid',
  'signing-key-unknown',
  'invalid-request',
  'not-found',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refusal {
  readonly code: RefusalCode;
  /** One sentence for the person who sent the command. */
  readonly detail: string;
  /** The field of the body at fault, e.g. `inputs[0].grossGrams`. */
  readonly path?: string;
}

/** What a decider answers: the events to record, or why there are none. */
export type Decision<E> =
  { readonly accepted: true; readonly events: E[] } | { readonly accepted: false; readonly refusal: Refusal };

export function refusal(code: RefusalCode, detail: string, path?: string): Refusal {
  return path === undefined ? { code, detail } : { code, detail, path };
}

export function accept<E>(event: E): Decision<E> {
  return { accepted: true, events: [event] };
}

/**
 * Accepts a command as the event of its fact.
 * @param added what is recorded beside what was sent; `{}`: nothing
 */
export function acceptAs<const Type extends string, F extends Fields>(
  { type, fields }: { readonly type: Type; readonly fields: F },
  body: SentOf<F>,
  added: AddedOf<F>,
): Decision<{ readonly type: Type; readonly data: RecordedOf<F> }> {
  return accept({ type, data: recordedOf({ fields }, body, added) });
}

export function refuse(reason: Refusal): Decision<never> {
  return { accepted: false, refusal: reason };
}
