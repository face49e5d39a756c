import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, fsyncSync, openSync, closeSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { noteSigner, type NoteSigner } from '#transparency';
import { SigningKeyError } from './signing-key-error.js';

/** The key that signs checkpoints, in the data folder, readable by its owner alone. */
const SIGNING_KEY_FILE = 'signing-key.pem';
/** A key that a rotation has made and not yet put into use. */
const NEXT_SUFFIX = '.next';

/** How messages name a key given as text: by its source. */
const AS_TEXT = 'LODEBOOK_SIGNING_KEY';
const SEED_IN_BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/** Where the ledger's private key comes from: a file that may be replaced by a rotation, or a text that may not. */
export class SigningKey {
  #seed: Uint8Array;
  /** Undefined when the key was given as text. */
  readonly #path: string | undefined;

  private constructor(seed: Uint8Array, path: string | undefined) {
    this.#seed = seed;
    this.#path = path;
  }

  /**
   * @param given the value of `LODEBOOK_SIGNING_KEY`: the path of a PEM file, a private key in PKCS #8 PEM, or the 32
   *   bytes of an Ed25519 seed (RFC 8032 §5.1.5) in base64; undefined: the key of the data folder.
   * @param mayMake a key when the folder has none: only for a log that has never had one
   * @returns undefined when there is no key
   * @throws SigningKeyError
   */
  static open(dataFolder: string, given: string | undefined, mayMake: boolean): SigningKey | undefined {
    if (given === undefined) {
      const path = join(dataFolder, SIGNING_KEY_FILE);
      if (existsSync(path)) return new SigningKey(seedOfFile(path), path);
      if (!mayMake) return undefined;
      const { privateKey } = generateKeyPairSync('ed25519');
      writePem(path, privateKey);
      return new SigningKey(seedOf(privateKey, path), path);
    }
    if (SEED_IN_BASE64.test(given)) return new SigningKey(Buffer.from(given, 'base64'), undefined);
    if (given.includes('-----BEGIN')) return new SigningKey(seedOfPem(given, AS_TEXT), undefined);
    if (!existsSync(given)) {
      throw new SigningKeyError('must be the path of a PEM file, a PKCS #8 PEM, or 32 bytes in base64');
    }
    return new SigningKey(seedOfFile(given), given);
  }

  /** Signs under the name of a log. */
  signer(origin: string): NoteSigner {
    return noteSigner(origin, this.#seed);
  }

  /** Names a log after its first key: no two ledgers have the same. */
  newOrigin(): string {
    const { key } = noteSigner('lodebook', this.#seed);
    return `lodebook/${createHash('sha256').update(key.publicKey).digest('hex').slice(0, 16)}`;
  }

  get canBeReplaced(): boolean {
    return this.#path !== undefined;
  }

  /** Makes the key that a rotation will put into use; it is on disk before it is announced. */
  prepareNext(origin: string): NoteSigner {
    const { privateKey } = generateKeyPairSync('ed25519');
    const path = this.#nextPath();
    rmSync(path, { force: true });
    writePem(path, privateKey);
    return noteSigner(origin, seedOf(privateKey, path));
  }

  /** Puts the prepared key into use, if there is one and it is the one that the log names. @returns whether it was */
  promoteNext(isInOffice: (candidate: SigningKey) => boolean): boolean {
    if (this.#path === undefined || !existsSync(this.#nextPath())) return false;
    const next = new SigningKey(seedOfFile(this.#nextPath()), this.#path);
    if (!isInOffice(next)) return false;
    renameSync(this.#nextPath(), this.#path);
    this.#seed = next.#seed;
    return true;
  }

  #nextPath(): string {
    if (this.#path === undefined) throw new Error('a key given as text is not replaced by the ledger');
    return this.#path + NEXT_SUFFIX;
  }
}

function seedOfFile(path: string): Uint8Array {
  return seedOfPem(readFileSync(path, 'utf8'), path);
}

function seedOfPem(pem: string, source: string): Uint8Array {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Not the cause: it may quote the key.
    throw new SigningKeyError(`names ${source}, which is no private key in PKCS #8 PEM without a password`);
  }
  return seedOf(key, source);
}

function seedOf(key: KeyObject, source: string): Uint8Array {
  const { d } = key.asymmetricKeyType === 'ed25519' ? key.export({ format: 'jwk' }) : {};
  if (d === undefined) throw new SigningKeyError(`names ${source}, which is no Ed25519 key`);
  return Buffer.from(d, 'base64url');
}

function writePem(path: string, key: KeyObject): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, key.export({ format: 'pem', type: 'pkcs8' }) as string);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
