import { type Field, type Fields, type Form, type ListForm, type Shown } from '#vocabulary';
import {
  addresseeRef,
  idOf,
  labelRef,
  list,
  plain,
  raiserRef,
  saidBy,
  shape,
  siteRef,
  subjectRef,
  text,
  withheld,
  type AnyPart,
  type By,
  type Ref,
} from './redaction-parts.js';

type ShapeOfFields = Extract<AnyPart, { readonly part: 'shape' }>;

/**
 * What each reader sees of an object, by the kinds of its fields: ids as the reader may know them, free text only if the
 * reader knows its author by name, everything else as it is.
 */
export function redactionOf(fields: Fields): ShapeOfFields {
  return shape(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, partOf(field)])));
}

function partOf({ form, options }: Field): AnyPart {
  const part = partOfForm(form);
  // An optional text is left out rather than masked: even its presence would reveal something.
  const isText = part === text || (part.part === 'by' && form.kind === 'text');
  const isConfidential = options.confidential ?? (options.optional === true && isText);
  if (!isConfidential) return part;
  // It is left out, depending on its author.
  return part.part === 'by' ? saidBy(part.by, withheld(part.of)) : withheld(part);
}

function partOfForm(form: Form): AnyPart {
  switch (form.kind) {
    case 'id':
      return form.as === undefined ? shown(form.shows) : idOf('site', form.as === 'addressee' ? addressee : subject);
    case 'text':
      return form.saidBy === undefined ? shown(form.shows) : saidBy(SPEAKERS[form.saidBy], text);
    case 'pattern':
      return shown(form.shows);
    case 'ids':
      // Batches that the reader cannot see are dropped from the list.
      return form.shows === 'batch' ? list(idOf('batch'), itself) : list(shown(form.shows));
    case 'object':
      return redactionOf(form.fields);
    case 'list':
      return isAboutBatches(form) ? list(redactionOf(form.fields), aboutBatch) : list(redactionOf(form.fields));
    case 'replacement':
    case 'json':
      return shape({}); // nothing says that it may be shown
    case 'grams':
    case 'whole':
    case 'instant':
    case 'country':
    case 'flag':
    case 'one-of':
    case 'some-of':
      return plain;
  }
}

/** An item that need not name a batch is not about that batch: it stays, with the batch under a pseudonym. */
function isAboutBatches({ fields: { batchId } }: ListForm): boolean {
  return batchId !== undefined && batchId.options.optional !== true;
}

function shown(shows: Shown): AnyPart {
  if (shows === 'plain') return plain;
  if (shows === 'text') return text;
  return shows === 'label' ? idOf('label', label) : idOf(shows);
}

const aboutBatch = ({ batchId }: { batchId: string }): string => batchId;
const itself = (batchId: string): string => batchId;
const SPEAKERS: Readonly<Record<'label' | 'consignee' | 'raiser' | 'plant' | 'site', By<never>>> = {
  label: (object: { labelId: string }, outer): Ref[] => [
    labelRef(nearest([object, ...outer], 'batchId') ?? '', object.labelId),
  ],
  consignee: ({ consigneeSiteId }: { consigneeSiteId: string }): Ref[] => [siteRef(consigneeSiteId)],
  raiser: ({ concernId }: { concernId: string }): Ref[] => [raiserRef(concernId)],
  plant: ({ plantSiteId }: { plantSiteId: string }): Ref[] => [siteRef(plantSiteId)],
  site: ({ siteId }: { siteId: string }): Ref[] => [siteRef(siteId)],
};

/** A label is known to those who know the batch that the enclosing object names. */
function label(labelId: string, outer: readonly object[]): Ref {
  return labelRef(nearest(outer, 'batchId') ?? '', labelId);
}

/** A shipment's destination is known to its sender, which is named by the answer or by the record's stream. */
function addressee(siteId: string, outer: readonly object[]): Ref {
  const stream = nearest(outer, 'stream');
  const consignor = nearest(outer, 'consignorSiteId') ?? stream?.slice(stream.indexOf('-') + 1);
  return addresseeRef(consignor ?? '', siteId);
}

function subject(siteId: string, outer: readonly object[]): Ref {
  return subjectRef(nearest(outer, 'concernId') ?? '', siteId);
}

/** @param outer the enclosing objects, innermost first */
function nearest(outer: readonly object[], name: string): string | undefined {
  for (const object of outer) {
    const value = (object as Readonly<Record<string, unknown>>)[name];
    if (typeof value === 'string') return value;
  }
  return undefined;
}
