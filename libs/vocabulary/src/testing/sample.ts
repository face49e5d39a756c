/** A value of every field there is, made from the description: each text and id of it can be told from all others. */
import { recordedFields, sentFields } from '../fact.js';
import { type Field, type Fields } from '../field.js';

/** What every text and id of a sample begins with. */
export const MARK = 'sample';

/** The data of an event, with every field. */
export function sampleRecorded(fields: Fields): Record<string, unknown> {
  return sample(recordedFields(fields), recordedFields, MARK);
}

/** A command's data, with every field, as deciders take them. */
export function sampleSent(fields: Fields): Record<string, unknown> {
  return sample(sentFields(fields), sentFields, MARK);
}

type Within = (fields: Fields) => Fields;

function sample(fields: Fields, within: Within, at: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, sampleValue(field, within, `${at}-${name}`)]),
  );
}

function sampleValue({ form, options }: Field, within: Within, at: string): unknown {
  switch (form.kind) {
    case 'id':
    case 'text':
      return at;
    case 'ids':
      // Those that are sent are the ids of a list that is recorded.
      return [`${options.idsOf === undefined ? at : `${MARK}-${options.idsOf}-batchId`}`];
    case 'pattern':
      return PATTERNS.find((text) => form.pattern.test(text)) ?? `no sample of ${form.pattern.source}`;
    case 'grams':
    case 'whole':
      return Math.max(form.min, 7);
    case 'instant':
      return '2026-01-31T08:00:00.000Z';
    case 'country':
      return 'JP';
    case 'flag':
      return true;
    case 'one-of':
      return form.values[0];
    case 'some-of':
      return form.values.slice(0, 2);
    case 'object':
      return sample(within(form.fields), within, at);
    case 'list':
      return [sample(within(form.fields), within, at)];
    case 'replacement':
      return { batchId: `${at}-batchId` };
    case 'json':
      return { any: at };
  }
}

const PATTERNS = [
  `e30..${'A'.repeat(86)}`,
  '0.16',
  '2026-01-31',
  '-29.25',
  '116.02',
  'f1209983-6d56-598b-b49d-ae0346cbff47',
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
];
