import { list, organisationRef, plain, redactionOf, shape, siteRef, type AnyPart, type Ref } from '#access';
import { RESTING_LINE, RESTS_ON, STATEMENT } from '#claims';
import { type Answer, type AnswerOf } from '#vocabulary';
import {
  BATCH_ANSWER,
  JUDGED_BATCH_ANSWER,
  PROVENANCE_BATCH,
  PROVENANCE_HOP,
  PROVENANCE_TRANSFORMATION,
  type BatchAnswer,
} from '../answers/batch-answers.js';
import { EXPLAINED_VERDICT } from '../answers/claims-answers.js';
import {
  ATTESTATION_ANSWER,
  CONCERN_ANSWER,
  DOCKET_ANSWER,
  ORGANISATION_ANSWER,
  SHIPMENT_ANSWER,
  SITE_ANSWER,
} from '../answers/registry-answers.js';

/** The redaction of each field of the answers, for organisations: they do not know everybody by name. */

/** The redaction of an answer, derived from its description and the authors of its texts. */
function said<const A extends Answer>({ fields }: A, by: (answer: AnswerOf<A>) => Ref[]): AnyPart {
  return shape(redactionOf(fields).fields, by);
}

/** The cursor is made for this reader by the query itself. */
export function pageRedaction(item: AnyPart): AnyPart {
  return shape({ items: list(item), next: plain });
}

export const ORGANISATION = said(ORGANISATION_ANSWER, ({ organisationId }) => [organisationRef(organisationId)]);

export const SITE = said(SITE_ANSWER, ({ organisationId }) => [organisationRef(organisationId)]);

export const BATCH = redactionOf(BATCH_ANSWER.fields);
/** The fields of a batch that a search examines. */
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

/** The issuer is the author of an attestation, here as in its own answer. */
const BASIS = said({ name: 'Statement', fields: STATEMENT }, ({ issuerOrganisationId }) => [
  organisationRef(issuerOrganisationId),
]);
/** A verdict with its reasons merged, before they are put into sentences. */
export const CLAIMS = shape({
  ...redactionOf(EXPLAINED_VERDICT).fields,
  restsOn: shape({
    ...redactionOf(RESTS_ON).fields,
    claims: list(shape({ ...redactionOf(RESTING_LINE).fields, statements: list(BASIS) })),
  }),
});
