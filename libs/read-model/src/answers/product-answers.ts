/** What is answered of what a plant makes of a model in a year. */
import { BATTERY_CATEGORIES, RECYCLED_SHARES, VERDICTS } from '#claims';
import { flag, instant, list, object, oneOf, siteRef, term, wholeNumber, type ReadonlyOf } from '#vocabulary';
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
