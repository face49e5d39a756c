/**
 * When an attestation is valid. Suspensions, reinstatements and revocations each act from their `from`, however late they
 * are recorded: their effect is read off a timeline ordered by `from`, and by the order of the log where two are equal.
 */
export type ChangeKind = 'suspended' | 'reinstated' | 'revoked';

export interface AttestationChange {
  readonly kind: ChangeKind;
  readonly from: string;
}

export type ValidityStatus = 'valid' | 'suspended' | 'revoked';

/** A part of [validFrom, validUntil), not empty, with one status. */
export interface ValidityStretch<C extends AttestationChange> {
  readonly from: string;
  readonly until: string;
  readonly status: ValidityStatus;
  /** The changes without which it would be valid, all of them together; empty while it is. */
  readonly causes: readonly C[];
}

/**
 * The whole of [validFrom, validUntil), ascending and without gaps. A revocation is final: what was suspended before and
 * is reinstated after it stays revoked.
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
  const revocations: C[] = [];
  let start = validFrom;
  const close = (until: string): void => {
    const from = start > validFrom ? start : validFrom;
    const end = until < validUntil ? until : validUntil;
    if (from >= end) return;
    const status = revocations.length > 0 ? 'revoked' : suspensions.length > 0 ? 'suspended' : 'valid';
    stretches.push({ from, until: end, status, causes: [...revocations, ...suspensions] });
  };
  for (const change of timeline) {
    close(change.from);
    start = change.from;
    if (change.kind === 'revoked') revocations.push(change);
    else if (change.kind === 'suspended') suspensions.push(change);
    else suspensions = [];
  }
  close(validUntil);
  return stretches;
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
