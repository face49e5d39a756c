import { type Batch } from '../api/answers.js';
import { tellableOf } from '../format/format.js';
import { batchIdIn } from './digital-link.js';

/** The batches whose id, material, site or label value contains the text that was typed or scanned. */
export function matchingBatches(batches: readonly Batch[], typed: string): readonly Batch[] {
  const wanted = batchIdIn(typed).toLowerCase();
  return batches.filter(({ batchId, material, siteId, labels }) =>
    [batchId, material, siteId, ...labels.map(({ value }) => tellableOf(value))].some((text) =>
      text?.toLowerCase().includes(wanted),
    ),
  );
}
