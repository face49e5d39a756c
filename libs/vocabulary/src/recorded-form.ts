import { type Field, type Fields, type Form } from './field.js';
import { COUNTRY_PATTERN } from './limits.js';
import { isGrams, isRecord } from './values.js';
import { isWithheld } from './withheld.js';
import { type Check } from './acceptance.js';

/**
 * Whether an event's data have what a fold reads of them. Commands guarantee it; a bundle from outside does not, and a fold
 * must not throw on either. Looser than what a command must be: of a text no more than that it is one.
 * @param reads the fields that are looked at, by their paths, e.g. `batches.batchId`
 * @throws Error for a path that leads to no field
 */
export function recordedForm(fields: Fields, reads: readonly string[]): Check {
  const names = [...new Set(reads.map((path) => path.split('.')[0]!))];
  const checks = names.map((name): [string, Check] => {
    const field = fields[name];
    if (field === undefined) throw new Error(`there is no field ${name}`);
    const within = reads.filter((path) => path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1));
    return [name, formOf(field, within)];
  });
  // Written without allocation for each event: all of them come by in a replay.
  return (value) => {
    if (!isRecord(value)) return false;
    for (const [name, check] of checks) if (!check(value[name])) return false;
    return true;
  };
}

function formOf({ form, options }: Field, reads: readonly string[]): Check {
  let check = checkOf(form, reads);
  if (options.withholdable === true) check = unlessWithheld(check);
  return options.optional === true ? unlessAbsent(check) : check;
}

const unlessWithheld =
  (check: Check): Check =>
  (value) =>
    isWithheld(value) || check(value);
const unlessAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isString: Check = (value) => typeof value === 'string';

function isOneOf(values: readonly string[]): Check {
  const known = new Set<unknown>(values);
  return (value) => known.has(value);
}

function checkOf(form: Form, reads: readonly string[]): Check {
  switch (form.kind) {
    case 'id':
    case 'text':
    case 'pattern':
    case 'instant':
      return isString;
    case 'ids':
    case 'some-of':
      return listOf(isString);
    case 'grams':
    case 'whole':
      return (value) => isGrams(value, 0, form.max);
    case 'country':
      return (value) => typeof value === 'string' && COUNTRY_PATTERN.test(value);
    case 'flag':
      return (value) => typeof value === 'boolean';
    case 'one-of':
      return isOneOf(form.values);
    case 'object':
      return recordedForm(form.fields, reads.length > 0 ? reads : Object.keys(form.fields));
    case 'list':
      return listOf(recordedForm(form.fields, reads.length > 0 ? reads : Object.keys(form.fields)));
    case 'replacement':
      return isRecord;
    case 'json':
      return () => true;
  }
}
