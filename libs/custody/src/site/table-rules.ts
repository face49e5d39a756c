/** The refusals that follow from the tables of materials and processes. */
import { type SiteAccount } from '../account/site-account.js';
import { type ContentGrams, type MaterialName } from '../custody-fields.js';
import { ASSAY_TOLERANCE } from '../masses.js';
import { refusal, type Refusal } from '../refusal.js';
import { MATERIALS } from '../tables/materials.js';
import { PROCESSES } from '../tables/processes.js';
import { OTHER } from '../tables/table-file.js';
import { MINERALS } from '../terms.js';

/** The code `other` without a text, or a text beside another code: `invalid-request`. */
export function refuseOtherText(code: string, text: string | undefined, path: string): Refusal | undefined {
  if (code === OTHER && text === undefined) {
    return refusal('invalid-request', `Must say what it is, since the code is ${OTHER}.`, path);
  }
  if (code !== OTHER && text !== undefined) {
    return refusal('invalid-request', `Belongs to the code ${OTHER}, not to ${code}.`, path);
  }
  return undefined;
}

/**
 * More of a mineral than the formulas of the material can hold, beyond the assay tolerance and the rounding to whole grams:
 * `content-over-stoichiometry`.
 */
export function refuseContentOverStoichiometry(
  content: ContentGrams,
  grossGrams: number,
  material: string,
  path: string,
): Refusal | undefined {
  const ceilings = MATERIALS.get(material)?.ceilings;
  if (ceilings === undefined) return undefined;
  const { numerator, denominator } = ASSAY_TOLERANCE;
  for (const mineral of MINERALS) {
    const found = content[mineral];
    if (found === undefined) continue;
    const { grams, ofGrams } = ceilings[mineral];
    const most = grams * BigInt(grossGrams) * BigInt(denominator + numerator);
    // Less than a gram over is a rounding.
    if (BigInt(found - 1) * ofGrams * BigInt(denominator) < most) continue;
    const highest = most / (ofGrams * BigInt(denominator));
    return refusal(
      'content-over-stoichiometry',
      `${grossGrams} g of ${material} hold ${highest} g of ${mineral} at the most, not ${found} g.`,
      `${path}.${mineral}`,
    );
  }
  return undefined;
}

/** Waste of a material that the table says cannot be waste: `not-waste`. Of `other` it says nothing. */
export function refuseNoWaste({ material }: MaterialName, path: string): Refusal | undefined {
  return MATERIALS.get(material)?.waste === false
    ? refusal('not-waste', `${material} is a product, not waste.`, path)
    : undefined;
}

/** A process that the site's activities do not include: `activity-mismatch`. */
export function refuseProcess(process: string, { siteId, activities }: SiteAccount, path: string): Refusal | undefined {
  const needed = PROCESSES.get(process)?.activities;
  if (needed === undefined || needed.some((activity) => activities.includes(activity))) return undefined;
  return refusal('activity-mismatch', `${process} needs a site of ${needed.join(' or ')}: ${siteId} is none.`, path);
}

/** Production scrap of a process that makes none: `not-waste`. */
export function refuseScrap(process: string, path: string): Refusal | undefined {
  return PROCESSES.get(process)?.scrap === false
    ? refusal('not-waste', `${process} leaves no production scrap.`, path)
    : undefined;
}
