/**
 * When an attestation is valid. Suspensions, reinstatements and revocations, and the withdrawal of the accreditation that it
 * stands under, each act from their `from`, however late they are recorded: their effect is read off a timeline ordered by
 * `from`, and by the order of the log where two are equal.
 */
export type ChangeKind = 'suspended' | 'reinstated' | 'revoked' | 'withdrawn';

export interface AttestationChange {
  readonly kind: ChangeKind;
  readonly from: string;
  /** The authority that suspended or reinstated it; none: the issuer. */
  readonly authority?: string;
}

/** `withdrawn`: its accreditation is. */
export type ValidityStatus = 'valid' | 'suspended' | 'revoked' | 'withdrawn';

/** A part of [validFrom, validUntil), not empty, with one status. */
export interface ValidityStretch<C extends AttestationChange> {
  readonly from: string;
  readonly until: string;
  readonly status: ValidityStatus;
  /** The changes without which it would be valid, all of them together; empty while it is. */
  readonly causes: readonly C[];
}

/**
 * The whole of [validFrom, validUntil), ascending and without gaps. Revocations and withdrawals are final: an attestation
 * that is reinstated after one stays revoked. A reinstatement lifts the suspensions of its own side, authority or issuer.
 * @param changes in log order
 */
export function validityOf<C extends AttestationChange>(
  validFrom: string,
  validUntil: string,
  changes: readonly C[],
): ValidityStretch<C>[] {
  const timeline = [...changes].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const stretches: ValidityStretch<C>[] = [];
  let suspensions: C[] = [];
  const ends: C[] = [];
  let start = validFrom;
  const close = (until: string): void => {
    const from = start > validFrom ? start : validFrom;
    const end = until < validUntil ? until : validUntil;
    if (from >= end) return;
    stretches.push({ from, until: end, status: statusOf(ends, suspensions), causes: [...ends, ...suspensions] });
  };
  for (const change of timeline) {
    close(change.from);
    start = change.from;
    if (change.kind === 'revoked' || change.kind === 'withdrawn') ends.push(change);
    else if (change.kind === 'suspended') suspensions.push(change);
    else suspensions = suspensions.filter((suspended) => !isOfSameSide(suspended, change));
  }
  close(validUntil);
  return stretches;
}

function statusOf(ends: readonly AttestationChange[], suspensions: readonly AttestationChange[]): ValidityStatus {
  if (ends.length === 0) return suspensions.length > 0 ? 'suspended' : 'valid';
  return ends.some(({ kind }) => kind === 'revoked') ? 'revoked' : 'withdrawn';
}

/** An authority's suspension is lifted by authority, the issuer's by the issuer. */
export function isOfSameSide(one: AttestationChange, other: AttestationChange): boolean {
  return (one.authority === undefined) === (other.authority === undefined);
}

/** The status at a moment; undefined outside [validFrom, validUntil). */
export function statusAt(
  validFrom: string,
  validUntil: string,
  changes: readonly AttestationChange[],
  at: string,
): ValidityStatus | undefined {
  return validityOf(validFrom, validUntil, changes).find(({ from, until }) => from <= at && at < until)?.status;
}
