/** The kinds of field. Each is data with a type; the derivations are in the other files of this folder. */
import {
  type Field,
  type FieldOptions,
  type Fields,
  type Form,
  type IdKind,
  type RecordedOf,
  type SentOf,
} from './field.js';
import { DETACHED_JWS_PATTERN, MAX_GRAMS, PUBLIC_KEY_PATTERN, SHA256_PATTERN, SHARE_PATTERN } from './limits.js';
import { LONGEST_LIST } from './values.js';

type None = Record<never, never>;

function field<T, const O extends FieldOptions>(form: Form, options: O | undefined): Field<T, T, O> {
  return { form, options: options ?? ({} as O) };
}

/** The id of one thing of a kind. */
export function id<const O extends FieldOptions = None>(kind: IdKind, options?: O): Field<string, string, O> {
  return field({ kind: 'id', shows: kind }, options);
}
export const organisationRef = <const O extends FieldOptions = None>(options?: O): Field<string, string, O> =>
  id('organisation', options);
export const siteRef = <const O extends FieldOptions = None>(options?: O): Field<string, string, O> =>
  id('site', options);
export const batchRef = <const O extends FieldOptions = None>(options?: O): Field<string, string, O> =>
  id('batch', options);
export const shipmentRef = <const O extends FieldOptions = None>(options?: O): Field<string, string, O> =>
  id('shipment', options);
/** A label on the batch that the same object, or the enclosing one, names. */
export const labelRef = <const O extends FieldOptions = None>(options?: O): Field<string, string, O> =>
  id('label', options);

/** Where a shipment is sent: its sender has named the site itself. */
export function addressee<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'id', shows: 'site', as: 'addressee' }, options);
}
/** The site that a concern is about: whoever raises it has named the site itself. */
export function subject<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'id', shows: 'site', as: 'subject' }, options);
}
/** The id of an attestation scheme: a standard that everybody knows. */
export function scheme<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'id', shows: 'plain' }, options);
}
/** The id of a signing key, in the organisation's own words. */
export function signingKeyId<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'id', shows: 'text' }, options);
}

/** Ids, each once. */
export function ids<const O extends FieldOptions = None>(kind: IdKind, options?: O): Field<string[], string[], O> {
  const { mayBeEmpty = false, longest = LONGEST_LIST } = options ?? ({} as FieldOptions);
  return field({ kind: 'ids', shows: kind, mayBeEmpty, longest }, options);
}

/** Free text. */
export function text<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'text', shows: 'text' }, options);
}
/** What a label says: shown to whoever may see the label. */
export function labelText<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'text', shows: 'text', saidBy: 'label' }, options);
}
/** A text by the consignee of a shipment. */
export function consigneeText<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'text', shows: 'text', saidBy: 'consignee' }, options);
}
/** What whoever raised a concern says: known to it, and to regulators. */
export function raiserText<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'text', shows: 'text', saidBy: 'raiser' }, options);
}
/** What the plant says of its product, which the same object names. */
export function plantText<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'text', shows: 'text', saidBy: 'plant' }, options);
}
/** What the site says that the same object names. */
export function siteText<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'text', shows: 'text', saidBy: 'site' }, options);
}
/** A term of the trade, not from a closed list: a material, a process, a standard. It identifies nobody. */
export function term<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'text', shows: 'plain' }, options);
}

/** Whole grams, from `min` (default 0) to `max` (default {@link MAX_GRAMS}). */
export function grams<const O extends FieldOptions = None>(options?: O): Field<number, number, O> {
  return field({ kind: 'grams', min: options?.min ?? 0, max: options?.max ?? MAX_GRAMS }, options);
}

/** A whole number from `min` (default 0) to `max` (default the largest that JSON readers hold exactly). */
export function wholeNumber<const O extends FieldOptions = None>(options?: O): Field<number, number, O> {
  return field({ kind: 'whole', min: options?.min ?? 0, max: options?.max ?? Number.MAX_SAFE_INTEGER }, options);
}

/** RFC 3339 UTC with milliseconds. */
export function instant<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'instant' }, options);
}
/** RFC 3339 UTC with milliseconds, or a calendar day: from its beginning, or to its end (`days.ts`). */
export function instantOrDay<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'instant', orDay: true }, options);
}
/** A calendar day, `YYYY-MM-DD`: that there is such a day is the decider's to say ({@link isDay}). */
export function day<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return pattern(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, 'must be a day, e.g. 2026-01-31', options);
}
/** ISO 3166-1 alpha-2. */
export function country<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return field({ kind: 'country' }, { example: 'JP', ...options } as unknown as O);
}
export function flag<const O extends FieldOptions = None>(options?: O): Field<boolean, boolean, O> {
  return field({ kind: 'flag' }, options);
}
/** A word of a closed list. */
export function oneOf<const V extends string, const O extends FieldOptions = None>(
  values: readonly V[],
  options?: O,
): Field<V, V, O> {
  return field({ kind: 'one-of', values }, options);
}
/** Words of a closed list, at least one, each once. */
export function someOf<const V extends string, const O extends FieldOptions = None>(
  values: readonly V[],
  options?: O,
): Field<V[], V[], O> {
  return field({ kind: 'some-of', values }, options);
}

