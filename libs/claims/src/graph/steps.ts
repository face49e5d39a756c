/**
 * One entry for each event type of the graph: what is read of its data, which nodes it touches, how it is folded. A new
 * kind of custody hop is one more entry here.
 */
import { SITE_FACTS, type SiteEvents } from '#custody';
import { recordedForm } from '#vocabulary';
import { type FoldMoment } from './batch-node.js';
import {
  foldAssay,
  foldConsumption,
  foldDeclaration,
  foldDisposal,
  foldHold,
  foldLabel,
  foldLabelRemoval,
  foldRelease,
  foldSiteOpened,
} from './batch-records.js';
import { type ProvenanceGraph, type TouchedKeys } from './graph.types.js';
import { foldDispatch, foldReceipt, foldRefusal, foldReturn, foldShipmentHold, foldShipmentRelease } from './hops.js';
import { foldRegistration, foldSplit, foldTransformation } from './making.js';
import { foldAssembly, foldPlacement, foldRepurposing, foldRun, foldTakeback, foldWaste } from './products.js';
interface Step<Data> {
  /**
   * The fields that the two others read, by their paths. Commands guarantee them; a bundle from outside, or a correction
   * from an earlier version, does not, and the fold must not throw on either. Fields that are not read are not looked at.
   */
  reads: readonly string[];
  touches: (data: Data, siteId: string) => Partial<TouchedKeys>;
  fold: (graph: ProvenanceGraph, at: FoldMoment, data: Data) => void;
}
/** Corrections act in the place of what they correct; that a site is held is of its standing. */
type GraphEventType = Exclude<
  keyof SiteEvents,
  'RecordCorrected' | 'CorrectionConfirmed' | 'SiteHeld' | 'SiteReleased'
>;

/** A step with the type of its data hidden: for data that does not fit, both answer undefined or false. */
interface SealedStep {
  touches(data: unknown, siteId: string): Partial<TouchedKeys> | undefined;
  fold(graph: ProvenanceGraph, at: FoldMoment, data: unknown): boolean;
}

