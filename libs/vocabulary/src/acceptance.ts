import { bodyFields, recordedFields, sentFields, type Fact } from './fact.js';
import { type Field, type Fields, type Form } from './field.js';
import { isDay } from './days.js';
import { isId } from './limits.js';
import { isCountry, isGrams, isInstant, isRecord, isText, LONGEST_LIST } from './values.js';

export type Check = (value: unknown) => boolean;

/** Whether a value is an object with exactly these fields, all valid. Compiled, because most requests are valid. */
export function acceptanceOf(fields: Fields, inner: (fields: Fields) => Fields = sentFields): Check {
  const checks = new Map(Object.entries(fields).map(([name, field]) => [name, acceptanceOfField(field, inner)]));
  return (value) => {
    if (!isRecord(value)) return false;
    for (const name in value) if (!checks.has(name)) return false;
    for (const [name, check] of checks) if (!check(value[name])) return false;
    return true;
  };
}

/** The check of a command's body. */
export function commandAcceptance(fact: Pick<Fact, 'fields'>): Check {
  return acceptanceOf(bodyFields(fact));
}

/** The check of the data that a correction puts in place of an event's. */
export function replacementAcceptance({ fields }: Pick<Fact, 'fields'>): Check {
  return acceptanceOf(recordedFields(fields), recordedFields);
}

/** null is no way to leave a field out: only an absent one is optional. */
function acceptanceOfField({ form, options }: Field, inner: (fields: Fields) => Fields): Check {
  const holds = acceptanceOfForm(form, inner);
  return options.optional === true ? (value) => value === undefined || holds(value) : holds;
}

function acceptanceOfForm(form: Form, inner: (fields: Fields) => Fields): Check {
  switch (form.kind) {
    case 'id':
      return isId;
    case 'ids':
      return listOf(isId, form.mayBeEmpty ? 0 : 1, true, form.longest);
    case 'text':
      return isText;
    case 'pattern':
      return (value) => typeof value === 'string' && form.pattern.test(value);
    case 'grams':
    case 'whole':
      return (value) => isGrams(value, form.min, form.max);
    case 'instant':
      return form.orDay === true ? (value) => isInstant(value) || isDay(value) : isInstant;
    case 'country':
      return isCountry;
    case 'flag':
      return (value) => typeof value === 'boolean';
    case 'one-of':
      return oneOf(form.values);
    case 'some-of':
      return listOf(oneOf(form.values), 1, true);
    case 'object':
      return acceptanceOf(inner(form.fields), inner);
    case 'list':
      return listOf(acceptanceOf(inner(form.fields), inner), form.mayBeEmpty ? 0 : 1, false);
    case 'replacement':
      return isRecord;
    case 'json':
      return () => true;
  }
}

function oneOf(values: readonly string[]): Check {
  const allowed = new Set<unknown>(values);
  return (value) => allowed.has(value);
}

/** Checks the length first, so that a list that is too long is not searched. */
function listOf(holds: Check, fewest: number, distinct: boolean, longest = LONGEST_LIST): Check {
  return (value) => {
    if (!Array.isArray(value) || value.length < fewest || value.length > longest) return false;
    if (!value.every(holds)) return false;
    return !distinct || new Set(value).size === value.length;
  };
}
