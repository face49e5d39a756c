/**
 * Builds and decorates the class of an object from its description: class-validator checks by it, and Nest documents by
 * it. A nested object has a class of its own and is checked separately, not by class-validator's nested validation.
 */
import { ApiProperty } from '@nestjs/swagger';
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
  type ValidationOptions,
} from 'class-validator';
import {
  acceptanceOf,
  COUNTRY_PATTERN,
  descriptionOf,
  fieldSchema,
  isGrams,
  isId,
  isDay,
  isInstant,
  isText,
  LONGEST_LIST,
  LONGEST_TEXT,
  type Check,
  type Field,
  type Fields,
  type Form,
} from '#vocabulary';

export type Dto = new () => object;
/** The fields of a nested object: for a command those that are sent, for a replacement those that are recorded. */
export type Within = (fields: Fields) => Fields;

/** What an object must be, in a form that can check and document it. */
export interface Judged {
  readonly fields: Fields;
  /** Judges each of its fields, and is documented. */
  readonly dto: Dto;
  /** Whether it is valid, by the same description: most objects are, and need no messages. */
  readonly accepts: Check;
}

const known = new WeakMap<Within, WeakMap<Fields, Judged>>();

/** Made once for a description. @param name of its schema in OpenAPI */
export function judgedBy(name: string, fields: Fields, within: Within): Judged {
  const ofWithin = known.get(within) ?? new WeakMap<Fields, Judged>();
  known.set(within, ofWithin);
  let judged = ofWithin.get(fields);
  if (!judged) {
    const own = within(fields);
    judged = { fields: own, dto: dtoOf(name, own, within), accepts: acceptanceOf(own, within) };
    ofWithin.set(fields, judged);
  }
  return judged;
}

function dtoOf(name: string, fields: Fields, within: Within): Dto {
  const dto: Dto = { [name]: class {} }[name]!;
  for (const [property, field] of Object.entries(fields)) {
    for (const decorate of [documented(field, within), ...rulesOf(field)]) decorate(dto.prototype as object, property);
  }
  return dto;
}

/** What checks the objects in a field; undefined when it holds none. */
export function heldBy({ form }: Field, within: Within): Judged | undefined {
  if (form.kind !== 'object' && form.kind !== 'list') return undefined;
  return judgedBy(`${form.name}Dto`, form.fields, within);
}

function documented(field: Field, within: Within): PropertyDecorator {
  const { form, options } = field;
  const description = descriptionOf(field);
  const held = heldBy(field, within);
  const schema = held
    ? {
        type: held.dto,
        ...(form.kind === 'list' && { isArray: true }),
        ...(description !== undefined && { description }),
      }
    : { ...(form.kind === 'json' && { type: Object }), ...fieldSchema(field) };
  return ApiProperty({ ...schema, required: options.optional !== true });
}

function rulesOf({ form, options }: Field): PropertyDecorator[] {
  // An optional field may be absent, but not null.
  const presence = options.optional === true ? [ValidateIf((_, value) => value !== undefined)] : [];
  return [...presence, ...rulesOfForm(form)];
}

function rulesOfForm(form: Form): PropertyDecorator[] {
  switch (form.kind) {
    case 'id':
      return [id()];
    case 'ids':
      return [...listRules(form.mayBeEmpty, form.longest), id({ each: true }), noRepeats()];
    case 'text':
      return [by('isText', isText, `must be a text of 1 to ${LONGEST_TEXT} characters without control characters`)];
    case 'pattern':
      return [by('matches', (value) => typeof value === 'string' && form.pattern.test(value), form.problem)];
    case 'whole': {
      const problem = `must be a whole number from ${form.min} to ${form.max}`;
      return [by('isWhole', (value) => isGrams(value, form.min, form.max), problem)];
    }
    case 'grams': {
      const problem = `must be whole grams, an integer from ${form.min} to ${form.max}`;
      return [by('isGrams', (value) => isGrams(value, form.min, form.max), problem)];
    }
    case 'instant': {
      const problem = 'must be a time in RFC 3339 UTC with milliseconds, e.g. 2026-01-31T08:00:00.000Z';
      if (form.orDay !== true) return [by('isInstant', isInstant, problem)];
      const isEither = (value: unknown): boolean => isInstant(value) || isDay(value);
      return [by('isInstantOrDay', isEither, `${problem}, or a day, e.g. 2026-01-31`)];
    }
    case 'country':
      return [
        by(
          'isCountry',
          (value) => typeof value === 'string' && COUNTRY_PATTERN.test(value),
          'must be two capital letters, ISO 3166-1 alpha-2',
        ),
        IsISO31661Alpha2({ message: '$property is no country of ISO 3166-1 alpha-2' }),
      ];
    case 'flag':
      return [IsBoolean({ message: '$property must be true or false' })];
    case 'one-of':
      return [IsIn([...form.values], { message: `$property must be one of ${form.values.join(', ')}` })];
    case 'some-of': {
      const message = `each of $property must be one of ${form.values.join(', ')}`;
      return [...listRules(false), IsIn([...form.values], { each: true, message }), noRepeats()];
    }
    case 'object':
    case 'replacement':
      return [IsObject({ message: '$property must be an object' })];
    case 'list':
      return [...listRules(form.mayBeEmpty), IsObject({ each: true, message: 'each of $property must be an object' })];
    case 'json':
      return [by('isJson', () => true, '')];
  }
}

function listRules(mayBeEmpty: boolean, longest = LONGEST_LIST): PropertyDecorator[] {
  return [
    IsArray({ message: '$property must be a list' }),
    ...(mayBeEmpty ? [] : [ArrayMinSize(1, { message: '$property must not be empty' })]),
    ArrayMaxSize(longest, { message: `$property must have at most ${longest} entries` }),
  ];
}

function noRepeats(): PropertyDecorator {
  return by(
    'noRepeats',
    (value) => !Array.isArray(value) || new Set(value).size === value.length,
    'must not repeat an entry',
  );
}

function id(options: ValidationOptions = {}): PropertyDecorator {
  return by(
    'isId',
    isId,
    'must be 1 to 128 visible characters in Unicode Normalization Form C, and not . or ..',
    options,
  );
}

function by(
  name: string,
  validate: (value: unknown) => boolean,
  problem: string,
  options: ValidationOptions = {},
): PropertyDecorator {
  const defaultMessage = (): string => `${options.each === true ? 'each of ' : ''}$property ${problem}`;
  return ValidateBy({ name, validator: { validate, defaultMessage } }, options);
}
