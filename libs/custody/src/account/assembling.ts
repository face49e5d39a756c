import { type ContentGrams } from '../custody-fields.js';
import { takeContent } from '../masses.js';
import { MINERALS } from '../terms.js';
import { type SiteAccount } from './site-account.js';

interface Ingredients {
  readonly grossGrams: number;
  /** A mineral that no input mentions has no entry. */
  readonly contentGrams: ContentGrams;
}

/** What parts of batches and whole products weigh and contain together, as the account has them. */
export function ingredientsOf(
  { batches }: SiteAccount,
  { inputs, products }: { inputs: readonly { batchId: string; grossGrams: number }[]; products: readonly string[] },
): Ingredients {
  let grossGrams = 0;
  const contentGrams: ContentGrams = {};
  const add = (batchId: string, wanted?: number): void => {
    const batch = batches.get(batchId);
    if (!batch) return;
    const takenGrams = Math.min(wanted ?? batch.grossGrams, batch.grossGrams);
    grossGrams += takenGrams;
    const { taken } = takeContent(batch.contentGrams, takenGrams, batch.grossGrams);
    for (const mineral of MINERALS) {
      const grams = taken[mineral];
      if (grams !== undefined) contentGrams[mineral] = (contentGrams[mineral] ?? 0) + grams;
    }
  };
  for (const { batchId, grossGrams: wanted } of inputs) add(batchId, wanted);
  for (const productId of products) add(productId);
  return { grossGrams, contentGrams };
}
