import { type ReservedKind } from '#custody';

export const siteStream = (siteId: string): string => `site-${siteId}`;
export const organisationStream = (organisationId: string): string => `organisation-${organisationId}`;
export const attestationStream = (attestationId: string): string => `attestation-${attestationId}`;
export const concernStream = (concernId: string): string => `concern-${concernId}`;
export const reservationStream = (kind: ReservedKind, id: string): string => `${kind}-${id}`;
/** Says that the values which an event withholds were erased. */
export const erasureStream = (eventId: string): string => `disclosure-${eventId}`;
