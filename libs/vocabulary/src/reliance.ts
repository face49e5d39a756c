import { recordedFields } from './fact.js';
import { type Fields, type Reliance } from './field.js';

/** Of each reliance what data say of it, as text: two data with the same text are the same to it. */
export type Relied = ReadonlyMap<Reliance, string>;

const NOTHING: Relied = new Map();

/**
 * What verdicts rest on in data of a fact, whatever else is in them; never throws on any data. The order of lists means
 * nothing, and a flag that is not set says as much as one that is left out.
 */
export function reliedOn(fields: Fields): (data: unknown) => Relied {
  const recorded = recordedFields(fields);
  if (!hasReliance(recorded)) return () => NOTHING;
  return (data) => {
    const said = new Map<Reliance, string[]>();
    collect(recorded, data, [], said);
    return new Map([...said].map(([reliance, texts]) => [reliance, texts.sort().join('\n')]));
  };
}

function hasReliance(fields: Fields): boolean {
  return Object.values(fields).some(
    ({ form, options }) =>
      options.reliance !== undefined ||
      ((form.kind === 'object' || form.kind === 'list') && hasReliance(recordedFields(form.fields))),
  );
}

function collect(fields: Fields, data: unknown, path: readonly string[], said: Map<Reliance, string[]>): void {
  if (typeof data !== 'object' || data === null) return;
  for (const [name, { form, options }] of Object.entries(fields)) {
    const value = (data as Record<string, unknown>)[name];
    if (options.reliance !== undefined) {
      const texts = said.get(options.reliance) ?? [];
      said.set(options.reliance, texts);
      if (value !== undefined && value !== false) texts.push(JSON.stringify([...path, name, sorted(value)]));
    } else if (form.kind === 'object') collect(form.fields, value, [...path, name], said);
    else if (form.kind === 'list' && Array.isArray(value)) {
      for (const item of value as unknown[]) collect(form.fields, item, [...path, name, ofBatch(item)], said);
    }
  }
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? [...(value as unknown[])].sort() : value;
}

function ofBatch(item: unknown): string {
  return typeof item === 'object' && item !== null && 'batchId' in item ? String(item.batchId) : '';
}
