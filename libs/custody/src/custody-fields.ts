/** What several facts of a site have in common. */
import {
  batchRef,
  country,
  flag,
  grams,
  ids,
  labelRef,
  list,
  MAX_CONTENT_GRAMS,
  object,
  oneOf,
  text,
  type Field,
  type FieldOptions,
  type Recorded,
  type RecordedOf,
} from '#vocabulary';
import { MATERIAL_CODES } from './tables/materials.js';
import { PROCESS_CODES } from './tables/processes.js';
import { OTHER } from './tables/table-file.js';
import { LABEL_CONDITIONS, MINERALS, ORIGIN_KINDS, PRODUCT_KINDS, type Mineral } from './terms.js';

type GramsOfMineral = Field<number, number, { readonly optional: true }>;
/** One field a mineral: a new mineral needs no change here. */
const PER_MINERAL = Object.fromEntries(
  MINERALS.map((mineral) => [
    mineral,
    grams({ optional: true, max: MAX_CONTENT_GRAMS, description: `Grams of ${mineral} contained` }),
  ]),
) as unknown as Readonly<Record<Mineral, GramsOfMineral>>;
/** Grams of each mineral contained (metal or carbon equivalent). No entry at all: the content is unknown. */
export type ContentGrams = RecordedOf<typeof PER_MINERAL>;
export const contentGrams = <const O extends FieldOptions = Record<never, never>>(
  options?: O,
): Field<ContentGrams, ContentGrams, O> => object('ContentGrams', PER_MINERAL, options);

export const BATCH_MASS = { batchId: batchRef(), grossGrams: grams({ min: 1 }) };
export const INPUT = { ...BATCH_MASS, batchId: batchRef({ reliance: 'inputs' }) };

const ORIGIN = {
  kind: oneOf(ORIGIN_KINDS, { reliance: 'origin' }),
  country: country({
    optional: true,
    withholdable: true,
    reliance: 'origin',
    description: 'Of extracted material: where it was mined; default the country of the site',
  }),
  feedstock: text({ optional: true, withholdable: true }),
};
export const origin = () => object('Origin', ORIGIN);
export type Origin = RecordedOf<typeof ORIGIN>;

const TRADE_TERMS = { exportDuty: flag(), quantitativeRestriction: flag() };
export const tradeTerms = () => object('TradeTerms', TRADE_TERMS, { optional: true, withholdable: true });
export type TradeTerms = RecordedOf<typeof TRADE_TERMS>;

/** What a batch is of: a code of the table of materials, and a text where none fits. */
export const MATERIAL = {
  material: oneOf(MATERIAL_CODES, { example: 'lithium-hydroxide-monohydrate' }),
  otherMaterial: text({ optional: true, description: `What it is, when \`material\` is \`${OTHER}\`` }),
};
export type MaterialName = RecordedOf<typeof MATERIAL>;
/** What was done: a code of the table of processes, and a text where none fits. */
export const PROCESS = {
  process: oneOf(PROCESS_CODES, { reliance: 'process', description: '`recycling` recovers collected waste and scrap' }),
  otherProcess: text({ optional: true, description: `What was done, when \`process\` is \`${OTHER}\`` }),
};

const OUTPUT = {
  ...BATCH_MASS,
  ...MATERIAL,
  contentGrams: contentGrams(),
  /** Manufacturing waste, once it is recycled. */
  scrap: flag({ optional: true, reliance: 'process', description: 'Production scrap of this process' }),
};
export const outputs = () => list('Output', OUTPUT);
export type TransformationOutput = RecordedOf<typeof OUTPUT>;

const HELD_PRODUCT = {
  kind: oneOf(PRODUCT_KINDS),
  returned: flag({ optional: true, description: 'It was placed on the market and taken back' }),
};
/** Set when a batch is a product: used, placed on the market and wasted whole. */
export type HeldProduct = RecordedOf<typeof HELD_PRODUCT>;

/** The ledger copies from the account what a batch is as it leaves: the other site's stream then tells all it needs. */
const DISPATCHED_BATCH = {
  ...BATCH_MASS,
  ...MATERIAL,
  contentGrams: contentGrams(),
  product: object('HeldProduct', HELD_PRODUCT, { optional: true }),
  labels: ids('label', { mayBeEmpty: true, description: 'On the batch as it left' }),
};
export const dispatchedBatches = () => list('DispatchedBatch', DISPATCHED_BATCH, { only: 'record' });
export type DispatchedBatch = RecordedOf<typeof DISPATCHED_BATCH>;

const LABEL_CONDITION = { labelId: labelRef(), condition: oneOf(LABEL_CONDITIONS) };
const RECEIVED_BATCH = {
  batchId: batchRef(),
  material: oneOf(MATERIAL_CODES, { only: 'record' }),
  otherMaterial: text({ only: 'record', optional: true }),
  grossGrams: grams({ description: 'As weighed on arrival; 0 when it did not arrive' }),
  contentGrams: contentGrams({ only: 'record' }),
  product: object('HeldProduct', HELD_PRODUCT, { only: 'record', optional: true }),
  labels: list('LabelCondition', LABEL_CONDITION, { mayBeEmpty: true, emptyWhenUnsaid: true }),
};
/** A receipt may turn out to have held less than was written, never what was not sent. */
export const receivedBatches = () =>
  list('ReceivedBatch', RECEIVED_BATCH, { corrected: 'fewer', description: 'Every batch of the shipment' });
export type ReceivedBatch = Recorded<{ fields: typeof RECEIVED_BATCH }>;
