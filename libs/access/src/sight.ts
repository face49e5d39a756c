import { type Principal } from './principal.js';

/** What of the ledger exists for whoever asks: the first argument of every query. */
export type Sight =
  | { readonly sees: 'everything' }
  /** What its sites hold or held, what that was made of, and the organisations it deals with. */
  | { readonly sees: 'organisation'; readonly organisationId: string }
  /** Organisations, sites and accreditations; no custody. */
  | { readonly sees: 'registry' };

/**
 * @throws Error for a custodian, reader or attestor without an organisation: none is issued, and none may see by default
 */
export function sightOf({ principal, role, organisation }: Principal): Sight {
  switch (role) {
    case 'operator':
    case 'regulator':
      return { sees: 'everything' };
    case 'custodian':
    case 'attestor':
    case 'reader':
      if (organisation === undefined) throw new Error(`the ${role} ${principal} has no organisation`);
      return { sees: 'organisation', organisationId: organisation };
    case 'administrator':
      return { sees: 'registry' };
  }
}

/** Of whoever answers for the ledger itself, not for somebody who asks. */
export const EVERYTHING: Sight = { sees: 'everything' };
