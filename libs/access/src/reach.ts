import { type Principal } from './principal.js';

/**
 * Whether a principal may act where an organisation is concerned: on its sites, under its accreditations. By the
 * organisation alone; whether its role may do such a thing at all has been asked before. Who supervises or keeps the
 * registry is not bound to one organisation.
 */
export function actsFor({ role, organisation }: Principal, organisationId: string): boolean {
  switch (role) {
    case 'operator':
    case 'regulator':
    case 'administrator':
      return true;
    case 'custodian':
    case 'attestor':
    case 'reader':
      return organisation === organisationId;
  }
}
