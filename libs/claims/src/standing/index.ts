export { affectedBy, type AffectedCustody } from './affected-by.js';
export {
  buildStanding,
  createStanding,
  foldAttestation,
  foldConcern,
  foldStanding,
  standingKeyOf,
  standingOf,
  type StandingKey,
} from './fold-standing.js';
export {
  rightStanding,
  SiteRights,
  type ConcernPeriod,
  type LostCover,
  type Period,
  type RightStanding,
} from './periods.js';
export type * from './standing.types.js';
