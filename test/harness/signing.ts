import { boundCommand, proveKey, type ProvedKey, type SignedCommand } from '#signing';
import { signDetached } from '#transparency';
import { type RunningLedger } from './running-ledger.js';

/** The ledger's name, as its checkpoints have it. */
export function originOf({ ledger }: RunningLedger): string {
  return ledger.audit.journal.ring.origin;
}

/** What registers a key at this ledger for this organisation. */
export function signingKeyOf(
  ledger: RunningLedger,
  organisationId: string,
  keyId: string,
  seed: Uint8Array,
): ProvedKey {
  return proveKey({ ledger: originOf(ledger), organisationId, keyId }, seed);
}

/** The signature of a command of this organisation at this ledger. */
export function signatureFor(
  ledger: RunningLedger,
  organisationId: string,
  command: SignedCommand,
  { keyId, seed }: { readonly keyId: string; readonly seed: Uint8Array },
): string {
  return signDetached(boundCommand(command, { ledger: originOf(ledger), organisationId }), keyId, seed);
}