const idsOf = (batches: readonly { batchId: string }[]): string[] => batches.map((batch) => batch.batchId);
const onBatch = (data: { batchId: string }): Partial<TouchedKeys> => ({ batches: [data.batchId] });
const onShipment = (data: { shipmentId: string; batches: { batchId: string }[] }): Partial<TouchedKeys> => ({
  batches: idsOf(data.batches),
  shipments: [data.shipmentId],
});
const onProduct = (data: { productId: string }): Partial<TouchedKeys> => ({ batches: [data.productId] });
const onMaking = (
  transformationId: string,
  made: readonly string[],
  used: readonly string[],
): Partial<TouchedKeys> => ({
  batches: [...new Set([...used, ...made])],
  transformations: [transformationId],
});
/** What is read of every assembly. */
const PRODUCT_READ = ['kind', 'model', 'category', 'capacityWh', 'grossGrams', 'products'];
const STEPS: { [T in GraphEventType]: Step<SiteEvents[T]> } = {
  SiteOpened: {
    reads: ['siteId', 'organisationId', 'name', 'country'],
    touches: ({ siteId }) => ({ sites: [siteId] }),
    fold: foldSiteOpened,
  },
  BatchRegistered: {
    reads: [
      'batchId',
      'material',
      'otherMaterial',
      'grossGrams',
      'contentGrams',
      'provisional',
      'origin.kind',
      'origin.country',
    ],
    touches: ({ batchId }, siteId) => ({ batches: [batchId], sites: [siteId] }),
    fold: foldRegistration,
  },
  BatchesTransformed: {
    reads: ['transformationId', 'process', 'chainOfCustody', 'inputs', 'outputs', 'reagentGrams', 'documents'],
    touches: ({ transformationId, inputs, outputs }, siteId) => ({
      batches: [...new Set([...idsOf(inputs), ...idsOf(outputs)])],
      transformations: [transformationId],
      sites: [siteId],
    }),
    fold: foldTransformation,
  },
  BatchSplit: {
    reads: ['batchId', 'parts'],
    touches: ({ batchId, parts }) => ({ batches: [...new Set([batchId, ...idsOf(parts)])] }),
    fold: foldSplit,
  },
  BatchesDispatched: {
    reads: ['shipmentId', 'consigneeSiteId', 'batches.batchId', 'batches.labels', 'tradeTerms'],
    touches: onShipment,
    fold: foldDispatch,
  },
  BatchesReceived: {
    reads: ['shipmentId', 'batches.batchId', 'batches.grossGrams', 'batches.labels', 'tradeTerms'],
    touches: onShipment,
    fold: foldReceipt,
  },
  ShipmentRefused: {
    reads: ['shipmentId', 'reason'],
    touches: ({ shipmentId }) => ({ shipments: [shipmentId] }),
    fold: foldRefusal,
  },
  ShipmentReturned: { reads: ['shipmentId', 'batches.batchId'], touches: onShipment, fold: foldReturn },
  BatchLabelled: {
    reads: ['batchId', 'labelId', 'standard', 'carrier', 'value', 'documents'],
    touches: onBatch,
    fold: foldLabel,
  },
  LabelRemoved: { reads: ['batchId', 'labelId', 'reason'], touches: onBatch, fold: foldLabelRemoval },
  BatchAssayed: { reads: ['batchId', 'contentGrams', 'method', 'laboratory'], touches: onBatch, fold: foldAssay },
  RecycledContentDeclared: {
    reads: ['batchId', 'mineral', 'share', 'documents'],
    touches: onBatch,
    fold: foldDeclaration,
  },
  ProductAssembled: {
    reads: ['productId', 'serial', 'inputs', 'documents', ...PRODUCT_READ],
    touches: ({ productId, inputs, products }) => onMaking(productId, [productId], [...idsOf(inputs), ...products]),
    fold: foldAssembly,
  },
  ProductsAssembled: {
    reads: ['runId', 'productIds', 'inputs', 'documents', ...PRODUCT_READ],
    touches: ({ runId, productIds, inputs, products }) => onMaking(runId, productIds, [...idsOf(inputs), ...products]),
    fold: foldRun,
  },
  ProductPlacedOnMarket: {
    reads: ['productId', 'date', 'country', 'by', 'documents'],
    touches: onProduct,
    fold: foldPlacement,
  },
  ProductReturned: { reads: ['productId'], touches: onProduct, fold: foldTakeback },
  ProductRepurposed: {
    reads: ['productId', 'serial', 'documents', ...PRODUCT_READ],
    touches: ({ productId, products }) => onMaking(productId, [productId], products),
    fold: foldRepurposing,
  },
  ProductWasted: {
    reads: ['batchId', 'material', 'otherMaterial', 'products', 'process', 'grossGrams'],
    touches: ({ batchId, products }) => onMaking(batchId, [batchId], products),
    fold: foldWaste,
  },
  BatchHeld: { reads: ['batchId', 'authority', 'reason'], touches: onBatch, fold: foldHold },
  BatchReleased: { reads: ['batchId'], touches: onBatch, fold: foldRelease },
  ShipmentHeld: {
    reads: ['shipmentId', 'batchIds'],
    touches: ({ shipmentId, batchIds }) => ({ batches: batchIds, shipments: [shipmentId] }),
    fold: foldShipmentHold,
  },
  ShipmentReleased: {
    reads: ['shipmentId', 'batchIds'],
    touches: ({ shipmentId, batchIds }) => ({ batches: batchIds, shipments: [shipmentId] }),
    fold: foldShipmentRelease,
  },
  BatchConsumed: { reads: ['batchId', 'grossGrams'], touches: onBatch, fold: foldConsumption },
  BatchDisposed: { reads: ['batchId', 'grossGrams'], touches: onBatch, fold: foldDisposal },
};

const FIELDS_OF = new Map(SITE_FACTS.map(({ type, fields }) => [type, fields]));

function seal<Data>(type: string, step: Step<Data>): SealedStep {
  const fits = recordedForm(FIELDS_OF.get(type) ?? {}, step.reads) as (data: unknown) => data is Data;
  return {
    touches: (data, siteId) => (fits(data) ? step.touches(data, siteId) : undefined),
    fold(graph, at, data) {
      if (!fits(data)) return false;
      step.fold(graph, at, data);
      return true;
    },
  };
}

function sealEach<T extends GraphEventType>(type: T): [string, SealedStep] {
  return [type, seal(type, STEPS[type])];
}

/** By event type. */
export const STEP_OF: ReadonlyMap<string, SealedStep> = new Map(
  (Object.keys(STEPS) as GraphEventType[]).map((type) => sealEach(type)),
);
