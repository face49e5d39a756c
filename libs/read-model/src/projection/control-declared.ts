import { type ControlDeclared } from '#custody';
import { type Placed } from '../chains/evidence.js';
import { type OrganisationAnswer } from '../answers/index.js';
import { metadataOf } from './event-tables.js';

/** A declaration of control as answers show it. */
export function controlOf(data: ControlDeclared, { event }: Placed): OrganisationAnswer['control'][number] {
  const { kind, country, share, controllerOrganisationId, from = metadataOf(event).occurredAt } = data;
  const controller = controllerOrganisationId === undefined ? {} : { controllerOrganisationId };
  return { kind, country, share, ...controller, from, eventId: event.id };
}
