import {
  idOf,
  list,
  organisationRef,
  plain,
  redactionOf,
  shape,
  siteRef,
  type AnyPart,
  type Ref,
  type Shape,
} from '#access';
import { type ClaimsVerdict, type MergedReason, type RestsOn } from '#claims';
import { type Answer, type AnswerOf } from '#vocabulary';
import {
  BATCH_ANSWER,
  JUDGED_BATCH_ANSWER,
  PROVENANCE_BATCH,
  PROVENANCE_HOP,
  PROVENANCE_TRANSFORMATION,
  type BatchAnswer,
} from '../answers/batch-answers.js';
import {
  ATTESTATION_ANSWER,
  CONCERN_ANSWER,
  DOCKET_ANSWER,
  ORGANISATION_ANSWER,
  SHIPMENT_ANSWER,
  SITE_ANSWER,
} from '../answers/registry-answers.js';

/** What each field of the answers is, for organisations, that may not know everybody by name. */

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

export const BATCH = redactionOf(BATCH_ANSWER.fields);
/** What a search looks at of a batch. */
export type FoundBatch = Pick<BatchAnswer, 'batchId' | 'material' | 'status' | 'siteId' | 'labels'>;
const { batchId, material, status, siteId, labels } = BATCH_ANSWER.fields;
export const FOUND_BATCH = redactionOf({ batchId, material, status, siteId, labels });
export const JUDGED_BATCH = redactionOf(JUDGED_BATCH_ANSWER.fields);

export const SHIPMENT = said(SHIPMENT_ANSWER, ({ consignorSiteId }) => [siteRef(consignorSiteId)]);

export const PROVENANCE = shape({
  batches: list(redactionOf(PROVENANCE_BATCH.fields)),
  transformations: list(said(PROVENANCE_TRANSFORMATION, ({ siteId: site }) => [siteRef(site)])),
  hops: list(said(PROVENANCE_HOP, ({ consignorSiteId }) => [siteRef(consignorSiteId)])),
  truncated: plain,
});

export const ATTESTATION = said(ATTESTATION_ANSWER, ({ issuerOrganisationId }) => [
  organisationRef(issuerOrganisationId),
]);

export const CONCERN = said(CONCERN_ANSWER, ({ siteId }) => [siteRef(siteId)]);
export const DOCKET_ENTRY = said(DOCKET_ANSWER, ({ siteId }) => [siteRef(siteId)]);

/** A verdict, and its reasons merged: what `GET /v1/batches/{batch}/claims` says, before it is said in sentences. */
export type MergedVerdict = ClaimsVerdict & {
  readonly explanations: readonly MergedReason[];
  readonly restsOn?: RestsOn;
};

const SUBJECT = { claim: plain, mineral: plain, right: plain, document: plain } as const;
const GROUNDS = {
  verdict: plain,
  because: plain,
  batchId: idOf('batch'),
  siteId: idOf('site'),
  from: plain,
  until: plain,
  eventIds: list(idOf('event')),
} as const;
/** An attestation is its issuer's word, here as in its own answer. */
const STATEMENT = shape(
  {
    attestationId: idOf('attestation'),
    issuerOrganisationId: idOf('organisation'),
    scheme: plain,
    assurance: plain,
    siteId: idOf('site'),
    from: plain,
    until: plain,
    missing: shape({
      verdict: plain,
      because: plain,
      batchId: idOf('batch'),
      siteId: idOf('site'),
      from: plain,
      until: plain,
      lower: plain,
    }),
  },
  ({ issuerOrganisationId }: { readonly issuerOrganisationId: string }) => [organisationRef(issuerOrganisationId)],
);
export const CLAIMS: Shape<MergedVerdict> = shape({
  batchId: idOf('batch'),
  programme: plain,
  validAt: plain,
  rulesAt: plain,
  whatIf: shape({ batteryCategory: plain, rulesAt: plain }),
  verdict: plain,
  claims: list(
    shape({
      ...SUBJECT,
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
  reasons: list(shape({ ...SUBJECT, ...GROUNDS })),
  explanations: list(shape({ about: list(shape(SUBJECT)), ...GROUNDS })),
  standsUntil: plain,
  restsOn: shape({
    claims: list(shape({ ...SUBJECT, citation: plain, statements: list(STATEMENT) })),
    truncated: plain,
  }),
});
