import { type Organisation } from '#custody';
import { type StoredEvent } from '#event-store';
import { organisationOf } from './organisation-of.js';
import { organisationStream } from './stream-names.js';

/** These organisations and all that they have named as having a say in them, directly or through others. */
export async function withControllers(
  read: (stream: string) => Promise<readonly StoredEvent[]>,
  organisationIds: readonly string[],
): Promise<Map<string, Organisation>> {
  const found = new Map<string, Organisation>();
  const ahead = new Set(organisationIds);
  // Iterating over a Set also visits what is added during the iteration.
  for (const organisationId of ahead) {
    const organisation = organisationOf(await read(organisationStream(organisationId)));
    found.set(organisationId, organisation);
    for (const { controller } of organisation.control) if (controller !== undefined) ahead.add(controller);
  }
  return found;
}
