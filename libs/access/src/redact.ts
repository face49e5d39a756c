import { isWithheld, type IdKind } from '#vocabulary';
import { NOT_SHOWN, type AnyPart, type Id, type Ref } from './redaction-parts.js';

/** What a reader may see by name. */
export interface Names {
  named(ref: Ref): boolean;
  /** Whether the reader sees this batch, under its id or a pseudonym. */
  sees(batchId: string): boolean;
  pseudonym(kind: IdKind, id: string): string;
}

/** Kinds whose ids can be checked by themselves, wherever they occur. */
const SELF_KNOWN = new Set<string>(['organisation', 'site', 'batch', 'shipment', 'event']);
const STREAM_KINDS: Readonly<Record<string, IdKind>> = {
  organisation: 'organisation',
  site: 'site',
  attestation: 'attestation',
  concern: 'concern',
};
const GONE = Symbol('gone');

interface Frame {
  readonly names: Names;
  /** The enclosing objects, innermost first. */
  readonly outer: readonly object[];
  /** The authors of the text. */
  readonly by: readonly Ref[];
}

/** The answer as its reader may see it: a copy that contains only what the redaction lets through. */
export function redact<T>(part: AnyPart, value: T, names: Names): T {
  return shown(part, value, { names, outer: [], by: [] }) as T;
}

/** What must be known to redact an answer. */
export function refsOf(part: AnyPart, value: unknown): Ref[] {
  const refs = new Map<string, Ref>();
  const note = (ref: Ref): true => {
    refs.set(`${ref.kind} ${ref.id}`, ref);
    return true;
  };
  redact(part, value, {
    named: note,
    sees: (id) => note({ kind: 'batch', id }),
    pseudonym: (_kind, id) => id,
  });
  return [...refs.values()];
}

function shown(part: AnyPart, value: unknown, frame: Frame): unknown {
  switch (part.part) {
    case 'plain':
      return value;
    case 'text':
      return isKnown(frame) ? value : NOT_SHOWN;
    case 'id':
      return shownId(part, String(value), frame);
    case 'stream':
      return shownStream(String(value), frame);
    case 'withheld':
      return isKnown(frame) ? shown(part.of, value, frame) : GONE;
    case 'omitted':
      return GONE;
    case 'by': {
      const [object = {}, ...outer] = frame.outer;
      return shown(part.of, value, { ...frame, by: part.by(object as never, outer) });
    }
    case 'chosen':
      return shown(part.of(frame.outer), value, frame);
    case 'list':
      return shownList(part.of, part.seen, value, frame);
    case 'each':
      return isObject(value) ? mapped(value, () => part.of, frame) : GONE;
    case 'shape': {
      if (!isObject(value)) return GONE;
      if (isWithheld(value)) return isKnown(frame) ? value : GONE; // an object for which the record has only a commitment
      const by = part.by?.(value as never, frame.outer) ?? frame.by;
      const inside = { ...frame, by, outer: [value, ...frame.outer] };
      return mapped(value, (name) => (Object.hasOwn(part.fields, name) ? part.fields[name] : undefined), inside);
    }
  }
}

/** Fields without a part are left out: nothing says that they may be shown. */
function mapped(value: object, partOf: (name: string) => AnyPart | undefined, frame: Frame): object {
  const copy: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value) as [string, unknown][]) {
    const part = partOf(name);
    if (part === undefined || field === undefined) continue;
    const told = shown(part, field, frame);
    if (told !== GONE) copy[name] = told;
  }
  return copy;
}

function shownList(of: AnyPart, seen: ((item: never) => string) | undefined, value: unknown, frame: Frame): unknown {
  if (!Array.isArray(value)) return GONE;
  const items = seen === undefined ? value : value.filter((item: unknown) => frame.names.sees(seen(item as never)));
  return items.map((item: unknown) => shown(of, item, frame)).filter((item) => item !== GONE);
}

function shownId({ kind, ref }: Pick<Id, 'kind' | 'ref'>, id: string, frame: Frame): string {
  const { names, outer } = frame;
  const itself = ref?.(id, outer) ?? (SELF_KNOWN.has(kind) ? { kind: kind as Ref['kind'], id } : undefined);
  const known = itself === undefined ? isKnown(frame) : names.named(itself);
  return known ? id : names.pseudonym(kind, id);
}

function shownStream(name: string, frame: Frame): string {
  const dash = name.indexOf('-');
  const kind = STREAM_KINDS[name.slice(0, dash)];
  if (kind === undefined) return isKnown(frame) ? name : NOT_SHOWN;
  return `${name.slice(0, dash)}-${shownId({ kind }, name.slice(dash + 1), frame)}`;
}

function isKnown({ names, by }: Frame): boolean {
  // A text that is attributed to nobody is shown to nobody.
  return by.length > 0 && by.every((ref) => names.named(ref));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
