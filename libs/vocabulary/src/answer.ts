import { type Field, type Fields, type RecordedOf } from './field.js';
import { fieldSchema, type JsonSchema } from './json-schema.js';
import { LEGAL_BASES } from './withheld.js';

/** What a query answers, said once: its type, its schema in OpenAPI and what each reader sees of it come from this. */
export interface Answer<F extends Fields = Fields> {
  /** Of its schema in OpenAPI. */
  readonly name: string;
  readonly fields: F;
}
export type AnswerOf<A extends Answer> = RecordedOf<A['fields']>;

/** What an answer shows instead of a withheld value. */
const WITHHELD: JsonSchema = {
  type: 'object',
  description: 'Withheld: SHA-256 over a salt and the value',
  properties: {
    commitment: { type: 'string' },
    legalBasis: { type: 'string', enum: [...LEGAL_BASES] },
    until: { type: 'string', format: 'date-time' },
  },
  required: ['commitment', 'legalBasis', 'until'],
};

/**
 * The JSON Schema of a field of an answer that holds no object. Looser than a command's, because a reader may be shown a
 * pseudonym instead of an id, or a placeholder instead of a text.
 */
export function answerSchema({ form, options }: Field): JsonSchema {
  const { description, example } = options;
  const schema = looseSchema({ form, options });
  const told = options.withholdable === true ? { oneOf: [schema, WITHHELD] } : schema;
  return {
    ...(options.nullable === true ? { anyOf: [told, { type: 'null' }] } : told),
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
  };
}

function looseSchema({ form }: Field): JsonSchema {
  switch (form.kind) {
    case 'id':
    case 'text':
    case 'country':
      return { type: 'string' };
    case 'pattern':
      return { type: 'string', ...(form.shows === 'plain' && { pattern: form.pattern.source }) };
    case 'ids':
      return { type: 'array', items: { type: 'string' } };
    case 'some-of':
      return { type: 'array', items: { type: 'string', enum: [...form.values] } };
    default:
      return fieldSchema({ form, options: {} });
  }
}
