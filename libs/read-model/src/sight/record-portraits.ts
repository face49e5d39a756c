import type { AttestationEvents, ConcernEvents } from '#attestation';
import {
  addresseeRef,
  chosen,
  eventRef,
  idOf,
  labelRef,
  list,
  omitted,
  organisationRef,
  plain,
  raiserRef,
  saidBy,
  shape,
  stream,
  streamRef,
  subjectRef,
  text,
  withheld,
  type AnyPart,
  type Part,
  type Shape,
} from '#access';
import type { EventMetadata, OrganisationEvents, ReceivedBatch, SiteEvents } from '#custody';
import { streamKey } from '../projection/evidence.js';
import type { RecordAnswer } from '../queries/answers.js';

type RecordedEvents = OrganisationEvents & SiteEvents & AttestationEvents & ConcernEvents;

/** An id on a batch, as a list of the batch's data names it. */
const labelOn = idOf('label', (labelId, [batch]) => labelRef((batch as { batchId: string }).batchId, labelId));
const ofLabel = (label: { batchId: string; labelId: string }) => [labelRef(label.batchId, label.labelId)];

const documents = list(shape({ sha256: idOf('document'), uri: withheld(text), title: withheld(text) }));
const batch = idOf('batch');
const aboutBatch = ({ batchId }: { batchId: string }): string => batchId;
const shipped: Part<SiteEvents['BatchesDispatched']['batches']> = list(
  shape({ batchId: batch, material: plain, grossGrams: plain, contentGrams: plain, labels: list(labelOn) }),
  aboutBatch,
);
const attestationChange: Shape<AttestationEvents['AttestationSuspended']> = shape({
  from: plain,
  reason: text,
  documents,
});

/** Every event's data, field by field: whose words its texts are, the record says. */
const DATA: { readonly [T in keyof RecordedEvents]: Shape<RecordedEvents[T]> } = {
  OrganisationRegistered: shape({
    organisationId: idOf('organisation'),
    name: text,
    country: plain,
    roles: plain,
    documents,
  }),
  AccreditationGranted: shape({ scheme: plain, from: plain, until: plain, documents }),
  AccreditationWithdrawn: shape({ scheme: plain, from: plain, reason: text, documents }),
  SigningKeyRegistered: shape({ keyId: text, publicKey: text, documents }),
  SigningKeyRevoked: shape({ keyId: text, from: plain, reason: text, documents }),
  VisibilityChosen: shape({ visibility: plain, documents }),
  SigningPolicyChosen: shape({ required: plain, documents }),
  SiteOpened: shape({
    siteId: idOf('site'),
    organisationId: idOf('organisation'),
    name: text,
    country: plain,
    activities: plain,
    location: withheld(shape({ latitude: text, longitude: text })),
    documents,
  }),
  BatchRegistered: shape({
    batchId: batch,
    material: plain,
    grossGrams: plain,
    contentGrams: plain,
    origin: shape({ kind: plain, country: plain, feedstock: withheld(text) }),
    documents,
  }),
  BatchesTransformed: shape({
    transformationId: idOf('transformation'),
    process: plain,
    chainOfCustody: plain,
    inputs: list(shape({ batchId: batch, grossGrams: plain }), aboutBatch),
    outputs: list(
      shape({ batchId: batch, material: plain, grossGrams: plain, contentGrams: plain, scrap: plain }),
      aboutBatch,
    ),
    // What is added is the recipe.
    reagentGrams: withheld(plain),
    documents,
  }),
  BatchSplit: shape({
    batchId: batch,
    parts: list(shape({ batchId: batch, grossGrams: plain }), aboutBatch),
    documents,
  }),
  BatchesDispatched: shape({
    shipmentId: idOf('shipment'),
    consigneeSiteId: idOf('site', (siteId, outer) =>
      addresseeRef(streamKey((outer.at(-1) as RecordAnswer).stream), siteId),
    ),
    batches: shipped,
    transport: withheld(text),
    tradeTerms: plain,
    documents,
  }),
  BatchesReceived: shape({
    shipmentId: idOf('shipment'),
    consignorSiteId: idOf('site'),
    batches: list(
      shape({
        batchId: batch,
        material: plain,
        grossGrams: plain,
        contentGrams: plain,
        labels: list(
          shape({
            labelId: idOf('label', (labelId, [, received]) => labelRef((received as ReceivedBatch).batchId, labelId)),
            condition: plain,
          }),
        ),
      }),
      aboutBatch,
    ),
    documents,
  }),
  ShipmentRefused: shape({ shipmentId: idOf('shipment'), reason: text, documents }),
  ShipmentReturned: shape({ shipmentId: idOf('shipment'), batches: shipped, documents }),
  BatchLabelled: shape({
    batchId: batch,
    labelId: labelOn,
    standard: plain,
    carrier: plain,
    value: saidBy(ofLabel, text),
    documents,
  }),
  LabelRemoved: shape({ batchId: batch, labelId: labelOn, reason: text, documents }),
  BatchAssayed: shape({ batchId: batch, contentGrams: plain, method: text, laboratory: withheld(text), documents }),
  RecycledContentDeclared: shape({ batchId: batch, mineral: plain, share: plain, documents }),
  BatchHeld: shape({ batchId: batch, authority: text, reason: text, documents }),
  BatchReleased: shape({ batchId: batch, documents }),
  BatchConsumed: shape({ batchId: batch, grossGrams: plain, productId: idOf('product'), documents }),
  BatchDisposed: shape({ batchId: batch, grossGrams: plain, reason: text, documents }),
  RecordCorrected: shape({ eventId: idOf('event'), reason: text, replacement: chosen(() => shape({})), documents }),
  AttestationIssued: shape({
    attestationId: idOf('attestation'),
    scheme: plain,
    siteId: idOf('site'),
    rights: plain,
    validFrom: plain,
    validUntil: plain,
    issuerOrganisationId: idOf('organisation'),
    documentSha256: idOf('document'),
    documents,
  }),
  AttestationSuspended: attestationChange,
  AttestationReinstated: attestationChange,
  AttestationRevoked: attestationChange,
  LabourConcernRaised: shape({
    concernId: idOf('concern'),
    siteId: idOf('site', (siteId, [raised]) => subjectRef((raised as { concernId: string }).concernId, siteId)),
    rights: plain,
    source: plain,
    documentSha256: idOf('document'),
    documents,
  }),
  InvestigationOpened: shape({ by: text, documents }),
  FindingRecorded: shape({ substantiated: plain, rights: plain, from: plain, until: plain, documents }),
  RemediationAccepted: shape({ documentSha256: idOf('document'), documents }),
  ConcernClosed: shape({ outcome: text, documents }),
};

