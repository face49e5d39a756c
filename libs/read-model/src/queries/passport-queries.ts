import { redactionOf, type Visibility } from '#access';
import { type BatchNode, type ProvenanceGraph } from '#claims';
import { type Mineral } from '#custody';
import { type DocumentKind } from '#vocabulary';
import { PRODUCT_RECORDS, type ProductRecords, type SaidDocument, type SaidShare } from '../answers/product-answers.js';
import { Redactor } from '../redaction/redactor.js';
import { type Views } from '../views/views.js';
import { batchAnswer } from './batch-queries.js';

const RECORDS = redactionOf(PRODUCT_RECORDS);

/** The parts of a passport that were recorded rather than computed. */
export class PassportQueries {
  readonly #redactor;

  constructor(views: Views) {
    this.#redactor = new Redactor(views);
  }

  /** As the caller may see it. @param node of a product, in the graph of its chain */
  async records(visibility: Visibility, node: BatchNode, { sites }: ProvenanceGraph): Promise<ProductRecords> {
    const { bornBy, product, documented = {}, declarations } = node;
    const documents = (Object.keys(documented) as DocumentKind[]).flatMap((kind): SaidDocument[] => {
      const mark = documented[kind];
      return mark === undefined ? [] : [{ kind, eventId: mark.eventId, occurredAt: mark.occurredAt }];
    });
    const shares = (Object.keys(declarations) as Mineral[]).flatMap((mineral): SaidShare[] => {
      const said = declarations[mineral];
      if (said === undefined) return [];
      const { share, eventId, occurredAt } = said;
      return [{ mineral, share, eventId, occurredAt }];
    });
    const records: ProductRecords = {
      batch: batchAnswer(node, (siteId) => sites.get(siteId)?.country),
      documents,
      declarations: shares,
      ...(bornBy && { assembledBy: bornBy.eventId }),
      ...(product?.placed && { placedBy: product.placed.eventId }),
      ...(product?.returned && { takenBackBy: product.returned.eventId }),
    };
    return this.#redactor.show(visibility, RECORDS, records);
  }
}
