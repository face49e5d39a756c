/** The answers to queries about batches and their provenance, and to searches. */
import { CONTENT_CLASSES, VERDICTS } from '#claims';
import { contentGrams, MINERALS, PRODUCT_CATEGORIES, PRODUCT_KINDS, type Mineral } from '#custody';
import {
  addressee,
  batchRef,
  country,
  eventRef,
  flag,
  grams,
  id,
  instant,
  labelRef,
  labelText,
  list,
  object,
  oneOf,
  plantText,
  shipmentRef,
  siteRef,
  siteText,
  term,
  text,
  wholeNumber,
  type AnswerOf,
  type Field,
  type RecordedOf,
} from '#vocabulary';
import { SEARCHED_KINDS } from '../views/schema.js';
import { SHIPMENT_STATUSES } from './registry-answers.js';

const LABEL = {
  labelId: labelRef(),
  standard: term({ example: 'gs1-digital-link' }),
  carrier: term({ example: 'qr' }),
  value: labelText({ withholdable: true }),
  labelledAt: instant(),
  condition: term({ optional: true, description: 'As the last receipt found it' }),
};
export type LabelAnswer = RecordedOf<typeof LABEL>;

const COMPOSITION_ENTRY = {
  country: country(),
  class: oneOf(CONTENT_CLASSES),
  recycledIn: country({ optional: true, description: 'Country of the site that recycled it' }),
  milligrams: wholeNumber({ min: 1, description: 'Exact' }),
  grams: grams({ description: 'The milligrams in whole grams that add up to the content' }),
};
export type CompositionEntry = RecordedOf<typeof COMPOSITION_ENTRY>;
type Entries = CompositionEntry[];
/** One field per mineral: a new mineral needs no change here. */
const COMPOSITION = Object.fromEntries(
  MINERALS.map((mineral) => [mineral, list('CompositionEntry', COMPOSITION_ENTRY, { optional: true })]),
) as unknown as Readonly<Record<Mineral, Field<Entries, Entries, { readonly optional: true }>>>;

const PLACED = {
  date: term({ description: 'The day' }),
  country: country(),
  by: siteText({ optional: true, withholdable: true }),
  siteId: siteRef({ description: 'Where it left from' }),
};
export const PRODUCT_FACTS = {
  kind: oneOf(PRODUCT_KINDS),
  model: plantText(),
  category: oneOf(PRODUCT_CATEGORIES, { optional: true }),
  capacityWh: wholeNumber({ optional: true, description: 'Watt hours' }),
  serial: plantText({ optional: true, withholdable: true }),
  plantSiteId: siteRef(),
  assembledAt: instant(),
  secondLife: flag({ optional: true, description: 'Made of what was taken back from the market' }),
  placedOnMarket: object('PlacedOnMarket', PLACED, { optional: true }),
  takenBackAt: instant({ optional: true }),
};
export type ProductFactsAnswer = RecordedOf<typeof PRODUCT_FACTS>;

/** `unborn`: named by a record before its correction, but made by no event. */
const STATUSES = ['at-site', 'in-transit', 'on-market', 'spent', 'unborn'] as const;

export const BATCH_ANSWER = {
  name: 'Batch',
  fields: {
    batchId: batchRef(),
    material: term({ description: 'Code of the table of materials', example: 'black-mass' }),
    otherMaterial: text({
      optional: true,
      confidential: false,
      description: 'What it is, when `material` is `other`',
    }),
    product: object('ProductFacts', PRODUCT_FACTS, { optional: true, description: 'When it is a product' }),
    status: oneOf(STATUSES),
    siteId: siteRef({ optional: true }),
    grossGrams: grams(),
    contentGrams: contentGrams(),
    contentKnown: flag({ description: 'False: no event has said what it contains' }),
    provisional: flag({
      optional: true,
      description: 'The content is the estimate of its registration, until the first assay',
    }),
    composition: object('Composition', COMPOSITION),
    labels: list('Label', LABEL, { description: 'Those on it now' }),
    held: flag(),
  },
};
export type BatchAnswer = AnswerOf<typeof BATCH_ANSWER>;

