import {
  decodeBase64Url,
  encodeBase64Url,
  noteSigner,
  publicKeyVerifier,
  signDetached,
  VerificationError,
  verifyDetached,
} from '#transparency';

/**
 * What the holder of a key signs with it in order to register it: for this organisation, at this ledger, under this id.
 */
export interface KeyStatement {
  /** Origin of the ledger: the first line of its checkpoints. */
  readonly ledger: string;
  readonly organisationId: string;
  readonly keyId: string;
  /** Ed25519, 32 bytes in base64url. */
  readonly publicKey: string;
}

/** A signing key as it is registered. */
export interface ProvedKey {
  readonly keyId: string;
  readonly publicKey: string;
  /** Detached JWS by the key over its {@link KeyStatement}. */
  readonly proof: string;
}

export function keyStatement({ ledger, organisationId, keyId, publicKey }: KeyStatement): KeyStatement {
  return { ledger, organisationId, keyId, publicKey };
}

/**
 * Proves possession of a key.
 * @param seed Ed25519 private key, 32 bytes
 * @throws VerificationError `key-malformed`, or why the key id has no canonical form
 */
export function proveKey(of: Omit<KeyStatement, 'publicKey'>, seed: Uint8Array): ProvedKey {
  const { keyId } = of;
  const publicKey = encodeBase64Url(noteSigner('any', seed).key.publicKey);
  return { keyId, publicKey, proof: signDetached(keyStatement({ ...of, publicKey }), keyId, seed) };
}

/** @throws VerificationError when the proof is not by that key, under that id, for that organisation and ledger */
export function verifyPossession(statement: KeyStatement, proof: string): void {
  const bytes = decodeBase64Url(statement.publicKey);
  if (!bytes) throw new VerificationError('key-malformed', 'not the base64url of a key');
  const { keyId } = verifyDetached(proof, keyStatement(statement), publicKeyVerifier(bytes));
  if (keyId !== statement.keyId) {
    throw new VerificationError('signature-invalid', 'the proof names another key id');
  }
}