/** Of a record that is shown in part, what hangs on the whole of it is left out. */
type ShownMetadata = Partial<Omit<EventMetadata, 'actor'> & { actor: Partial<EventMetadata['actor']> }>;

/**
 * Shown with a record that is shown whole: with all of them but one, whoever guesses that one could be sure of it by the
 * record's hash, which is public.
 */
const ofWholeRecords = {
  commandId: withheld(idOf('command')),
  requestSha256: withheld(text),
  salt: withheld(text),
  // What was signed says again all that the record says, as it was sent: see ShownRecords.
  signature: omitted,
} as const;
const always = { occurredAt: plain, recordedAt: plain, schemaVersion: plain } as const;
const METADATA: Shape<ShownMetadata> = shape({
  ...ofWholeRecords,
  ...always,
  actor: shape({ principal: withheld(idOf('principal')), organisation: idOf('organisation') }),
});
/** Who raised a concern is not told by its record, whoever is known to whom. */
const METADATA_OF_RAISING: Shape<ShownMetadata> = shape({
  ...ofWholeRecords,
  ...always,
  actor: withheld(shape({ principal: withheld(idOf('principal')), organisation: idOf('organisation') })),
});
const RAISING = 'LabourConcernRaised' satisfies keyof RecordedEvents;
const ofItself = ({ id }: RecordAnswer) => [eventRef(id)];

/** Of a type that no portrait is of, nothing is shown. */
function dataOf(type: unknown): AnyPart {
  return typeof type === 'string' && Object.hasOwn(DATA, type) ? DATA[type as keyof RecordedEvents] : shape({});
}

/** A correction's replacement is data of the event at the root of the corrections. */
function correctionOf(rootType: string | undefined): AnyPart {
  const { fields } = DATA.RecordCorrected;
  return shape({
    ...fields,
    replacement: chosen(() => dataOf(rootType)),
  });
}

/**
 * A record of the log. Whose words are in it: those of the stream's owner and of whoever acted, if that is another.
 * @param rootTypes of corrections: event id → the type of what it corrects
 */
export function recordPortrait(rootTypes: ReadonlyMap<string, string>): Shape<RecordAnswer> {
  return shape(
    {
      id: idOf('event'),
      stream,
      // How many events a site has recorded is its own business.
      revision: saidBy(ofItself, text),
      type: plain,
      data: chosen(([record]) => {
        const { type, id } = record as RecordAnswer;
        return type === 'RecordCorrected' ? correctionOf(rootTypes.get(id)) : dataOf(type);
      }),
      metadata: saidBy(
        ofItself,
        chosen(([record]) => ((record as RecordAnswer).type === RAISING ? METADATA_OF_RAISING : METADATA)),
      ),
    },
    authorsOf,
  );
}

/** Whose name an event hangs on. */
export function authorsOf({ stream: name, type, metadata }: Pick<RecordAnswer, 'stream' | 'type' | 'metadata'>) {
  if (type === RAISING) return [streamRef(name), raiserRef(streamKey(name))];
  const { organisation } = (metadata as unknown as EventMetadata).actor;
  return [streamRef(name), ...(organisation === undefined ? [] : [organisationRef(organisation)])];
}
