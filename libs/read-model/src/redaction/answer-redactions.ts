import {
  addresseeRef,
  each,
  idOf,
  labelRef,
  list,
  organisationRef,
  plain,
  redactionOf,
  shape,
  siteRef,
  text,
  type AnyPart,
  type Ref,
  type Shape,
} from '#access';
import { type ClaimsVerdict, type MergedReason } from '#claims';
import { type Answer, type AnswerOf } from '#vocabulary';
import { type BatchAnswer, type JudgedBatch, type LabelAnswer, type ProvenanceAnswer } from '../answers/answers.js';
import {
  ATTESTATION_ANSWER,
  CONCERN_ANSWER,
  ORGANISATION_ANSWER,
  SHIPMENT_ANSWER,
  SITE_ANSWER,
} from '../answers/registry-answers.js';

/** What each field of the answers is, for organisations, that may not know everybody by name. */

/** Where a shipment of this answer was sent. */
const addressee = idOf('site', (siteId, [shipment]) =>
  addresseeRef((shipment as { consignorSiteId: string }).consignorSiteId, siteId),
);

/** An answer by its description, and whose words are in it. */
function said<const A extends Answer>({ fields }: A, by: (answer: AnswerOf<A>) => Ref[]): AnyPart {
  const redaction = redactionOf(fields);
  return redaction.part === 'shape' ? shape(redaction.fields, by) : redaction;
}

/** The cursor is made for this reader by the query itself. */
export function pageRedaction(item: AnyPart): AnyPart {
  return shape({ items: list(item), next: plain });
}

export const ORGANISATION = said(ORGANISATION_ANSWER, ({ organisationId }) => [organisationRef(organisationId)]);

export const SITE = said(SITE_ANSWER, ({ organisationId }) => [organisationRef(organisationId)]);

const LABEL: Shape<LabelAnswer> = shape(
  { labelId: idOf('label'), standard: plain, carrier: plain, value: text, labelledAt: plain, condition: plain },
  ({ labelId }: LabelAnswer, [batch]: readonly object[]) => [labelRef((batch as BatchAnswer).batchId, labelId)],
);

const batchFields = {
  batchId: idOf('batch'),
  material: plain,
  otherMaterial: text,
  status: plain,
  siteId: idOf('site'),
  grossGrams: plain,
  contentGrams: plain,
  contentKnown: plain,
  provisional: plain,
  composition: each(list(shape({ country: plain, class: plain, recycledIn: plain, milligrams: plain, grams: plain }))),
  labels: list(LABEL),
  held: plain,
} as const;
export const BATCH: Shape<BatchAnswer> = shape(batchFields);
/** What a search shows of a batch. */
export type FoundBatch = Pick<BatchAnswer, 'batchId' | 'material' | 'status' | 'siteId' | 'labels'>;
const { batchId, material, status, siteId, labels } = batchFields;
export const FOUND_BATCH: Shape<FoundBatch> = shape({ batchId, material, status, siteId, labels });
export const JUDGED_BATCH: Shape<JudgedBatch> = shape({
  ...batchFields,
  programme: plain,
  verdict: plain,
  judgedUpTo: plain,
});

export const SHIPMENT = said(SHIPMENT_ANSWER, ({ consignorSiteId }) => [siteRef(consignorSiteId)]);

const amounts = list(
  shape({ batchId: idOf('batch'), grossGrams: plain }),
  ({ batchId }: { batchId: string }) => batchId,
);
export const PROVENANCE: Shape<ProvenanceAnswer> = shape({
  batches: list(shape({ ...batchFields, depth: plain })),
  transformations: list(
    shape(
      {
        transformationId: idOf('transformation'),
        kind: plain,
        eventId: idOf('event'),
        siteId: idOf('site'),
        process: plain,
        chainOfCustody: plain,
        occurredAt: plain,
        inputs: amounts,
        outputs: amounts,
      },
      ({ siteId }: { siteId: string }) => [siteRef(siteId)],
    ),
  ),
  hops: list(
    shape(
      {
        shipmentId: idOf('shipment'),
        batchId: idOf('batch'),
        consignorSiteId: idOf('site'),
        consigneeSiteId: addressee,
        dispatchedAt: plain,
        receivedAt: plain,
        status: plain,
      },
      ({ consignorSiteId }: { consignorSiteId: string }) => [siteRef(consignorSiteId)],
    ),
  ),
  truncated: plain,
});

export const ATTESTATION = said(ATTESTATION_ANSWER, ({ issuerOrganisationId }) => [
  organisationRef(issuerOrganisationId),
]);

export const CONCERN = said(CONCERN_ANSWER, ({ siteId }) => [siteRef(siteId)]);

/** A verdict with its reasons merged: what `GET /v1/batches/{batch}/claims` says, before it is said in sentences. */
export type MergedVerdict = Omit<ClaimsVerdict, 'reasons'> & { readonly reasons: readonly MergedReason[] };

const REASON: Shape<MergedReason> = shape({
  about: list(shape({ claim: plain, mineral: plain, right: plain })),
  verdict: plain,
  because: plain,
  batchId: idOf('batch'),
  siteId: idOf('site'),
  from: plain,
  until: plain,
  eventIds: list(idOf('event')),
});
export const CLAIMS: Shape<MergedVerdict> = shape({
  batchId: idOf('batch'),
  programme: plain,
  validAt: plain,
  rulesAt: plain,
  verdict: plain,
  claims: list(
    shape({
      claim: plain,
      mineral: plain,
      right: plain,
      verdict: plain,
      citation: plain,
      act: plain,
      indicative: plain,
      lower: plain,
      upper: plain,
      threshold: plain,
      recycledMilligrams: plain,
      undeclaredMilligrams: plain,
      unvouchedMilligrams: plain,
      totalMilligrams: plain,
      recycledGrams: plain,
      undeclaredGrams: plain,
      unvouchedGrams: plain,
      totalGrams: plain,
    }),
  ),
  reasons: list(REASON),
  standsUntil: plain,
});
