import { type Principal } from './principal.js';
import { may } from './roles.js';

/**
 * Whether a principal may act where an organisation is concerned: on its sites, under its accreditations. By the
 * organisation alone; whether its role may do such a thing at all has been asked before. Who supervises or keeps the
 * registry is not bound to one organisation.
 */
export function actsFor({ role, organisation }: Principal, organisationId: string): boolean {
  return may(role, 'act-for-any-organisation') || organisation === organisationId;
}
