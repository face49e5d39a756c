import { type Principal } from '#access';
import { type LegalBasis } from '#custody';
import { signerOf } from '#signing';

/** A value that a command withholds, with what opens its commitment. */
export interface Disclosure {
  /** JSON pointer into the event's data. */
  readonly path: string;
  /** Hex. */
  readonly commitment: string;
  /** 128 bits, base64url. */
  readonly salt: string;
  readonly value: unknown;
  readonly legalBasis: LegalBasis;
  readonly until: string;
}

/** Disclosures of an append under way. */
export interface Disclosing {
  /** @param alreadyAppended the event was there before, with the commitments of its first sending */
  done(alreadyAppended: boolean): void;
  /** Keeps what may have been recorded after all until the log tells. */
  failed(error: unknown): void;
}

/** Keeps what commands withhold. */
export interface DisclosureKeeper {
  /** On disk when it returns; then the append may begin. */
  begin(eventId: string, organisationId: string | undefined, disclosures: readonly Disclosure[]): Disclosing;
}

/** Whose what a command withholds is: who answers for the command, else who sends it. */
export function ownerOf(
  fact: { stream: string; type: string },
  owner: string | undefined,
  { principal }: { readonly principal: Principal },
): string | undefined {
  const owners = { organisationOfSite: () => owner, issuerOf: () => owner };
  return signerOf({ ...fact, actor: principal }, owners) ?? principal.organisation;
}
