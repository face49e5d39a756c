import { judgedComposition, leftPlantOn, type AlikeProducts, type BatchNode } from '#claims';
import { type DocumentKind } from '#vocabulary';
import { type ProductRow } from '../views/schema.js';

/** Everything about a product that is judged together with others of its model, year and plant. */
export interface AlikeRecord extends Pick<AlikeProducts, 'composition' | 'contentKnown' | 'declarations'> {
  /** The transformation that made it. */
  readonly run: string;
  readonly product: Pick<NonNullable<BatchNode['product']>, 'kind' | 'category' | 'capacityWh' | 'secondLife'>;
  readonly documented: readonly DocumentKind[];
}

/** Undefined for a batch that is not a product, or that, after a correction, no event makes. */
export function productRow(node: BatchNode): ProductRow | undefined {
  const { batchId, bornBy, product, contentKnown, declarations, documented = {} } = node;
  if (product === undefined || bornBy === undefined) return undefined;
  const { kind, model, category, capacityWh, secondLife, placed } = product;
  const alike: AlikeRecord = {
    run: bornBy.transformationId ?? batchId,
    product: { kind, category, capacityWh, secondLife },
    contentKnown,
    documented: (Object.keys(documented) as DocumentKind[]).sort(),
    declarations,
    composition: judgedComposition(node),
  };
  return {
    product_id: batchId,
    plant_site_id: bornBy.siteId,
    model,
    left_on: leftPlantOn(node) ?? null,
    placed_on: placed?.date ?? null,
    alike: JSON.stringify(alike),
  };
}
