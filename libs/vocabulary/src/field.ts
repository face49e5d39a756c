import { type Withholdable } from './withheld.js';

/** What an id names, or a text that identifies as much as an id. Readers who may not know the name get a pseudonym. */
export const ID_KINDS = [
  'organisation',
  'site',
  'batch',
  'shipment',
  'transformation',
  'label',
  'attestation',
  'concern',
  'event',
  'command',
  'principal',
  'product',
  'document',
] as const;
export type IdKind = (typeof ID_KINDS)[number];

/**
 * What a reader who may not know the author of a value by name sees of it: `plain`, all of it; `text`, nothing; an id, or
 * what identifies as much, as a pseudonym of its kind.
 */
export type Shown = 'plain' | 'text' | IdKind;

/** What a command's path can name before its last word. */
export type TargetName = 'site' | 'organisation' | 'attestation' | 'concern' | 'scheme' | 'key';

/** What kind of value a field holds: every derivation is a function of this. */
export type Form =
  | {
      readonly kind: 'id';
      readonly shows: Shown;
      /** A site that whoever named it may see by name: where a shipment was sent, what a concern is about. */
      readonly as?: 'addressee' | 'subject';
    }
  | { readonly kind: 'ids'; readonly shows: Shown; readonly mayBeEmpty: boolean; readonly longest: number }
  | {
      readonly kind: 'text';
      readonly shows: 'text' | 'plain';
      /** Its author, if that is not whoever recorded it. */
      readonly saidBy?: 'label' | 'consignee' | 'raiser' | 'plant' | 'site';
    }
  | { readonly kind: 'pattern'; readonly pattern: RegExp; readonly problem: string; readonly shows: Shown }
  | { readonly kind: 'grams'; readonly min: number; readonly max: number }
  /** A whole number that is no mass in grams. */
  | { readonly kind: 'whole'; readonly min: number; readonly max: number }
  /** `orDay`: a calendar day will do as well. */
  | { readonly kind: 'instant'; readonly orDay?: true }
  | { readonly kind: 'country' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'one-of'; readonly values: readonly string[] }
  | { readonly kind: 'some-of'; readonly values: readonly string[] }
  | { readonly kind: 'object'; readonly name: string; readonly fields: Fields }
  | ListForm
  /** The whole data of another fact; of which one depends on the event that is corrected. */
  | { readonly kind: 'replacement' }
  /** `schema`: its JSON Schema, as far as it is known. */
  | { readonly kind: 'json'; readonly schema: Readonly<Record<string, unknown>> };

export interface ListForm {
  readonly kind: 'list';
  readonly name: string;
  readonly fields: Fields;
  readonly mayBeEmpty: boolean;
  readonly corrected: 'kept' | 'fewer' | 'any';
}

/**
 * The parts of a record that verdicts rest on: where a site is and what it does there, where matter came from, what was done
 * with it, the chain-of-custody model, the input batches. A correction of them is recorded at once, but proves nothing until
 * somebody else has confirmed it.
 */
export const RELIANCES = ['place', 'origin', 'process', 'custody-model', 'inputs'] as const;
export type Reliance = (typeof RELIANCES)[number];

export interface FieldOptions {
  readonly description?: string;
  readonly example?: unknown;
  readonly optional?: boolean;
  /** Of an answer: null where there is none. */
  readonly nullable?: boolean;
  /** A record may hold a commitment instead of the value: neither custody nor the ledger's form needs the value. */
  readonly withholdable?: boolean;
  /** `record`: the ledger adds it to what was sent. `command`: it is sent, and the ledger records other fields for it. */
  readonly only?: 'record' | 'command';
  /** Sent in the command's address under this name, not in its body. */
  readonly address?: TargetName;
  /** Others know the event by it, so no correction can change it. Default: true for ids. */
  readonly identity?: boolean;
  /** Left out for readers who may not know its author by name. Default: true for optional free text. */
  readonly confidential?: boolean;
  /** Verdicts rest on it. */
  readonly reliance?: Reliance;
  /** Of grams and whole numbers: the least and the most; default 0 and `MAX_GRAMS`, or what a number holds exactly. */
  readonly min?: number;
  readonly max?: number;
  /** Of ids: how many at the most; default `LONGEST_LIST`. */
  readonly longest?: number;
  /** Of a list or of ids: it may be sent empty. */
  readonly mayBeEmpty?: boolean;
  /** Of a list of batches, which a correction may name: the same as before (`kept`, the default), some of them, any. */
  readonly corrected?: 'kept' | 'fewer' | 'any';
  /** Of a list: may be left out of the command, and is then recorded as empty. */
  readonly emptyWhenUnsaid?: boolean;
  /** Of ids that are only sent: the list of the record whose ids they are. */
  readonly idsOf?: string;
}

