import {
  addresseeRef,
  each,
  idOf,
  labelRef,
  list,
  organisationRef,
  plain,
  saidBy,
  shape,
  siteRef,
  subjectRef,
  text,
  withheld,
  type AnyPart,
  type Shape,
} from '#access';
import type { ClaimsVerdict, Reason } from '#claims';
import type {
  AttestationAnswer,
  BatchAnswer,
  ConcernAnswer,
  JudgedBatch,
  LabelAnswer,
  OrganisationAnswer,
  ProvenanceAnswer,
  ShipmentAnswer,
  SiteAnswer,
} from '../answers/answers.js';

/** What each field of the answers is, for organisations, that may not know everybody by name. */

/** Words of a closed list, though the type does not say so. */
const words = list(plain);

/** Where a shipment of this answer was sent. */
const addressee = idOf('site', (siteId, [shipment]) =>
  addresseeRef((shipment as { consignorSiteId: string }).consignorSiteId, siteId),
);

/** The cursor is made for this reader by the query itself. */
export function pagePortrait(item: AnyPart): AnyPart {
  return shape({ items: list(item), next: plain });
}

export const ORGANISATION: Shape<OrganisationAnswer> = shape(
  {
    organisationId: idOf('organisation'),
    name: text,
    country: plain,
    roles: plain,
    registeredAt: plain,
    accreditations: list(
      shape({
        scheme: plain,
        from: plain,
        until: plain,
        withdrawn: shape({ from: plain, reason: text }),
      }),
    ),
  },
  ({ organisationId }: { organisationId: string }) => [organisationRef(organisationId)],
);

export const SITE: Shape<SiteAnswer> = shape(
  {
    siteId: idOf('site'),
    organisationId: idOf('organisation'),
    name: text,
    country: plain,
    activities: plain,
    location: withheld(shape({ latitude: text, longitude: text })),
    openedAt: plain,
  },
  ({ organisationId }: { organisationId: string }) => [organisationRef(organisationId)],
);

const LABEL: Shape<LabelAnswer> = shape(
  { labelId: idOf('label'), standard: plain, carrier: plain, value: text, labelledAt: plain, condition: plain },
  ({ labelId }: LabelAnswer, [batch]: readonly object[]) => [labelRef((batch as BatchAnswer).batchId, labelId)],
);

const batchFields = {
  batchId: idOf('batch'),
  material: plain,
  status: plain,
  siteId: idOf('site'),
  grossGrams: plain,
  contentGrams: plain,
  contentKnown: plain,
  composition: each(list(shape({ country: plain, class: plain, recycledIn: plain, milligrams: plain, grams: plain }))),
  labels: list(LABEL),
  held: plain,
} as const;
export const BATCH: Shape<BatchAnswer> = shape(batchFields);
export const JUDGED_BATCH: Shape<JudgedBatch> = shape({
  ...batchFields,
  programme: plain,
  verdict: plain,
  judgedUpTo: plain,
});

export const SHIPMENT: Shape<ShipmentAnswer> = shape(
  {
    shipmentId: idOf('shipment'),
    consignorSiteId: idOf('site'),
    consigneeSiteId: addressee,
    status: plain,
    batchIds: list(idOf('batch'), (batchId: string) => batchId),
    dispatchedAt: plain,
    settledAt: plain,
    reason: saidBy(({ consigneeSiteId }: ShipmentAnswer) => [siteRef(consigneeSiteId)], text),
  },
  ({ consignorSiteId }: { consignorSiteId: string }) => [siteRef(consignorSiteId)],
);

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

export const ATTESTATION: Shape<AttestationAnswer> = shape(
  {
    attestationId: idOf('attestation'),
    scheme: plain,
    siteId: idOf('site'),
    rights: words,
    validFrom: plain,
    validUntil: plain,
    issuerOrganisationId: idOf('organisation'),
    documentSha256: idOf('document'),
    status: plain,
    changes: list(shape({ change: plain, from: plain, reason: text, eventId: idOf('event') })),
  },
  ({ issuerOrganisationId }: AttestationAnswer) => [organisationRef(issuerOrganisationId)],
);

export const CONCERN: Shape<ConcernAnswer> = shape(
  {
    concernId: idOf('concern'),
    siteId: idOf('site', (siteId, [concern]) => subjectRef((concern as ConcernAnswer).concernId, siteId)),
    rights: words,
    source: plain,
    raisedAt: plain,
    documentSha256: idOf('document'),
    status: plain,
    investigation: shape({ by: text, openedAt: plain }),
    findings: list(shape({ substantiated: plain, rights: words, from: plain, until: plain, eventId: idOf('event') })),
    remediation: shape({ acceptedAt: plain, documentSha256: idOf('document') }),
    closure: shape({ outcome: text, closedAt: plain }),
  },
  ({ siteId }: { siteId: string }) => [siteRef(siteId)],
);

const REASON: Shape<Reason> = shape({
  claim: plain,
  mineral: plain,
  right: plain,
  verdict: plain,
  because: plain,
  batchId: idOf('batch'),
  siteId: idOf('site'),
  from: plain,
  until: plain,
  eventIds: list(idOf('event')),
});
export const CLAIMS: Shape<ClaimsVerdict> = shape({
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
      totalMilligrams: plain,
      recycledGrams: plain,
      undeclaredGrams: plain,
      totalGrams: plain,
    }),
  ),
  reasons: list(REASON),
  standsUntil: plain,
});
