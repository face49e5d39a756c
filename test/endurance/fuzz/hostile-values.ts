import fc from 'fast-check';

/** JSON Schema as the document uses it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly example?: unknown;
}
export type Schemas = Readonly<Record<string, Schema>>;

/** Ids that mean something to the ledger, and ids that mean something to software. */
const IDS = [
  'endurance',
  'endurance-site-0',
  'endurance-stock-0',
  'absent',
  '__proto__',
  'constructor',
  'toString',
  '..',
];

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

/** Values that no schema allows. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    '\u0000',
    '\ud800',
    '\u202e',
    'a'.repeat(300),
    -0,
    -1,
    0.1,
    1e308,
    2 ** 53,
    2 ** 64,
  ),
  fc.constantFrom<unknown>([], {}, nested(100), nested(3_000), {
    __proto__: null,
    constructor: { prototype: { a: 1 } },
  }),
  fc.constant(JSON.parse('{"__proto__": {"admin": true}}') as unknown),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
);

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...IDS),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  fc.constantFrom(
    '1'.repeat(400),
    '-1',
    '1e999',
    'NaN',
    '%00',
    '%',
    '2026-02-30T00:00:00.000Z',
    '0',
    '9'.repeat(20),
    "';--",
  ),
);

/** Mostly values that a schema allows, and some that it does not. */
export function valueOf(schema: Schema, schemas: Schemas, depth = 0): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: meant(schema, schemas, depth) }, { weight: 1, arbitrary: hostile });
}

function meant(schema: Schema, schemas: Schemas, depth: number): fc.Arbitrary<unknown> {
  const { $ref, enum: values, oneOf, anyOf, allOf } = schema;
  if ($ref !== undefined) return meant(schemas[$ref.split('/').at(-1)!] ?? {}, schemas, depth);
  if (values !== undefined) return fc.constantFrom(...values);
  const choices = oneOf ?? anyOf ?? allOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => meant(choice, schemas, depth)));
  if (depth > 6) return hostile;
  switch (schema.type) {
    case 'object':
      return record(schema, schemas, depth);
    case 'array':
      return fc.array(valueOf(schema.items ?? {}, schemas, depth + 1), { maxLength: 4 });
    case 'integer':
    case 'number':
      return fc.oneof(fc.nat(), fc.integer(), fc.constantFrom(2 ** 53 - 1, 2 ** 53, -1, 0.5));
    case 'boolean':
      return fc.boolean();
    case 'string':
      return fc.oneof(
        hostileText,
        fc
          .date({ noInvalidDate: true, min: new Date(0), max: new Date('2026-01-01') })
          .map((date) => date.toISOString()),
        fc.constant('JP'),
        fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
      );
    default:
      return hostile;
  }
}

function record({ properties = {}, required = [], additionalProperties }: Schema, schemas: Schemas, depth: number) {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, valueOf(property, schemas, depth + 1)]),
  );
  const whole = fc.record(fields, { requiredKeys: required.filter((name) => name in fields) });
  const more = typeof additionalProperties === 'object' ? valueOf(additionalProperties, schemas, depth + 1) : hostile;
  const extra = fc.dictionary(fc.constantFrom('lithium', 'cobalt', '__proto__', 'extra'), more, { maxKeys: 2 });
  return fc
    .tuple(whole, extra, fc.nat(9))
    .map(([body, others, chance]): unknown =>
      chance > 0 && additionalProperties === undefined ? body : { ...body, ...others },
    );
}