declare const SENT: unique symbol;
declare const RECORDED: unique symbol;

/** A field of a fact or an answer. @template Sent type in the command @template Recorded type in the event */
export interface Field<Sent = unknown, Recorded = unknown, Options extends FieldOptions = FieldOptions> {
  readonly form: Form;
  readonly options: Options;
  /** For the compiler alone. */
  readonly [SENT]?: Sent;
  readonly [RECORDED]?: Recorded;
}
export type Fields = Readonly<Record<string, Field>>;

type Simplified<T> = { [K in keyof T]: T[K] };
type Stands<T, F extends Field> = F['options'] extends { readonly withholdable: true } ? Withholdable<T> : T;
type RecordedValue<F extends Field> =
  F extends Field<unknown, infer T>
    ? Stands<T, F> | (Has<F, { readonly nullable: true }> extends true ? null : never)
    : never;
type SentValue<F extends Field> = F extends Field<infer T> ? Stands<T, F> : never;
type Has<F extends Field, O> = F['options'] extends O ? true : false;

type RecordedKey<F extends Field, K, Optional> =
  Has<F, { readonly only: 'command' }> extends true
    ? never
    : Has<F, { readonly optional: true }> extends Optional
      ? K
      : never;
type MayBeUnsaid<F extends Field> =
  Has<F, { readonly optional: true }> extends true ? true : Has<F, { readonly emptyWhenUnsaid: true }>;
type SentKey<F extends Field, K, Optional> =
  Has<F, { readonly only: 'record' }> extends true ? never : MayBeUnsaid<F> extends Optional ? K : never;

/** The data of the event. */
export type RecordedOf<F extends Fields> = Simplified<
  { -readonly [K in keyof F as RecordedKey<F[K], K, false>]: RecordedValue<F[K]> } & {
    -readonly [K in keyof F as RecordedKey<F[K], K, true>]?: RecordedValue<F[K]>;
  }
>;
type Unchanging<T> = T extends readonly (infer Item)[]
  ? readonly Unchanging<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: Unchanging<T[K]> }
    : T;
/** The same for whoever only reads it, to the innermost list. */
export type ReadonlyOf<F extends Fields> = Unchanging<RecordedOf<F>>;
/** The body of the command as deciders take it, with the fields that its address gives. */
export type SentOf<F extends Fields> = Simplified<
  { -readonly [K in keyof F as SentKey<F[K], K, false>]: SentValue<F[K]> } & {
    -readonly [K in keyof F as SentKey<F[K], K, true>]?: SentValue<F[K]>;
  }
>;
type AddedKey<F extends Field, K, Optional> =
  Has<F, { readonly only: 'record' }> extends true
    ? Has<F, { readonly optional: true }> extends Optional
      ? K
      : never
    : Optional extends true
      ? RecordedKey<F, K, boolean>
      : never;
/** What the ledger adds to what was sent, or records with another value. */
export type AddedOf<F extends Fields> = Simplified<
  { -readonly [K in keyof F as AddedKey<F[K], K, false>]: RecordedValue<F[K]> } & {
    -readonly [K in keyof F as AddedKey<F[K], K, true>]?: RecordedValue<F[K]>;
  }
>;
