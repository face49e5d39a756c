import { bodyFields, sentFields, type Fact } from './fact.js';
import { type Field, type Fields, type Form } from './field.js';
import { COUNTRY_PATTERN, ID_PATTERN, MAX_ID_CHARACTERS } from './limits.js';
import { LONGEST_LIST, LONGEST_TEXT } from './values.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema (2020-12) of a command's body. What a schema cannot express (31 February), the ledger checks. */
export function commandSchema(fact: Pick<Fact, 'fields'>): JsonSchema {
  return objectSchema(bodyFields(fact));
}

function objectSchema(fields: Fields): JsonSchema {
  const entries = Object.entries(sentFields(fields));
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, field]) => [name, fieldSchema(field)])),
    required: entries.filter(([, { options }]) => options.optional !== true).map(([name]) => name),
    additionalProperties: false,
  };
}

/** @param within how nested objects are written; default: in place */
export function fieldSchema(field: Field, within: (name: string, fields: Fields) => JsonSchema = inPlace): JsonSchema {
  const { example } = field.options;
  const description = descriptionOf(field);
  return {
    ...formSchema(field.form, within),
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
  };
}

export function descriptionOf({ options }: Field): string | undefined {
  const { description, withholdable } = options;
  if (withholdable !== true) return description;
  return description === undefined ? 'May be withheld' : `${description}. May be withheld`;
}

const inPlace = (_name: string, fields: Fields): JsonSchema => objectSchema(fields);

function formSchema(form: Form, within: (name: string, fields: Fields) => JsonSchema): JsonSchema {
  switch (form.kind) {
    case 'id':
      return ID;
    case 'ids':
      return {
        type: 'array',
        items: ID,
        minItems: form.mayBeEmpty ? 0 : 1,
        maxItems: form.longest,
        uniqueItems: true,
      };
    case 'text':
      return { type: 'string', minLength: 1, maxLength: LONGEST_TEXT };
    case 'pattern':
      return { type: 'string', pattern: form.pattern.source };
    case 'grams':
    case 'whole':
      return { type: 'integer', minimum: form.min, maximum: form.max };
    case 'instant':
      return form.orDay === true
        ? { type: 'string', anyOf: [{ format: 'date-time' }, { format: 'date' }] }
        : { type: 'string', format: 'date-time' };
    case 'country':
      return { type: 'string', pattern: COUNTRY_PATTERN.source };
    case 'flag':
      return { type: 'boolean' };
    case 'one-of':
      return { type: 'string', enum: [...form.values] };
    case 'some-of':
      return { type: 'array', items: { type: 'string', enum: [...form.values] }, minItems: 1, uniqueItems: true };
    case 'object':
      return within(form.name, form.fields);
    case 'list':
      return {
        type: 'array',
        items: within(form.name, form.fields),
        minItems: form.mayBeEmpty ? 0 : 1,
        maxItems: LONGEST_LIST,
      };
    case 'replacement':
      return { type: 'object', additionalProperties: true };
    case 'json':
      return form.schema;
  }
}

const ID = { type: 'string', minLength: 1, maxLength: MAX_ID_CHARACTERS, pattern: ID_PATTERN.source } as const;
