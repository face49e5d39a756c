import { type IdKind } from '#vocabulary';

/*
 * A redaction says what each field of an answer is, so that the answer can be shown to readers who may not know everybody in
 * it by name. It follows the answer's type: leaving a field out is a compile error.
 */

/** What the visibility of a name depends on: a reader who may see this by name may see the other by name. */
export interface Ref {
  readonly kind:
    'organisation' | 'site' | 'batch' | 'shipment' | 'label' | 'event' | 'stream' | 'addressee' | 'subject' | 'raiser';
  /** Of a label, an addressee, a subject: as their functions put it together. */
  readonly id: string;
}
/** The authors of a text: the reader must know all of them by name. @param outer the objects around, innermost first */
export type By<T> = (object: T, outer: readonly object[]) => readonly Ref[];

/** Reveals nothing about identity: numbers, dates, countries, words from a closed list. */
export interface Plain {
  readonly part: 'plain';
}
/**
 * An id. Whether the reader knows an organisation, site, batch, shipment or event is decided by the id itself; for
 * other ids it depends on their owner.
 */
export interface Id {
  readonly part: 'id';
  readonly kind: IdKind;
  /** What it depends on instead. @param outer the objects around, innermost first */
  readonly ref?: (id: string, outer: readonly object[]) => Ref;
}
/** Free text; {@link NOT_SHOWN} if the reader does not know its author by name. */
export interface Text {
  readonly part: 'text';
}
/** A stream's name, which ends in an id. */
export interface Stream {
  readonly part: 'stream';
}
/** Never shown on its own. */
export interface Omitted {
  readonly part: 'omitted';
}
/** Left out altogether, unless the reader knows its author by name. */
export interface Withheld<T> {
  readonly part: 'withheld';
  readonly of: Part<T>;
}
export interface ListOf<T> {
  readonly part: 'list';
  readonly of: Part<T>;
  /** The batch that an item is about: items about batches that the reader does not see are left out. */
  readonly seen?: (item: T) => string;
}
/** Values by keys that reveal nothing, e.g. minerals. */
export interface EachOf<T> {
  readonly part: 'each';
  readonly of: Part<T>;
}
export interface Shape<T> {
  readonly part: 'shape';
  readonly fields: Fields<T>;
  /**
   * The authors of the texts and ids in it, unless its fields say otherwise. Default: those of the enclosing object.
   */
  readonly by?: By<T>;
}
/** The author of this field, if it differs from that of the enclosing object. */
export interface Attributed<T> {
  readonly part: 'by';
  /** Of the object that has this field. */
  readonly by: By<never>;
  readonly of: Part<T>;
}
/** Its part depends on the enclosing objects, innermost first. */
export interface Chosen {
  readonly part: 'chosen';
  readonly of: (outer: readonly object[]) => AnyPart;
}

export type Fields<T> = {
  readonly [K in keyof Required<T>]: Field<Required<T>[K], undefined extends T[K] ? true : false>;
};
type Field<V, Optional> = Part<V> | (Optional extends true ? Withheld<V> | Omitted : never);

/** The parts that a field of this type can have. */
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

/** Objects and lists are plain only if they cannot contain open text anywhere. */
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

/** A part of any type. */
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

/** Stands in for a text that the reader may not see. */
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
/** A record of the log: whoever may see it in full may see its id. */
export const eventRef = (id: string): Ref => ({ kind: 'event', id });
/** The raiser of a concern, and nobody else who sees only a part of the ledger. */
export const raiserRef = (concernId: string): Ref => ({ kind: 'raiser', id: concernId });
/**
 * Where a shipment was sent: its sender has named the site itself, and is shown what it wrote, whether or not it knows
 * the site.
 */
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
