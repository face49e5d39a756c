import { boundCommand, proveKey, type ProvedKey, type SignedCommand } from '#signing';
import { signDetached } from '#transparency';
import { type RunningLedger } from './running-ledger.js';

/** The origin of the ledger, as in its checkpoints. */
export function originOf({ ledger }: RunningLedger): string {
  return ledger.audit.journal.ring.origin;
}

/** The command that registers a key of this organisation at this ledger. */
export function signingKeyOf(
  ledger: RunningLedger,
  organisationId: string,
  keyId: string,
  seed: Uint8Array,
): ProvedKey {
  return proveKey({ ledger: originOf(ledger), organisationId, keyId }, seed);
}

/** Signs a command of this organisation at this ledger. */
export function signatureFor(
  ledger: RunningLedger,
  organisationId: string,
  command: SignedCommand,
  { keyId, seed }: { readonly keyId: string; readonly seed: Uint8Array },
): string {
  return signDetached(boundCommand(command, { ledger: originOf(ledger), organisationId }), keyId, seed);
}
