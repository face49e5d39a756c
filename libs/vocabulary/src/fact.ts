import { type AddedOf, type Fields, type RecordedOf, type SentOf, type TargetName } from './field.js';
import { instant, json, list, oneOf, pattern } from './kinds.js';
import { LEGAL_BASES } from './withheld.js';

/** Streams are `{kind}-{id}`. */
export type StreamKind = 'site' | 'organisation' | 'attestation' | 'concern';

/** What a sender must be allowed to do to record a fact. A table of `#access` says which roles are. */
export type RecordingCapability =
  | 'register-organisations'
  | 'accredit-organisations'
  | 'open-sites'
  | 'register-signing-keys'
  | 'choose-for-organisation'
  | 'declare-control'
  | 'record-custody'
  | 'hold-batches'
  | 'correct-records'
  | 'confirm-corrections'
  | 'attest'
  | 'suspend-attestations'
  | 'raise-concerns'
  | 'comment-on-concerns'
  | 'answer-concerns'
  | 'handle-concerns';

export type Target = Readonly<Partial<Record<TargetName, string>>>;

/** A command that can be sent as it stands on the demonstration chain, once those before it have been. */
export interface FactExample {
  /** Why it cannot be sent as it stands, if so: it contains, or depends on, something that differs from ledger to ledger. */
  readonly notSendable?: string;
  readonly target: Target;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * How the fact reads in EPCIS 2.0: the event type, its action and the business step of the Core Business Vocabulary. What
 * the event is about follows from the kinds of its fields: batches are instances, grams quantities.
 */
export interface EpcisReading {
  readonly event: 'ObjectEvent' | 'AggregationEvent' | 'TransformationEvent' | 'AssociationEvent';
  readonly action?: 'ADD' | 'OBSERVE' | 'DELETE';
  readonly bizStep: string;
}

/** The one description of a fact: what is sent, what is recorded, who may send it, and what each field is. */
export interface Fact<Type extends string = string, F extends Fields = Fields> {
  /** Of the event. */
  readonly type: Type;
  /** In which kind of stream it is recorded. */
  readonly stream: StreamKind;
  /** Of the command, below `/v1`, with `:site` and the like for what its target names. The last word is its name. */
  readonly path: string;
  readonly fields: F;
  readonly summary: string;
  readonly capability: RecordingCapability;
  readonly example: FactExample;
  readonly epcis?: EpcisReading;
}

/** The data of a fact's event. */
export type Recorded<T extends { readonly fields: Fields }> = RecordedOf<T['fields']>;
/** The body of its command, as deciders take it. */
export type Sent<T extends { readonly fields: Fields }> = SentOf<T['fields']>;
/** The last word of a path. */
type LastWord<Path extends string> = Path extends `${string}/${infer Rest}` ? LastWord<Rest> : Path;
/** The command that records a fact; its kind is the last word of its path. For a union of facts: the union of their commands. */
export type CommandOf<T extends Fact> = T extends Fact
  ? { readonly kind: LastWord<T['path']>; readonly body: Sent<T> }
  : never;
/** Event type → data, of a union of facts. */
export type EventsOf<T extends Fact> = { [Each in T as Each['type']]: Recorded<Each> };

/** The name by which a line of a file or stream calls the command: the last word of its path. */
export function commandOf({ path }: Pick<Fact, 'path'>): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What the command's address names, in the order of the path. */
export function targetOf({ path }: Pick<Fact, 'path'>): TargetName[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as TargetName);
}

/** Every word by which a line of a file can name its target. */
export function targetNames(facts: readonly Pick<Fact, 'path'>[]): string[] {
  return [...new Set(facts.flatMap(targetOf))];
}

/** Whether the fact is the first of its stream. The id of the stream is then in the body. */
export function opensStream(fact: Pick<Fact, 'path' | 'stream'>): boolean {
  return !targetOf(fact).includes(fact.stream);
}

/** The id of the stream that a command of this fact belongs to. */
export function streamIdOf(fact: Fact): (target: Target, body: Readonly<Record<string, unknown>>) => string {
  const { stream } = fact;
  if (!opensStream(fact)) return (target) => target[stream] ?? '';
  const field = idFieldOf(fact);
  return (_, body) => String(body[field]);
}

/** The field that names what a stream is of. */
function idFieldOf({ fields, stream, type }: Fact): string {
  const found = Object.entries(fields).find(
    ([, { form, options }]) => form.kind === 'id' && form.shows === stream && options.address === undefined,
  );
  if (!found) throw new Error(`${type} opens a stream and names no ${stream}`);
  return found[0];
}

/** The body of a command of this fact, completed with the fields that its address gives. */
export function withAddressed({ fields }: Pick<Fact, 'fields'>): (target: Target, body: object) => object {
  const addressed = Object.entries(fields).flatMap(
    ([
      name,
      {
        options: { address },
      },
    ]) => (address === undefined ? [] : [{ name, address }]),
  );
  if (addressed.length === 0) return (_, body) => body;
  return (target, body) => ({
    ...body,
    ...Object.fromEntries(addressed.map(({ name, address }) => [name, target[address]])),
  });
}

/**
 * The data that a command records: what was sent, in the order of the description, and what the ledger adds.
 * @param added fields that are only recorded, or recorded with another value than was sent
 */
export function recordedOf<F extends Fields>(
  { fields }: { readonly fields: F },
  body: Readonly<Record<string, unknown>>,
  added: AddedOf<F>,
): RecordedOf<F> {
  const data: Record<string, unknown> = {};
  for (const name in fields) {
    const value = (added as Record<string, unknown>)[name] ?? body[name];
    if (value !== undefined && fields[name]!.options.only !== 'command') data[name] = value;
  }
  return data as RecordedOf<F>;
}

/** A field whose value the record does not show: it holds a salted commitment instead (`docs/audit.md`). */
const WITHHELD = {
  path: pattern(/^(\/[A-Za-z]+){1,3}$/, 'must be the JSON pointer of a field of the body', { example: '/transport' }),
  legalBasis: oneOf(LEGAL_BASES),
  until: instant({ description: 'From then on whoever may see the record may see the value' }),
  salt: pattern(/^[A-Za-z0-9_-]{21}[AQgw]$/, 'must be 16 bytes in base64url', {
    optional: true,
    description: 'Yours, when the body holds your own commitment; needed when the command is signed',
  }),
  value: json({ optional: true, description: 'With a salt: the value that the body commits to' }),
};

/** What every command's body also takes. */
const OF_EVERY_COMMAND = {
  occurredAt: instant({ optional: true, description: 'When it happened in the world; default: now' }),
  withheld: list('Withheld', WITHHELD, { optional: true, description: 'Fields that the record does not show' }),
};

/** The fields of a command's body, as it is sent. */
export function bodyFields({ fields }: Pick<Fact, 'fields'>): Fields {
  const own = Object.entries(sentFields(fields)).filter(([, { options }]) => options.address === undefined);
  // Documents come after the fields of every command: problems are reported in the order of the fields.
  const { documents, ...rest } = Object.fromEntries(own);
  const { occurredAt, withheld } = OF_EVERY_COMMAND;
  return { ...rest, occurredAt, ...(documents && { documents }), withheld };
}

/** The fields that are sent; also for a nested object. */
export function sentFields(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, { options }]) => options.only !== 'record')
      .map(([name, field]) => {
        if (field.options.emptyWhenUnsaid !== true) return [name, field];
        return [name, { ...field, options: { ...field.options, optional: true } }];
      }),
  );
}

/** The fields of the event's data: what a correction replaces. */
export function recordedFields(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, { options }]) => options.only !== 'command'));
}
