/**
 * The answers about products: about everything that a plant makes of a model in a year, and about one product for its
 * battery passport.
 */
import { BATTERY_CATEGORIES, RECYCLED_SHARES, VERDICTS } from '#claims';
import { MINERALS } from '#custody';
import {
  batchRef,
  DOCUMENT_KINDS,
  eventRef,
  flag,
  ids,
  instant,
  list,
  object,
  oneOf,
  siteRef,
  term,
  wholeNumber,
  type ReadonlyOf,
} from '#vocabulary';
import { BATCH_ANSWER, PRODUCT_FACTS } from './batch-answers.js';
import { CLAIMS_ANSWER, EXPLAINED_VERDICT } from './claims-answers.js';

const { rulesAt, verdict, claims, reasons, explanations } = EXPLAINED_VERDICT;

const PART = {
  category: oneOf(BATTERY_CATEGORIES, { optional: true }),
  capacityWh: wholeNumber({ optional: true, description: 'Watt hours' }),
  secondLife: flag({ optional: true }),
  products: wholeNumber({ min: 1 }),
  notPlaced: wholeNumber({ description: 'Of those, not on the market yet: the law of today is asked about them' }),
  placed: object('PlacedBetween', { first: term(), last: term() }, { optional: true, description: 'Days' }),
  ...{ rulesAt, verdict, claims, reasons, explanations },
};

export const MODEL_YEAR_ANSWER = {
  name: 'ModelYear',
  fields: {
    model: term(),
    plantSiteId: siteRef(),
    year: wholeNumber({ description: 'Calendar year in which they left the plant' }),
    programme: term({ example: 'eu-battery-2023-1542@1' }),
    knownAt: CLAIMS_ANSWER.fields.knownAt,
    whatIf: object(
      'SupposedLaw',
      { rulesAt: instant({ description: 'Had all been placed on the market then' }) },
      { optional: true, description: 'What the question supposes, and is not so' },
    ),
    complete: flag({
      description:
        'False: these are the products that the caller sees. Whether there are others is not said, and there is no verdict',
    }),
    products: wholeNumber(),
    shares: list('RecycledShares', RECYCLED_SHARES, { description: 'Of all of the products together' }),
    verdict: oneOf(VERDICTS, { optional: true, description: 'The worst of the parts' }),
    parts: list('ModelYearPart', PART, {
      optional: true,
      description:
        'Products that one law applies to in one way, judged together. Reasons about all of them name no batch',
    }),
  },
};
export type ModelYearAnswer = ReadonlyOf<(typeof MODEL_YEAR_ANSWER)['fields']>;
export type ModelYearPart = ReadonlyOf<typeof PART>;

const BASES = ['recorded', 'computed', 'declared', 'not-known'] as const;
const SECTION = {
  annex: term({ description: 'Which information it is: Regulation (EU) 2023/1542', example: 'Annex XIII, 1(e)' }),
  basis: oneOf(BASES, {
    description:
      '`recorded` by those who had it; `computed` from the records of its chain; `declared`: somebody says so; `not-known` to the ledger',
  }),
};
/** The events it comes from. */
const FROM = { eventIds: ids('event') };
/** The lines of the programme that depend on it, each with its verdict and clause. */
const JUDGED = { claims };
const SAID = { eventId: eventRef({ description: 'In which it was said' }), occurredAt: instant() };
const SAID_DOCUMENT = { kind: oneOf(DOCUMENT_KINDS), ...SAID };
export type SaidDocument = ReadonlyOf<typeof SAID_DOCUMENT>;
const SAID_SHARE = { mineral: oneOf(MINERALS), share: term({ description: 'Decimal, 0 to 1' }), ...SAID };
export type SaidShare = ReadonlyOf<typeof SAID_SHARE>;
const documents = list('SaidDocument', SAID_DOCUMENT, { description: 'The last of each kind' });

const { material, grossGrams, contentGrams, contentKnown, composition, labels } = BATCH_ANSWER.fields;
const SAID_IN_DOCUMENTS = { ...SECTION, documents, ...JUDGED };
const IDENTITY = {
  ...SECTION,
  ...FROM,
  material,
  grossGrams,
  product: object('ProductFacts', PRODUCT_FACTS),
  status: oneOf(['original', 'repurposed', 'waste'], { description: 'Re-use and remanufacturing are not told apart' }),
  onMarket: flag(),
};
const RECYCLED_CONTENT = {
  ...SECTION,
  ...FROM,
  shares: list('RecycledShares', RECYCLED_SHARES, { description: 'No declared share plays a part in them' }),
  judgedIn: term({
    optional: true,
    description: 'Where the Regulation judges it: path of the answer on all that left the plant in that year',
  }),
};

export const PASSPORT_ANSWER = {
  name: 'Passport',
  fields: {
    productId: batchRef(),
    programme: term({ example: 'eu-battery-2023-1542@1' }),
    validAt: instant(),
    knownAt: CLAIMS_ANSWER.fields.knownAt,
    rulesAt,
    verdict,
    identity: object('PassportIdentity', IDENTITY),
    composition: object('PassportComposition', { ...SECTION, ...FROM, contentKnown, contentGrams, composition }),
    recycledContent: object('PassportRecycledContent', RECYCLED_CONTENT),
    declaredRecycledContent: object('PassportDeclaredShares', {
      ...SECTION,
      shares: list('SaidShare', SAID_SHARE),
      ...JUDGED,
    }),
    carbonFootprint: object('PassportDocuments', SAID_IN_DOCUMENTS),
    documents: object('PassportDocuments', SAID_IN_DOCUMENTS),
    marks: object('PassportMarks', { ...SECTION, labels, ...JUDGED }),
    responsibleSourcing: object('PassportSourcing', { ...SECTION, ...JUDGED }),
    notKnown: list(
      'NotKnown',
      { annex: term({ example: 'Annex XIII, 1(g)' }), what: term() },
      { description: 'What a battery passport must have and the ledger has nothing of' },
    ),
    reasons,
    explanations,
  },
};
export type PassportAnswer = ReadonlyOf<(typeof PASSPORT_ANSWER)['fields']>;

/** What was recorded of a product. */
export const PRODUCT_RECORDS = {
  batch: object(BATCH_ANSWER.name, BATCH_ANSWER.fields),
  documents,
  declarations: list('SaidShare', SAID_SHARE),
  assembledBy: eventRef({ optional: true }),
  placedBy: eventRef({ optional: true }),
  takenBackBy: eventRef({ optional: true }),
};
export type ProductRecords = ReadonlyOf<typeof PRODUCT_RECORDS>;
