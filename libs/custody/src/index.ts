export * from './events.js';
export { contentGrams } from './custody-fields.js';
export { asDispatched, asItLeft } from './account/gone-batches.js';
export * from './masses.js';
export * from './product-ids.js';
export { ASSEMBLY_PROCESS, PRODUCT_MATERIAL, REPURPOSING_PROCESS, TAKE_BACK_PROCESS } from './product-fields.js';
export { MATERIALS, MATERIAL_CODES, STAGES, type Ceiling, type Material, type Stage } from './tables/materials.js';
export { PROCESSES, PROCESS_CODES, RECYCLING_PROCESS, type Process } from './tables/processes.js';
export { OTHER } from './tables/table-file.js';
export {
  accept,
  acceptAs,
  refusal,
  REFUSAL_CODES,
  refuse,
  type Decision,
  type Refusal,
  type RefusalCode,
} from './refusal.js';
export { CLOCK_SKEW_MS, refuseBefore, refuseOccurredAt, type Moment } from './occurred-at.js';
export { reservationStream, type ReservedId } from './reservation.js';
export * from './account/site-account.js';
export { evolveAccount, foldAccount, requiresRefold } from './account/evolve-account.js';
export * from './account/account-snapshot.js';
export {
  Corrections,
  unconfirmedIn,
  type Corrected,
  type CorrectionStep,
  type Unconfirmed,
} from './account/corrections.js';
export * from './site/site-commands.js';
export {
  noFacts,
  type ConfirmerFact,
  type DispatchFact,
  type FactRequest,
  type PlacementFact,
  type Facts,
  type SettlementFact,
} from './site/slice.js';
export * from './organisation/organisation.js';
export * from './organisation/control.js';
export { decideSiteOpening, openSite, type OpenSite } from './organisation/open-site.js';
export {
  declareControl,
  grantAccreditation,
  ORGANISATION_FACTS,
  registerOrganisation,
  withdrawAccreditation,
} from './organisation/organisation-facts.js';
export { confirmCorrection, RELIED_ON } from './site/confirm-correction.js';
export { correctRecord } from './site/correct-record.js';
export { SITE_FACTS } from './site/site-facts.js';
export * from './organisation/signing.js';
// What stands in the record in the place of a value is a word of the events too.
export {
  disclosed,
  isWithheld,
  LEGAL_BASES,
  withheldIn,
  type LegalBasis,
  type Withheld,
  type Withholdable,
} from '#vocabulary';
