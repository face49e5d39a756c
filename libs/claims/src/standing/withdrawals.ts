import { type AttestationChange } from '#attestation';
import { type EventMark } from '../graph/index.js';
import { type AccreditationNode, type AttestationNode, type OrganisationNode } from './standing.types.js';

/**
 * The withdrawals that remove an attestation's cover: those of the accreditation that it was issued under. If several stood
 * then, it stands as long as one of them does. An accreditation granted after it was recorded does not restore it: it would
 * have to be issued again.
 */
export function withdrawalsOf(
  { scheme, issued }: Pick<AttestationNode, 'scheme' | 'issued'>,
  issuer: OrganisationNode | undefined,
): (EventMark & AttestationChange)[] {
  let last: readonly (EventMark & { from: string })[] | undefined;
  for (const granted of issuer?.accreditations ?? []) {
    if (granted.scheme !== scheme || !stoodAt(granted, issued)) continue;
    if (last === undefined || endOfAll(granted.withdrawals) > endOfAll(last)) last = granted.withdrawals;
  }
  return (last ?? []).map((withdrawal) => ({ ...withdrawal, kind: 'withdrawn' as const }));
}

/** Whether an attestation could be issued under it, by what was recorded before. */
function stoodAt({ logIndex, from, until, withdrawals }: AccreditationNode, issued: EventMark): boolean {
  const { occurredAt } = issued;
  if (logIndex > issued.logIndex || occurredAt < from || (until !== undefined && occurredAt >= until)) return false;
  return !withdrawals.some((withdrawn) => withdrawn.logIndex < issued.logIndex && withdrawn.from <= occurredAt);
}

/** From when on it is withdrawn; later than every moment when it is not. */
function endOfAll(withdrawals: readonly { from: string }[]): string {
  let end = '~';
  for (const { from } of withdrawals) if (from < end) end = from;
  return end;
}
