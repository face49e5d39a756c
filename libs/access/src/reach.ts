import { type Principal } from './principal.js';
import { may } from './roles.js';

/**
 * Whether a principal may act for an organisation: on its sites, under its accreditations. Compares the organisation
 * only; whether the role allows the action at all was checked before. Supervisors and registrars are not bound to one
 * organisation.
 */
export function actsFor({ role, organisation }: Principal, organisationId: string): boolean {
  return may(role, 'act-for-any-organisation') || organisation === organisationId;
}
