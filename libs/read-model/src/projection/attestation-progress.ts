import { type AttestationStateChanged } from '#attestation';
import { type AttestationAnswer } from '../answers/index.js';

/** Applies an event to the answer about its attestation. */
export function advanceAttestation(
  state: AttestationAnswer,
  change: AttestationAnswer['changes'][number]['change'],
  { from, reason, authority }: AttestationStateChanged,
  eventId: string,
): void {
  state.changes.push({ change, from, ...(authority === undefined ? {} : { authority }), reason, eventId });
  if (state.status !== 'revoked') state.status = statusAfter(state.changes);
}

/** The status of an attestation that is not revoked: suspended as long as either its issuer or an authority suspends it. */
function statusAfter(changes: AttestationAnswer['changes']): AttestationAnswer['status'] {
  const last = changes.at(-1)?.change;
  if (last === 'revoked') return 'revoked';
  const sides = [true, false].map((byAuthority) =>
    changes.findLast(({ authority }) => (authority !== undefined) === byAuthority),
  );
  return sides.some((side) => side?.change === 'suspended') ? 'suspended' : 'issued';
}
