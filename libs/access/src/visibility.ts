import { type Principal } from './principal.js';
import { traitsOf } from './roles.js';

/** What of the ledger exists for the caller: the first argument of every query. */
export type Visibility =
  | { readonly sees: 'everything' }
  /** What its sites hold or held, everything upstream of that, and the organisations it deals with. */
  | { readonly sees: 'organisation'; readonly organisationId: string }
  /** Organisations, sites and accreditations; no custody. */
  | { readonly sees: 'registry' };

/**
 * @throws Error for a custodian, reader or attestor without an organisation: no such key is issued, and nobody may see
 * anything by default
 */
export function visibilityOf({ principal, role, organisation }: Principal): Visibility {
  if (role === 'anyone') return PUBLIC;
  const sees = role === 'operator' ? 'everything' : traitsOf(role).sees;
  if (sees !== 'organisation') return { sees };
  if (organisation === undefined) throw new Error(`the ${role} ${principal} has no organisation`);
  return { sees, organisationId: organisation };
}

/** For work on behalf of the ledger itself, not of a caller. */
export const EVERYTHING: Visibility = { sees: 'everything' };

/**
 * What everybody may see: the same as an organisation that deals with nobody, which knows by name only those that chose
 * to be open. No organisation has this id, because ids are not empty.
 */
export const PUBLIC = { sees: 'organisation', organisationId: '' } as const satisfies Visibility;
