import { country, day, documents, grams, ids, oneOf, text } from '#vocabulary';
import { contentGrams } from '../custody-fields.js';
import { productRef } from '../product-fields.js';
import { refuseBefore } from '../occurred-at.js';
import { accept, refusal, refuse } from '../refusal.js';
import { reservationStream } from '../reservation.js';
import { PRODUCT_KINDS } from '../terms.js';
import { productAtHand, refuseMarketDate } from './product-rules.js';
import { siteFact } from './slice.js';

/** What a product is as it leaves the ledger's custody: whoever takes it back reads it here. */
const AS_IT_LEFT = {
  kind: oneOf(PRODUCT_KINDS, { only: 'record' }),
  grossGrams: grams({ min: 1, only: 'record' }),
  contentGrams: contentGrams({ only: 'record' }),
  labels: ids('label', { mayBeEmpty: true, only: 'record', description: 'On the product as it left' }),
};

/**
 * From then on it is in nobody's custody, until it is taken back. A product is placed on the market once (Regulation (EU)
 * 2023/1542, Art. 3(1), point (16)); repurposed, it is another product. Refuses what {@link productAtHand} refuses, one that was
 * on the market before (`invalid-request`), and what {@link refuseMarketDate} refuses.
 */
export const placeProduct = siteFact(
  'ProductPlacedOnMarket',
  'placements',
  {
    productId: productRef(),
    date: day({ description: 'First made available on the market' }),
    country: country({ description: 'Where' }),
    by: text({
      optional: true,
      withholdable: true,
      description: 'Whoever does; default: the organisation of the site',
    }),
    ...AS_IT_LEFT,
    documents: documents(),
  },
  {
    summary: 'Place a product on the market',
    example: {
      body: {
        occurredAt: '2026-11-11T00:30:00.000Z',
        productId: 'JKBPK60E0TB000001',
        date: '2026-11-11',
        country: 'JP',
      },
    },
    takes: ({ productId }) => [{ kind: 'placement', id: productId }],
    decide({ productId, date }, account, _facts, moment) {
      const found = productAtHand(account, productId, moment, 'productId');
      if (found.problem) return refuse(found.problem);
      const { product, arrivedAt, grossGrams, contentGrams, labels } = found.product;
      if (product.returned === true) {
        return refuse(refusal('invalid-request', `${productId} was on the market before.`, 'productId'));
      }
      const early = refuseMarketDate(date, arrivedAt, moment, 'date');
      if (early) return refuse(early);
      return accept({
        kind: product.kind,
        grossGrams,
        contentGrams: { ...contentGrams },
        labels: [...labels.keys()],
      });
    },
  },
);

/**
 * Whoever holds the product can take it back, and reads its id off it. One that was never placed, or was taken back before,
 * is not on the market, and neither is one that does not exist: `not-on-market`; also `occurred-out-of-order`.
 */
export const returnProduct = siteFact(
  'ProductReturned',
  'takebacks',
  {
    productId: productRef(),
    reason: text({ optional: true, withholdable: true }),
    ...AS_IT_LEFT,
    documents: documents(),
  },
  {
    summary: 'Take a product back from the market',
    example: {
      body: {
        occurredAt: '2026-11-12T00:30:00.000Z',
        productId: 'JKBPK60E0TB000001',
        reason: 'Crash damage',
      },
    },
    takes: ({ productId }) => [{ kind: 'takeback', id: productId }],
    needs: ({ productId }) => [{ fact: 'placement', productId }],
    decide({ productId }, _account, facts, moment) {
      const placed = facts.placements.get(productId);
      const isBack = facts.taken.has(reservationStream({ kind: 'takeback', id: productId }));
      if (!placed || isBack) {
        return refuse(refusal('not-on-market', `${productId} is not on the market.`, 'productId'));
      }
      const early = refuseBefore(moment, placed.occurredAt, `${productId} was placed on the market`);
      if (early) return refuse(early);
      const { kind, grossGrams, contentGrams, labels } = placed.data;
      return accept({ kind, grossGrams, contentGrams, labels });
    },
  },
);
