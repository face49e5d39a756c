import { ADMINISTRATOR, OPERATOR, type Principal } from '#access';
import { Problem } from '../problem/problem.js';
import { type AdministratorKey } from './administrator-key.js';
import { type KeyDirectory } from './key-directory.js';
import { type KeyUses } from './key-uses.js';
import { KEY_PREFIX, newSecret, sameHash, sha256Of } from './secret.js';
import { type TokenVerifier } from './token-verifier.js';

/** Three parts in base64url: what the compact form of a JWS looks like (RFC 7515, section 7.1). */
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** Identifies the bearer of a secret: an API key, a token of the identity provider, or the operator's token. */
export class Authenticator {
  /**
   * For whoever can read the data folder of the running server: it is in that folder, not in the log, and new at each
   * start.
   */
  readonly operatorToken = newSecret();
  readonly #operatorHash = sha256Of(this.operatorToken);

  readonly #administrator: AdministratorKey;
  readonly #directory: KeyDirectory;
  readonly #uses: KeyUses;
  readonly #tokens: TokenVerifier | undefined;

  constructor(
    administrator: AdministratorKey,
    directory: KeyDirectory,
    uses: KeyUses,
    tokens: TokenVerifier | undefined,
  ) {
    this.#administrator = administrator;
    this.#directory = directory;
    this.#uses = uses;
    this.#tokens = tokens;
  }

  /**
   * Returns a promise only for a token: an identity provider never delays a key.
   * @throws Problem `unauthenticated`; for a token also `forbidden` (it grants no role), `overloaded` (its issuer does
   * not answer)
   */
  authenticate(secret: string, fromThisMachine: boolean): Principal | Promise<Principal> {
    const hash = sha256Of(secret);
    const key = this.#directory.find(hash);
    if (key && key.revokedAt === undefined) {
      this.#uses.note(key.keyId);
      return { principal: `key-${key.keyId}`, role: key.role, organisation: key.organisationId };
    }
    if (this.#administrator.is(hash)) return ADMINISTRATOR;
    if (fromThisMachine && sameHash(this.#operatorHash, hash)) return OPERATOR;
    if (this.#tokens && !key && !secret.startsWith(KEY_PREFIX) && COMPACT_JWS.test(secret)) {
      return this.#tokens.verify(secret);
    }
    // One answer for a revoked key and one that never was.
    throw new Problem('unauthenticated', 'This API key is not known.');
  }
}
