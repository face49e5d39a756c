/** What the facts about products have in common. */
import {
  batchRef,
  grams,
  ids,
  list,
  LONGEST_RUN,
  oneOf,
  text,
  wholeNumber,
  type FieldOptions,
  type RecordedOf,
  type SentOf,
} from '#vocabulary';
import { INPUT } from './custody-fields.js';
import { PRODUCT_CATEGORIES, PRODUCT_KINDS, type ProductKind } from './terms.js';

/** Of the table of materials, what products of each kind are. */
export const PRODUCT_MATERIAL: Readonly<Record<ProductKind, string>> = {
  cell: 'cells',
  module: 'modules',
  battery: 'battery',
};
/** Of the table of processes, what makes products of each kind. */
export const ASSEMBLY_PROCESS: Readonly<Record<ProductKind, string>> = {
  cell: 'cell',
  module: 'battery',
  battery: 'battery',
};
/** How what was taken back becomes a product again. */
export const REPURPOSING_PROCESS = 'repurposing';
/** How what was taken back becomes waste: end-of-life waste, whoever has it. */
export const TAKE_BACK_PROCESS = 'take-back';

export const productRef = <const O extends FieldOptions = Record<never, never>>(options?: O) =>
  batchRef({
    description: 'Any id; of a GTIN with a serial number the canonical GS1 Digital Link URI',
    ...options,
  } as O);

/** What a product is, like all others of its run. */
export const PRODUCT = {
  kind: oneOf(PRODUCT_KINDS, { identity: true }),
  model: text({ description: 'Battery model (Regulation (EU) 2023/1542, Art. 3(1)), as the maker calls it' }),
  category: oneOf(PRODUCT_CATEGORIES, {
    optional: true,
    reliance: 'process',
    description: 'Of a battery (Regulation (EU) 2023/1542, Art. 3(1)); of cells and modules, if it is known',
  }),
  capacityWh: wholeNumber({ optional: true, min: 1, description: 'Rated capacity of each, watt hours' }),
  grossGrams: grams({ min: 1, optional: true, description: 'Mass of each; default: what went into it' }),
};

/** What products are made of: parts of batches, and whole products. */
export const INGREDIENTS = {
  inputs: list('BatchMass', INPUT, { mayBeEmpty: true, emptyWhenUnsaid: true }),
  products: ids('batch', {
    mayBeEmpty: true,
    emptyWhenUnsaid: true,
    identity: true,
    reliance: 'inputs',
    longest: LONGEST_RUN,
    description: 'Products that are used up in it: cells in modules, modules in batteries',
  }),
};
export type SentAssembly = SentOf<typeof PRODUCT & typeof INGREDIENTS>;
export type RecordedAssembly = RecordedOf<typeof PRODUCT & typeof INGREDIENTS>;
