import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { answerSchema, list, term, type Answer, type Field, type Fields } from '#vocabulary';

type Class = new () => object;
const CLASSES = new Map<Fields, Class>();
const NAMES = new Map<string, Fields>();

/**
 * The class by which OpenAPI documents an answer, built from its description; of the same fields, the same class.
 * @throws Error for a second answer of one name: OpenAPI would show one of them for both
 */
export function answerClass({ name, fields }: Answer): Class {
  const known = CLASSES.get(fields);
  if (known) return known;
  if (NAMES.has(name)) throw new Error(`Two answers are called ${name}.`);
  NAMES.set(name, fields);
  const schema: Class = { [`${name}Schema`]: class {} }[`${name}Schema`]!;
  for (const [property, field] of Object.entries(fields)) {
    // As the compiler notes for a property of no one type; where the options name a type, that counts.
    Reflect.defineMetadata('design:type', Object, schema.prototype as object, property);
    ApiProperty(documented(field))(schema.prototype as object, property);
  }
  CLASSES.set(fields, schema);
  return schema;
}

/** A page of a list of answers. */
export function pageClass({ name, fields }: Answer): Class {
  return answerClass({ name: `${name}Page`, fields: { items: list(name, fields), next: NEXT } });
}
const NEXT = term({ nullable: true, description: 'Cursor of the following page; null on the last' });

function documented(field: Field): ApiPropertyOptions {
  const { form, options } = field;
  const required = options.optional !== true;
  if (form.kind !== 'object' && form.kind !== 'list') return { ...answerSchema(field), required };
  const { description } = options;
  const type = { type: answerClass(form), required, ...(description !== undefined && { description }) };
  return form.kind === 'list' ? { ...type, isArray: true } : type;
}
