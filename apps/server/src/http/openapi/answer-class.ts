import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { answerSchema, type Answer, type Field } from '#vocabulary';

/** The class by which OpenAPI documents an answer, built from its description. */
export function answerClass({ name, fields }: Answer): new () => object {
  const schema: new () => object = { [`${name}Schema`]: class {} }[`${name}Schema`]!;
  for (const [property, field] of Object.entries(fields)) {
    // As the compiler notes for a property of no one type; where the options name a type, that counts.
    Reflect.defineMetadata('design:type', Object, schema.prototype as object, property);
    ApiProperty(documented(field))(schema.prototype as object, property);
  }
  return schema;
}

function documented(field: Field): ApiPropertyOptions {
  const { form, options } = field;
  const required = options.optional !== true;
  if (form.kind !== 'object' && form.kind !== 'list') return { ...answerSchema(field), required };
  return { type: answerClass(form), required, ...(form.kind === 'list' && { isArray: true }) };
}
