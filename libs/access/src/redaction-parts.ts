import { type IdKind } from '#vocabulary';

/*
 * A redaction says what each field of an answer is, so that the answer can be shown to readers who may not know everybody in
 * it by name. It follows the answer's type: leaving a field out is a compile error.
 */

/** What a name hangs on: whoever may have this by name may have that. */
export interface Ref {
  readonly kind:
    'organisation' | 'site' | 'batch' | 'shipment' | 'label' | 'event' | 'stream' | 'addressee' | 'subject' | 'raiser';
  /** Of a label, an addressee, a subject: as their functions put it together. */
  readonly id: string;
}
/** Whose word it is: all of them must be known by name. @param outer the objects around, innermost first */
export type By<T> = (object: T, outer: readonly object[]) => readonly Ref[];

/** Tells nothing about who: numbers, dates, countries, words of a closed list. */
export interface Plain {
  readonly part: 'plain';
}
/** An id; one that names an organisation, a site, a batch, a shipment or an event speaks for itself, others hang on whose they are. */
export interface Id {
  readonly part: 'id';
  readonly kind: IdKind;
  /** What it hangs on instead. @param outer the objects around, innermost first */
  readonly ref?: (id: string, outer: readonly object[]) => Ref;
}
/** Free text. Of whom the reader does not know by name it reads {@link NOT_SHOWN}. */
export interface Text {
  readonly part: 'text';
}
/** A stream's name, which ends in an id. */
export interface Stream {
  readonly part: 'stream';
}
/** Never shown by itself. */
export interface Omitted {
  readonly part: 'omitted';
}
/** Left out altogether, unless the reader knows by name whose it is. */
export interface Withheld<T> {
  readonly part: 'withheld';
  readonly of: Part<T>;
}
export interface ListOf<T> {
  readonly part: 'list';
  readonly of: Part<T>;
  /** The batch that an item is about: of batches that the reader does not see there is no item. */
  readonly seen?: (item: T) => string;
}
/** Values by keys that say nothing, e.g. minerals. */
export interface EachOf<T> {
  readonly part: 'each';
  readonly of: Part<T>;
}
export interface Shape<T> {
  readonly part: 'shape';
  readonly fields: Fields<T>;
  /** Whose words and ids are in it, as far as its fields do not say otherwise. Default: those of the object around. */
  readonly by?: By<T>;
}
/** Whose this one is, when it is not that of the object around. */
export interface Attributed<T> {
  readonly part: 'by';
  /** Of the object that has this field. */
  readonly by: By<never>;
  readonly of: Part<T>;
}
/** What it is depends on the objects around, innermost first. */
export interface Chosen {
  readonly part: 'chosen';
  readonly of: (outer: readonly object[]) => AnyPart;
}

export type Fields<T> = {
  readonly [K in keyof Required<T>]: Field<Required<T>[K], undefined extends T[K] ? true : false>;
};
type Field<V, Optional> = Part<V> | (Optional extends true ? Withheld<V> | Omitted : never);

/** What a field of this type can be said to be. */
export type Part<T> =
  | Chosen
  | Attributed<T>
  | (T extends string
      ? Plain | Id | Text | Stream
      : T extends number | boolean | null | undefined
        ? Plain
        : T extends readonly (infer E)[]
          ? ListOf<E> | PlainIfClosed<T>
          : T extends object
            ? Shape<T> | EachOf<T[keyof T]> | PlainIfClosed<T>
            : never);

/** Objects and lists are plain only when no open text can be anywhere in them. */
type PlainIfClosed<T> = HasOpenText<T> extends true ? never : Plain;
type HasOpenText<T> = T extends string
  ? string extends T
    ? true
    : false
  : T extends number | boolean | null | undefined
    ? false
    : T extends readonly (infer E)[]
      ? HasOpenText<E>
      : T extends object
        ? unknown extends T[keyof T]
          ? true
          : true extends HasOpenText<T[keyof T]>
            ? true
            : false
        : true;

/** A part, whatever it is a part of. */
export type AnyPart =
  | Plain
  | Id
  | Text
  | Stream
  | Omitted
  | Chosen
  | { readonly part: 'withheld'; readonly of: AnyPart }
  | { readonly part: 'list'; readonly of: AnyPart; readonly seen?: (item: never) => string }
  | { readonly part: 'each'; readonly of: AnyPart }
  | { readonly part: 'shape'; readonly fields: Readonly<Record<string, AnyPart>>; readonly by?: By<never> }
  | { readonly part: 'by'; readonly by: By<never>; readonly of: AnyPart };

/** In the place of a text that the reader may not have. */
export const NOT_SHOWN = '~';

export const plain: Plain = { part: 'plain' };
export const text: Text = { part: 'text' };
export const omitted: Omitted = { part: 'omitted' };
export const stream: Stream = { part: 'stream' };
export const idOf = (kind: IdKind, ref?: Id['ref']): Id => ({ part: 'id', kind, ...(ref && { ref }) });
export const withheld = <const P extends AnyPart>(of: P): { readonly part: 'withheld'; readonly of: P } => ({
  part: 'withheld',
  of,
});
export function list<const P extends AnyPart>(of: P): { readonly part: 'list'; readonly of: P };
export function list<const P extends AnyPart, T>(
  of: P,
  seen: (item: T) => string,
): { readonly part: 'list'; readonly of: P; readonly seen: (item: T) => string };
export function list(of: AnyPart, seen?: (item: never) => string): AnyPart {
  return { part: 'list', of, ...(seen && { seen }) };
}
export const each = <const P extends AnyPart>(of: P): { readonly part: 'each'; readonly of: P } => ({
  part: 'each',
  of,
});
export function shape<const F extends Readonly<Record<string, AnyPart>>>(
  fields: F,
): { readonly part: 'shape'; readonly fields: F };
export function shape<const F extends Readonly<Record<string, AnyPart>>, T>(
  fields: F,
  by: By<T>,
): { readonly part: 'shape'; readonly fields: F; readonly by: By<T> };
export function shape(fields: Readonly<Record<string, AnyPart>>, by?: By<never>): AnyPart {
  return { part: 'shape', fields, ...(by && { by }) };
}
export const saidBy = <T, const P extends AnyPart>(
  by: By<T>,
  of: P,
): { readonly part: 'by'; readonly by: By<T>; readonly of: P } => ({ part: 'by', by, of });
export const chosen = (of: Chosen['of']): Chosen => ({ part: 'chosen', of });

export const organisationRef = (id: string): Ref => ({ kind: 'organisation', id });
export const siteRef = (id: string): Ref => ({ kind: 'site', id });
export const streamRef = (id: string): Ref => ({ kind: 'stream', id });
/** A record of the log: whoever may have it whole may have its id by name. */
export const eventRef = (id: string): Ref => ({ kind: 'event', id });
/** Whoever raised a concern, and nobody else of those who see a part of the ledger. */
export const raiserRef = (concernId: string): Ref => ({ kind: 'raiser', id: concernId });
/** Where a shipment was sent: its sender has named the site itself, and is told what it said, known or not. */
export const addresseeRef = (consignorSiteId: string, consigneeSiteId: string): Ref => ({
  kind: 'addressee',
  id: `${consignorSiteId}\n${consigneeSiteId}`,
});
/** The site that a concern is about: whoever raised it has named the site itself. */
export const subjectRef = (concernId: string, siteId: string): Ref => ({
  kind: 'subject',
  id: `${concernId}\n${siteId}`,
});
/** Ids hold no control character. */
export const labelRef = (batchId: string, labelId: string): Ref => ({ kind: 'label', id: `${batchId}\n${labelId}` });
