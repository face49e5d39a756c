/**
 * One entry for each event type of the graph: what its data must have, which nodes it touches, how it is folded. A new
 * kind of custody hop is one more entry here.
 */
import type { SiteEvents } from '#custody';
import type { FoldMoment } from './batch-node.js';
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
import type { ProvenanceGraph, TouchedKeys } from './graph.types.js';
import { foldDispatch, foldReceipt, foldRefusal, foldReturn } from './hops.js';
import { foldRegistration, foldSplit, foldTransformation } from './making.js';
import {
  isCarrier,
  isCondition,
  isContent,
  isCountry,
  isCustodyModel,
  isFlag,
  isGrams,
  isMineral,
  isOriginKind,
  isText,
  listOf,
  optional,
  recordOf,
  withholdable,
} from './well-formed.js';

interface Step<Data> {
  fits: (data: unknown) => boolean;
  touches: (data: Data, siteId: string) => Partial<TouchedKeys>;
  fold: (graph: ProvenanceGraph, at: FoldMoment, data: Data) => void;
}
type GraphEventType = Exclude<keyof SiteEvents, 'RecordCorrected'>;

/** A step with its data's type sealed in: both answer undefined, false to data that does not fit. */
export interface SealedStep {
  touches(data: unknown, siteId: string): Partial<TouchedKeys> | undefined;
  fold(graph: ProvenanceGraph, at: FoldMoment, data: unknown): boolean;
}

const idsOf = (batches: readonly { batchId: string }[]): string[] => batches.map((batch) => batch.batchId);
const onBatch = (data: { batchId: string }): Partial<TouchedKeys> => ({ batches: [data.batchId] });
const onShipment = (data: { shipmentId: string; batches: { batchId: string }[] }): Partial<TouchedKeys> => ({
  batches: idsOf(data.batches),
  shipments: [data.shipmentId],
});
const fitsUse = recordOf({ batchId: isText, grossGrams: isGrams });

const STEPS: { [T in GraphEventType]: Step<SiteEvents[T]> } = {
  SiteOpened: {
    fits: recordOf({ siteId: isText, organisationId: isText, name: withholdable(isText), country: isCountry }),
    touches: ({ siteId }) => ({ sites: [siteId] }),
    fold: foldSiteOpened,
  },
  BatchRegistered: {
    fits: recordOf({
      batchId: isText,
      material: isText,
      grossGrams: isGrams,
      contentGrams: isContent,
      origin: recordOf({ kind: isOriginKind, country: optional(withholdable(isCountry)) }),
    }),
    touches: ({ batchId }, siteId) => ({ batches: [batchId], sites: [siteId] }),
    fold: foldRegistration,
  },
  BatchesTransformed: {
    fits: recordOf({
      transformationId: isText,
      process: isText,
      chainOfCustody: isCustodyModel,
      inputs: listOf(fitsUse),
      outputs: listOf(
        recordOf({
          batchId: isText,
          material: isText,
          grossGrams: isGrams,
          contentGrams: isContent,
          scrap: optional(isFlag),
        }),
      ),
      reagentGrams: optional(isGrams),
    }),
    touches: ({ transformationId, inputs, outputs }, siteId) => ({
      batches: [...new Set([...idsOf(inputs), ...idsOf(outputs)])],
      transformations: [transformationId],
      sites: [siteId],
    }),
    fold: foldTransformation,
  },
  BatchSplit: {
    fits: recordOf({ batchId: isText, parts: listOf(fitsUse) }),
    touches: ({ batchId, parts }) => ({ batches: [...new Set([batchId, ...idsOf(parts)])] }),
    fold: foldSplit,
  },
  BatchesDispatched: {
    fits: recordOf({
      shipmentId: isText,
      consigneeSiteId: isText,
      batches: listOf(recordOf({ batchId: isText, labels: listOf(isText) })),
      tradeTerms: optional(withholdable(recordOf({ exportDuty: isFlag, quantitativeRestriction: isFlag }))),
    }),
    touches: onShipment,
    fold: foldDispatch,
  },
  BatchesReceived: {
    fits: recordOf({
      shipmentId: isText,
      batches: listOf(
        recordOf({
          batchId: isText,
          grossGrams: isGrams,
          labels: listOf(recordOf({ labelId: isText, condition: isCondition })),
        }),
      ),
    }),
    touches: onShipment,
    fold: foldReceipt,
  },
  ShipmentRefused: {
    fits: recordOf({ shipmentId: isText, reason: withholdable(isText) }),
    touches: ({ shipmentId }) => ({ shipments: [shipmentId] }),
    fold: foldRefusal,
  },
  ShipmentReturned: {
    fits: recordOf({ shipmentId: isText, batches: listOf(recordOf({ batchId: isText })) }),
    touches: onShipment,
    fold: foldReturn,
  },
  BatchLabelled: {
    fits: recordOf({
      batchId: isText,
      labelId: isText,
      standard: isText,
      carrier: isCarrier,
      value: withholdable(isText),
    }),
    touches: onBatch,
    fold: foldLabel,
  },
  LabelRemoved: {
    fits: recordOf({ batchId: isText, labelId: isText, reason: withholdable(isText) }),
    touches: onBatch,
    fold: foldLabelRemoval,
  },
  BatchAssayed: {
    fits: recordOf({
      batchId: isText,
      contentGrams: isContent,
      method: withholdable(isText),
      laboratory: optional(withholdable(isText)),
    }),
    touches: onBatch,
    fold: foldAssay,
  },
  RecycledContentDeclared: {
    fits: recordOf({ batchId: isText, mineral: isMineral, share: isText }),
    touches: onBatch,
    fold: foldDeclaration,
  },
  BatchHeld: {
    fits: recordOf({ batchId: isText, authority: isText, reason: withholdable(isText) }),
    touches: onBatch,
    fold: foldHold,
  },
  BatchReleased: { fits: recordOf({ batchId: isText }), touches: onBatch, fold: foldRelease },
  BatchConsumed: { fits: fitsUse, touches: onBatch, fold: foldConsumption },
  BatchDisposed: { fits: fitsUse, touches: onBatch, fold: foldDisposal },
};

function seal<Data>(step: Step<Data>): SealedStep {
  const fits = step.fits as (data: unknown) => data is Data;
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
  return [type, seal(STEPS[type])];
}

/** By event type. */
export const STEP_OF: ReadonlyMap<string, SealedStep> = new Map(
  (Object.keys(STEPS) as GraphEventType[]).map((type) => sealEach(type)),
);
