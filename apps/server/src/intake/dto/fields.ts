/**
 * One decorator a kind of field: it validates (class-validator), turns nested objects into their class
 * (class-transformer) and documents (OpenAPI), so that the three cannot disagree.
 */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsISO31661Alpha2,
  IsObject,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  buildMessage,
  type ValidationOptions,
} from 'class-validator';
import { ID_PATTERN, isId as isIdOf, MAX_GRAMS } from '#custody';
import { HoldsShape } from '../acceptance.js';
import { isInstant } from '../instant.js';
import { LONGEST_LIST } from '../limits.js';

interface FieldOptions {
  readonly description?: string;
  readonly example?: unknown;
  readonly optional?: boolean;
  /** A record may hold the commitment to it instead: neither custody nor the form of the ledger needs the value. */
  readonly withholdable?: boolean;
}

/** Class → fields of it that may be withheld, and nested classes in which some are. */
const WITHHOLDABLE = new Map<object, Set<string>>();
const NESTED = new Map<object, Map<string, () => readonly (new () => object)[]>>();

/** JSON pointers of all that a command of this shape may withhold; in an object of one of several shapes, what any of them may. */
export function withholdablePaths(shape: new () => object): string[] {
  const paths: string[] = [];
  for (
    let proto = shape.prototype as object;
    proto !== Object.prototype;
    proto = Object.getPrototypeOf(proto) as object
  ) {
    for (const name of WITHHOLDABLE.get(proto) ?? []) paths.push(`/${name}`);
    for (const [name, types] of NESTED.get(proto) ?? []) {
      for (const path of types().flatMap(withholdablePaths)) paths.push(`/${name}${path}`);
    }
  }
  return paths;
}

/** Free text such as a reason or a name, in UTF-16 code units. */
export const LONGEST_TEXT = 1_000;

export function Id(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'string', minLength: 1, maxLength: 128, pattern: ID_PATTERN.source }, [isId()]);
}

export function Text(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'string', minLength: 1, maxLength: LONGEST_TEXT }, [isText()]);
}

export function Grams(options: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator {
  const { min = 0, max = MAX_GRAMS } = options;
  return field(options, { type: 'integer', minimum: min, maximum: max }, [
    by(
      'isGrams',
      (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
      `must be whole grams, an integer from ${min} to ${max}`,
    ),
  ]);
}

export function Instant(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'string', format: 'date-time' }, [
    by('isInstant', isInstant, 'must be a time in RFC 3339 UTC with milliseconds, e.g. 2026-01-31T08:00:00.000Z'),
  ]);
}

export function Country(options: FieldOptions = {}): PropertyDecorator {
  return field({ example: 'JP', ...options }, { type: 'string', pattern: '^[A-Z]{2}$' }, [
    by(
      'isCountry',
      (value) => typeof value === 'string' && /^[A-Z]{2}$/.test(value),
      'must be two capital letters, ISO 3166-1 alpha-2',
    ),
    IsISO31661Alpha2({ message: '$property is no country of ISO 3166-1 alpha-2' }),
  ]);
}

export function OneOf(values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'string', enum: [...values] }, [
    IsIn([...values], { message: `$property must be one of ${values.join(', ')}` }),
  ]);
}

export function SomeOf(values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: 'array', items: { type: 'string', enum: [...values] }, minItems: 1, uniqueItems: true },
    [
      ...listRules(),
      IsIn([...values], { each: true, message: `each of $property must be one of ${values.join(', ')}` }),
      noRepeats(),
    ],
  );
}

export function IdList(options: FieldOptions & { mayBeEmpty?: boolean } = {}): PropertyDecorator {
  const fewest = options.mayBeEmpty ? 0 : 1;
  return field(
    options,
    { type: 'array', items: { type: 'string', pattern: ID_PATTERN.source }, minItems: fewest, uniqueItems: true },
    [...listRules(fewest), isId({ each: true }), noRepeats()],
  );
}

export function Flag(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'boolean' }, [IsBoolean({ message: '$property must be true or false' })]);
}

export function Sha256(options: FieldOptions = {}): PropertyDecorator {
  return Pattern(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits', options);
}

/** A string of a given form. */
export function Pattern(pattern: RegExp, problem: string, options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'string', pattern: pattern.source }, [
    by(`matches ${pattern.source}`, (value) => typeof value === 'string' && pattern.test(value), problem),
  ]);
}