export const JUDGED_BATCH_ANSWER = {
  name: 'JudgedBatch',
  fields: {
    ...BATCH_ANSWER.fields,
    programme: term({ description: '`id@version`' }),
    verdict: oneOf(VERDICTS),
    judgedUpTo: wholeNumber({
      description: 'Log index up to which the verdict takes all events into account, and perhaps later ones',
    }),
  },
};
export type JudgedBatch = AnswerOf<typeof JUDGED_BATCH_ANSWER>;

export const PROVENANCE_BATCH = {
  name: 'ProvenanceBatch',
  fields: { ...BATCH_ANSWER.fields, depth: wholeNumber({ description: 'Steps from the batch asked about' }) },
};
export type ProvenanceBatch = AnswerOf<typeof PROVENANCE_BATCH>;

const BATCH_AMOUNT = { batchId: batchRef(), grossGrams: grams() };
export const PROVENANCE_TRANSFORMATION = {
  name: 'ProvenanceTransformation',
  fields: {
    transformationId: id('transformation', { optional: true }),
    kind: oneOf(['transformation', 'split'], {
      description: 'A split moves mass between batches of one material; it has no process',
    }),
    eventId: eventRef(),
    siteId: siteRef(),
    process: term({ optional: true }),
    chainOfCustody: term({ optional: true }),
    occurredAt: instant(),
    inputs: list('BatchAmount', BATCH_AMOUNT),
    outputs: list('BatchAmount', BATCH_AMOUNT),
  },
};
export type ProvenanceTransformation = AnswerOf<typeof PROVENANCE_TRANSFORMATION>;

export const PROVENANCE_HOP = {
  name: 'ProvenanceHop',
  fields: {
    shipmentId: shipmentRef(),
    batchId: batchRef(),
    consignorSiteId: siteRef(),
    consigneeSiteId: addressee(),
    dispatchedAt: instant(),
    receivedAt: instant({ optional: true }),
    status: oneOf(SHIPMENT_STATUSES),
  },
};
export type ProvenanceHop = AnswerOf<typeof PROVENANCE_HOP>;

export const PROVENANCE_ANSWER = {
  name: 'Provenance',
  fields: {
    batches: list(PROVENANCE_BATCH.name, PROVENANCE_BATCH.fields),
    transformations: list(PROVENANCE_TRANSFORMATION.name, PROVENANCE_TRANSFORMATION.fields),
    hops: list(PROVENANCE_HOP.name, PROVENANCE_HOP.fields),
    truncated: flag({ description: 'A limit cut the graph: what is shown is the nearest part' }),
  },
};
export type ProvenanceAnswer = AnswerOf<typeof PROVENANCE_ANSWER>;

/** The field in which a search found its text. */
const SEARCHED_FIELDS = ['id', 'name', 'material', 'label'] as const;
/** Not redacted again: its ids and texts come from answers that already were. */
export const SEARCH_ANSWER = {
  name: 'Search',
  fields: {
    items: list('SearchItem', {
      kind: oneOf(SEARCHED_KINDS),
      id: term(),
      matched: object('SearchMatch', {
        field: oneOf(SEARCHED_FIELDS),
        text: term({ description: 'What the text that was looked for is in' }),
      }),
      name: term({ optional: true, withholdable: true, description: 'Of an organisation or a site' }),
      country: country({ optional: true, description: 'Of an organisation or a site' }),
      organisationId: term({ optional: true, description: 'Of a site' }),
      material: term({ optional: true, description: 'Of a batch' }),
      status: oneOf(STATUSES, { optional: true, description: 'Of a batch' }),
      siteId: term({ optional: true, description: 'Of a batch that is at a site' }),
    }),
    more: flag({ description: 'There is more than is shown: a longer text finds less' }),
  },
};
export type SearchAnswer = AnswerOf<typeof SEARCH_ANSWER>;
export type SearchItem = SearchAnswer['items'][number];
