/** Kinds of field that only answers have, and those the same for every reader: where an answer is redacted, they are left out. */
import { answerSchema } from './answer.js';
import { type Field, type FieldOptions, type Fields, type RecordedOf } from './field.js';

/** Strings; unlike ids, they may repeat, and their order may say something. @param form of each */
export function strings<const O extends FieldOptions>(options: O, form?: RegExp): Field<string[], string[], O> {
  const items = { type: 'string', ...(form && { pattern: form.source }) };
  return { form: { kind: 'json', schema: { type: 'array', items } }, options };
}

/** A UUID. */
export function uuid<const O extends FieldOptions = Record<never, never>>(options?: O): Field<string, string, O> {
  return { form: { kind: 'json', schema: { type: 'string', format: 'uuid' } }, options: options ?? ({} as O) };
}

/** A number from 0 to 1. */
export function fraction<const O extends FieldOptions>(options: O): Field<number, number, O> {
  return { form: { kind: 'json', schema: { type: 'number', minimum: 0, maximum: 1 } }, options };
}

/** Objects of one shape, which hold no others, by names that are from no closed list. */
export function byName<F extends Fields, const O extends FieldOptions>(
  fields: F,
  options: O,
): Field<Record<string, RecordedOf<F>>, Record<string, RecordedOf<F>>, O> {
  const entries = Object.entries(fields);
  const additionalProperties = {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, field]) => [name, answerSchema(field)])),
    required: entries.filter(([, { options: each }]) => each.optional !== true).map(([name]) => name),
  };
  return { form: { kind: 'json', schema: { type: 'object', additionalProperties } }, options };
}
