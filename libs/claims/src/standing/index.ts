export {
  affectedBy,
  type AffectedCustody,
  type AffectedAttestations,
  type AffectedOrganisation,
} from './affected-by.js';
export {
  buildStanding,
  createStanding,
  foldAttestation,
  foldConcern,
  foldOrganisation,
  foldStanding,
  ORGANISATION_STANDING,
  organisationsNamed,
  standingKeyOf,
  standingOf,
  type StandingKey,
} from './fold-standing.js';
export {
  SiteRights,
  type ConcernPeriod,
  type Cover,
  type LostCover,
  type Period,
  type RightStanding,
} from './periods.js';
export type * from './standing.types.js';
