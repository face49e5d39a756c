/** The shapes of the query answers, for the OpenAPI document. */
import {
  ATTESTATION_ANSWER,
  AWAITING_ANSWER,
  BATCH_ANSWER,
  CLAIMS_ANSWER,
  CONCERN_ANSWER,
  DOCKET_ANSWER,
  JUDGED_BATCH_ANSWER,
  MODEL_YEAR_ANSWER,
  NEWS_ANSWER,
  NOT_ON_DOCKET,
  ORGANISATION_ANSWER,
  OVERVIEW_ANSWER,
  PASSPORT_ANSWER,
  PROVENANCE_ANSWER,
  SEARCH_ANSWER,
  SHIPMENT_ANSWER,
  SITE_ANSWER,
} from '#read-model';
import { NOTED_ENTRY, NOTED_EVENT } from '../../answers/disclosure-answers.js';
import { answerClass, pageClass } from './answer-class.js';

export const BatchSchema = answerClass(BATCH_ANSWER);
export const BatchPageSchema = pageClass(BATCH_ANSWER);
export const JudgedBatchPageSchema = pageClass(JUDGED_BATCH_ANSWER);
export const ShipmentPageSchema = pageClass(SHIPMENT_ANSWER);
export const SiteSchema = answerClass(SITE_ANSWER);
export const SitePageSchema = pageClass(SITE_ANSWER);
export const OrganisationSchema = answerClass(ORGANISATION_ANSWER);
export const OrganisationPageSchema = pageClass(ORGANISATION_ANSWER);
export const EventSchema = answerClass(NOTED_EVENT);
export const HistoryPageSchema = pageClass(NOTED_ENTRY);
export const ProvenanceSchema = answerClass(PROVENANCE_ANSWER);
export const SearchSchema = answerClass(SEARCH_ANSWER);
export const NewsSchema = answerClass(NEWS_ANSWER);

export const ClaimsSchema = answerClass(CLAIMS_ANSWER);
export const ModelYearSchema = answerClass(MODEL_YEAR_ANSWER);
export const PassportSchema = answerClass(PASSPORT_ANSWER);
export const OverviewSchema = answerClass(OVERVIEW_ANSWER);

export const AttestationPageSchema = pageClass(ATTESTATION_ANSWER);
export const ConcernPageSchema = pageClass(CONCERN_ANSWER);
export const DocketEntrySchema = answerClass(DOCKET_ANSWER);
export const NotOnDocketSchema = answerClass(NOT_ON_DOCKET);
export const DocketPageSchema = pageClass(DOCKET_ANSWER);
export const AwaitingPageSchema = pageClass(AWAITING_ANSWER);