export function Uuid(options: FieldOptions = {}): PropertyDecorator {
  return Pattern(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a UUID in lower case', options);
}

/** An object whose shape depends on another field: the route checks it against the DTO of the event's type. */
/** An object of one of these shapes; which of them, and whether it has it, is found out when that is known. */
export function ObjectOfOne(types: () => readonly (new () => object)[], options: FieldOptions = {}): PropertyDecorator {
  return applyDecorators(
    holdsOneOf(types),
    field(options, { type: 'object', additionalProperties: true }, [
      IsObject({ message: '$property must be an object' }),
    ]),
  );
}

/** Any JSON: what it must be is said elsewhere. */
export function AnyJson(options: FieldOptions = {}): PropertyDecorator {
  return field(options, {}, [by('isJson', () => true, '')]);
}

export function Nested(type: () => new () => object, options: FieldOptions = {}): PropertyDecorator {
  return applyDecorators(
    holdsOneOf(() => [type()]),
    // Written out: the documentation calls a function that is named `type`, and takes any other for a class.
    field(options, { type: () => type() }, [IsObject({ message: '$property must be an object' }), ValidateNested()]),
    Type(type),
    HoldsShape(type),
  );
}

export function NestedList(
  type: () => new () => object,
  options: FieldOptions & { mayBeEmpty?: boolean } = {},
): PropertyDecorator {
  return applyDecorators(
    field(options, { type: () => type(), isArray: true }, [
      ...listRules(options.mayBeEmpty ? 0 : 1),
      IsObject({ each: true, message: 'each of $property must be an object' }),
      ValidateNested({ each: true }),
    ]),
    Type(type),
    HoldsShape(type),
  );
}

function holdsOneOf(types: () => readonly (new () => object)[]): PropertyDecorator {
  return (target, name) => {
    const nested = NESTED.get(target) ?? new Map<string, () => readonly (new () => object)[]>();
    NESTED.set(target, nested.set(String(name), types));
  };
}

function field(options: FieldOptions, schema: object, rules: readonly PropertyDecorator[]): PropertyDecorator {
  const { optional = false, withholdable = false, example } = options;
  const description = withholdable
    ? [options.description, 'May be withheld'].filter((part) => part !== undefined).join('. ')
    : options.description;
  const documented = {
    ...schema,
    required: !optional,
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
  } as ApiPropertyOptions;
  // null is no way to leave a field out: only an absent one is optional.
  const presence = optional ? [ValidateIf((_, value) => value !== undefined)] : [];
  const withholding: PropertyDecorator[] = withholdable
    ? [(target, name) => void WITHHOLDABLE.set(target, (WITHHOLDABLE.get(target) ?? new Set()).add(String(name)))]
    : [];
  return applyDecorators(ApiProperty(documented), ...presence, ...rules, ...withholding);
}

function listRules(fewest = 1): PropertyDecorator[] {
  return [
    IsArray({ message: '$property must be a list' }),
    ...(fewest > 0 ? [ArrayMinSize(fewest, { message: '$property must not be empty' })] : []),
    ArrayMaxSize(LONGEST_LIST, { message: `$property must have at most ${LONGEST_LIST} entries` }),
  ];
}

function noRepeats(): PropertyDecorator {
  return by(
    'noRepeats',
    (value) => !Array.isArray(value) || new Set(value).size === value.length,
    'must not repeat an entry',
  );
}

function isId(options: ValidationOptions = {}): PropertyDecorator {
  return by(
    'isId',
    isIdOf,
    'must be 1 to 128 characters that can be seen, in Unicode Normalization Form C, and not . or ..',
    options,
  );
}

function isText(): PropertyDecorator {
  return by(
    'isText',
    (value) =>
      typeof value === 'string' &&
      value.trim() !== '' &&
      value.length <= LONGEST_TEXT &&
      value.isWellFormed() &&
      !/\p{Cc}/u.test(value),
    `must be a text of 1 to ${LONGEST_TEXT} characters without control characters`,
  );
}

function by(
  name: string,
  validate: (value: unknown) => boolean,
  problem: string,
  options: ValidationOptions = {},
): PropertyDecorator {
  const each = options.each === true;
  return ValidateBy(
    {
      name,
      validator: {
        validate,
        defaultMessage: buildMessage(() => `${each ? 'each of ' : ''}$property ${problem}`, {
          message: '',
        }),
      },
    },
    options,
  );
}
