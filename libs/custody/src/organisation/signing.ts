import { type CommandOf } from '#vocabulary';
import { type EventOf, type OrganisationEvents, type SigningKeyRegistered } from '../events.js';
import { type Moment } from '../occurred-at.js';
import { acceptAs, refusal, refuse, type Decision, type Refusal } from '../refusal.js';
import { chooseSigningPolicy, registerSigningKey, revokeSigningKey } from './organisation-facts.js';
import { isWeakPublicKey } from './weak-public-keys.js';

export interface SigningKey {
  readonly keyId: string;
  /** Ed25519, 32 bytes in base64url. */
  readonly publicKey: string;
  /** From then on it counts no more: the earliest moment that a revocation named. */
  readonly revokedFrom?: string;
}

/** What an organisation has said of its signatures. */
export interface Signing {
  /** In the order registered. */
  readonly keys: readonly SigningKey[];
  /** When the ledger recorded that its commands must be signed; undefined: they need not be. */
  readonly requiredSince?: string | undefined;
}

export const NO_SIGNING: Signing = { keys: [] };

export type SigningCommand = CommandOf<
  typeof registerSigningKey | typeof revokeSigningKey | typeof chooseSigningPolicy
>;

export type SigningEvent = EventOf<
  Pick<OrganisationEvents, 'SigningKeyRegistered' | 'SigningKeyRevoked' | 'SigningPolicyChosen'>
>;

/**
 * @returns the event to record, or the refusal: `id-taken` (the id or the key itself was registered before, revoked or
 *   not), `signing-key-unknown` (none of that id; none in force when signatures are to be demanded), `invalid-request` (a
 *   key that anybody can sign for; a revocation that takes nothing away)
 */
export function decideSigning(command: SigningCommand, signing: Signing, { now }: Moment): Decision<SigningEvent> {
  switch (command.kind) {
    case 'signing-keys': {
      const problem = refuseKey(command.body, signing);
      return problem ? refuse(problem) : acceptAs(registerSigningKey, command.body, {});
    }
    case 'revocations': {
      const { keyId, from } = command.body;
      const key = signing.keys.find((each) => each.keyId === keyId);
      if (!key) return refuse(refusal('signing-key-unknown', `There is no signing key ${keyId}.`));
      if (key.revokedFrom !== undefined && key.revokedFrom <= from) {
        return refuse(refusal('invalid-request', `${keyId} is revoked from ${key.revokedFrom} on.`, 'from'));
      }
      return acceptAs(revokeSigningKey, command.body, {});
    }
    case 'signing-policy': {
      const { required } = command.body;
      if (required && !signing.keys.some((key) => isInForce(key, now))) {
        const detail = 'No signing key is in force: nothing could be recorded any more.';
        return refuse(refusal('signing-key-unknown', detail, 'required'));
      }
      return acceptAs(chooseSigningPolicy, command.body, {});
    }
  }
}

/** @param recordedAt of the event */
export function evolveSigning(signing: Signing, event: SigningEvent, recordedAt: string): Signing {
  switch (event.type) {
    case 'SigningKeyRegistered': {
      const { keyId, publicKey } = event.data;
      return { ...signing, keys: [...signing.keys, { keyId, publicKey }] };
    }
    case 'SigningKeyRevoked': {
      const { keyId, from } = event.data;
      const keys = signing.keys.map((key) =>
        key.keyId === keyId && isInForce(key, from) ? { ...key, revokedFrom: from } : key,
      );
      return { ...signing, keys };
    }
    case 'SigningPolicyChosen':
      return {
        ...signing,
        requiredSince: event.data.required ? (signing.requiredSince ?? recordedAt) : undefined,
      };
  }
}

/** Whether the key is in force for what is recorded at that moment. */
export function isInForce({ revokedFrom }: SigningKey, at: string): boolean {
  return revokedFrom === undefined || at < revokedFrom;
}

function refuseKey({ keyId, publicKey }: SigningKeyRegistered, { keys }: Signing): Refusal | undefined {
  if (keys.some((key) => key.keyId === keyId)) {
    return refusal('id-taken', `The key id ${keyId} is already used.`, 'keyId');
  }
  const same = keys.find((key) => key.publicKey === publicKey);
  if (same) return refusal('id-taken', `This key is registered as ${same.keyId}.`, 'publicKey');
  if (isWeakPublicKey(publicKey)) {
    return refusal('invalid-request', 'Anybody can make signatures for this key.', 'publicKey');
  }
  return undefined;
}