/** A string of a given form, shown to everybody. */
export function pattern<const O extends FieldOptions = None>(
  form: RegExp,
  problem: string,
  options?: O,
): Field<string, string, O> {
  return field({ kind: 'pattern', pattern: form, problem, shows: 'plain' }, options);
}
/** A string of a given form that may identify whoever recorded it, as free text may. */
export function tellingPattern<const O extends FieldOptions = None>(
  form: RegExp,
  problem: string,
  options?: O,
): Field<string, string, O> {
  return field({ kind: 'pattern', pattern: form, problem, shows: 'text' }, options);
}
/** SHA-256 of a document, hex: two equal hashes mean the same document. */
export function documentHash<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  const problem = 'must be 64 lower-case hexadecimal digits';
  return field({ kind: 'pattern', pattern: SHA256_PATTERN, problem, shows: 'document' }, options);
}
/** Ed25519, 32 bytes in base64url (RFC 8037). */
export function publicKey<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  const problem = 'must be the 32 bytes of an Ed25519 public key in base64url without padding';
  return tellingPattern(PUBLIC_KEY_PATTERN, problem, options);
}
/** A detached JWS by an Ed25519 key (RFC 7515 App. F, RFC 8037). */
export function detachedJws<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return tellingPattern(DETACHED_JWS_PATTERN, 'must be a detached JWS with an Ed25519 signature', options);
}
/** Decimal string, 0 to 1, at most 6 places. */
export function share<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  return pattern(SHARE_PATTERN, 'must be a decimal string from 0 to 1 with at most 6 places', options);
}
/** The id of an event: a UUID made by the ledger. */
export function eventRef<const O extends FieldOptions = None>(options?: O): Field<string, string, O> {
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
  return field({ kind: 'pattern', pattern: uuid, problem: 'must be a UUID in lower case', shows: 'event' }, options);
}

/** @param name of the shape in OpenAPI */
export function object<F extends Fields, const O extends FieldOptions = None>(
  name: string,
  fields: F,
  options?: O,
): Field<SentOf<F>, RecordedOf<F>, O> {
  return field({ kind: 'object', name, fields }, options) as Field<SentOf<F>, RecordedOf<F>, O>;
}

/** Objects of one shape. @param name of the shape in OpenAPI */
export function list<F extends Fields, const O extends FieldOptions = None>(
  name: string,
  fields: F,
  options?: O,
): Field<SentOf<F>[], RecordedOf<F>[], O> {
  const { mayBeEmpty = false, corrected = 'kept' } = options ?? ({} as FieldOptions);
  const form = { kind: 'list', name, fields, mayBeEmpty, corrected } as const;
  return field(form, options) as unknown as Field<SentOf<F>[], RecordedOf<F>[], O>;
}

/** The corrected data of another fact, whole. */
export function replacement<const O extends FieldOptions = None>(
  options?: O,
): Field<Record<string, unknown>, Record<string, unknown>, O> {
  return field({ kind: 'replacement' }, options);
}
/** Any JSON object. */
export function jsonObject<const O extends FieldOptions = None>(
  options?: O,
): Field<Record<string, unknown>, Record<string, unknown>, O> {
  return field({ kind: 'json', schema: { type: 'object', additionalProperties: true } }, options);
}
/** Any JSON; its form is checked elsewhere. */
export function json<const O extends FieldOptions = None>(options?: O): Field<unknown, unknown, O> {
  return field({ kind: 'json', schema: {} }, options);
}

/**
 * Documents that a law asks for of a product: of its recycled content, its carbon footprint (Regulation (EU) 2023/1542, Art. 8(1),
 * Art. 7(1)), its battery passport (Art. 77).
 */
export const DOCUMENT_KINDS = ['recycled-content', 'carbon-footprint', 'battery-passport'] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

export const DOCUMENT = {
  sha256: documentHash({ description: 'SHA-256 of the document, hex' }),
  kind: oneOf(DOCUMENT_KINDS, { optional: true, description: 'Which document that a law asks for it is' }),
  uri: text({ optional: true }),
  title: text({ optional: true }),
};
/** References to documents that show what is recorded. */
export const documents = () => list('Document', DOCUMENT, { optional: true, withholdable: true });
