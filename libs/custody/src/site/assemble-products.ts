import { documents, id, ids, LONGEST_RUN, text } from '#vocabulary';
import { INGREDIENTS, PRODUCT, productRef } from '../product-fields.js';
import { accept, refuse } from '../refusal.js';
import { firstRefusal, refuseRepeated, refuseTaken } from './custody-rules.js';
import {
  assemblyProcess,
  refuseAssembly,
  refuseProductId,
  refuseProductTerms,
  takenByAssembly,
} from './product-rules.js';
import { siteFact } from './slice.js';

/**
 * All that went in is in the product: scrap is recorded by a transformation. Its content is derived, never stated.
 * Refuses `id-taken`, what {@link refuseProductId} and {@link refuseAssembly} refuse.
 */
export const assembleProduct = siteFact(
  'ProductAssembled',
  'products',
  {
    productId: productRef(),
    ...PRODUCT,
    serial: text({ optional: true, withholdable: true, description: 'Serial number, where the id does not hold it' }),
    ...INGREDIENTS,
    documents: documents(),
  },
  {
    summary: 'Assemble a cell, module or battery of batches and products',
    example: {
      body: {
        occurredAt: '2026-11-10T00:30:00.000Z',
        productId: 'https://id.gs1.org/01/09521234543213/21/KM-0001',
        kind: 'module',
        model: 'KM-8',
        inputs: [{ batchId: 'kurobe-cells-1', grossGrams: 25_000 }],
      },
    },
    takes: ({ productId }) => takenByAssembly(productId, [productId]),
    decide(body, account, facts, moment) {
      const { productId, inputs = [], products = [] } = body;
      const problem =
        refuseProductId(productId, facts, 'productId') ??
        refuseTaken({ kind: 'transformation', id: productId }, facts, 'productId') ??
        refuseAssembly(body, 1, account, moment, { process: assemblyProcess(body), returned: false });
      return problem ? refuse(problem) : accept({ inputs, products });
    },
    refuseReplacement: (data) => refuseProductTerms(data, 'replacement.'),
  },
);

/**
 * Many alike, in one event: what goes in is shared out evenly, to the gram of mass and the milligram of each origin. Refuses
 * what {@link assembleProduct} refuses.
 */
export const assembleProducts = siteFact(
  'ProductsAssembled',
  'product-runs',
  {
    runId: id('transformation'),
    productIds: ids('batch', { identity: true, longest: LONGEST_RUN, description: `Up to ${LONGEST_RUN} products` }),
    ...PRODUCT,
    ...INGREDIENTS,
    documents: documents(),
  },
  {
    summary: 'Assemble a run of products that are alike',
    example: {
      body: {
        occurredAt: '2026-11-10T01:00:00.000Z',
        runId: 'kurobe-run-1',
        productIds: ['JKBPK60E0TB000001', 'JKBPK60E0TB000002'],
        kind: 'battery',
        model: 'KP-60',
        category: 'ev',
        capacityWh: 60_000,
        grossGrams: 350_000,
        inputs: [{ batchId: 'kurobe-cells-1', grossGrams: 50_000 }],
      },
    },
    takes: ({ runId, productIds }) => takenByAssembly(runId, productIds),
    decide(body, account, facts, moment) {
      const { runId, productIds, inputs = [], products = [] } = body;
      const problem =
        refuseTaken({ kind: 'transformation', id: runId }, facts, 'runId') ??
        refuseRepeated(productIds, (index) => `productIds[${index}]`) ??
        firstRefusal(productIds, (productId, index) => refuseProductId(productId, facts, `productIds[${index}]`)) ??
        refuseAssembly(body, productIds.length, account, moment, { process: assemblyProcess(body), returned: false });
      return problem ? refuse(problem) : accept({ inputs, products });
    },
    refuseReplacement: (data) => refuseProductTerms(data, 'replacement.'),
  },
);
