import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { answerSchema, type Answer, type Field, type Fields } from '#vocabulary';

type Class = new () => object;
const CLASSES = new Map<Fields, Class>();

/** The class by which OpenAPI documents an answer, built from its description; of the same fields, the same class. */
export function answerClass({ name, fields }: Answer): Class {
  const known = CLASSES.get(fields);
  if (known) return known;
  const schema: Class = { [`${name}Schema`]: class {} }[`${name}Schema`]!;
  for (const [property, field] of Object.entries(fields)) {
    // As the compiler notes for a property of no one type; where the options name a type, that counts.
    Reflect.defineMetadata('design:type', Object, schema.prototype as object, property);
    ApiProperty(documented(field))(schema.prototype as object, property);
  }
  CLASSES.set(fields, schema);
  return schema;
}

function documented(field: Field): ApiPropertyOptions {
  const { form, options } = field;
  const required = options.optional !== true;
  if (form.kind !== 'object' && form.kind !== 'list') return { ...answerSchema(field), required };
  return { type: answerClass(form), required, ...(form.kind === 'list' && { isArray: true }) };
}
