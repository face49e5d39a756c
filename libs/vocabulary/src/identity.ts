import { recordedFields } from './fact.js';
import { type Fields, type Form, type ListForm } from './field.js';

/** The parts of an event that no correction can change, because others know the event by them. */
export interface Identity {
  /** Fields that stay as they are. */
  readonly fields: readonly string[];
  /** Lists of batches to which a correction can add none, and whether it may name fewer. */
  readonly lists: readonly { readonly name: string; readonly mayShrink: boolean }[];
}

/** The ids of an event, unless its description says otherwise, and the batches of its lists. */
export function identityOf(fields: Fields): Identity {
  const recorded = Object.entries(recordedFields(fields));
  return {
    fields: recorded.filter(([, { form, options }]) => options.identity ?? form.kind === 'id').map(([name]) => name),
    lists: recorded.flatMap(([name, { form }]) =>
      isListOfBatches(form) && form.corrected !== 'any' ? [{ name, mayShrink: form.corrected === 'fewer' }] : [],
    ),
  };
}

/** A list whose items are each about a batch. */
export function isListOfBatches(form: Form): form is ListForm {
  return form.kind === 'list' && 'batchId' in form.fields;
}
