import { createHash } from 'node:crypto';
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { isRole, may, type Principal } from '#access';
import { type OidcSettings } from '../configuration/oidc-settings.js';
import { Problem } from '../problem/problem.js';

/** Claims of a token that name its bearer's organisation and role. */
const ORGANISATION_CLAIM = 'lodebook_organisation';
const ROLE_CLAIM = 'lodebook_role';

/** Signatures whose verification key is public; a shared secret or no signature at all is never taken (RFC 8725, 3.1). */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** How long the issuer's answer is waited for, in milliseconds. */
const PATIENCE = 5_000;
/** The issuer's keys are fetched again at this age, … */
const KEYS_KEPT = 600_000;
/** … or when a token names one that is missing, but not sooner than this after the last time. */
const KEYS_COOL_DOWN = 30_000;
/** An issuer that did not answer is not asked again for this long. */
const PAUSE_AFTER_FAILURE = 5_000;
/** How far the clocks of issuer and ledger may be apart, in seconds. */
const CLOCK_TOLERANCE = 5;
/** OpenID Connect Core, section 2: `sub` has at most 255 ASCII characters. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;

type TokenSettings = Pick<OidcSettings, 'issuer' | 'audience' | 'tokenType'>;

class IssuerAway extends Error {}

/** JWT access tokens (RFC 9068) of the one issuer that the configuration names. */
export class TokenVerifier {
  readonly #prefix: string;
  readonly #pause: number;
  readonly #coolDown: number;
  #keys: Promise<JWTVerifyGetKey> | undefined;
  #failedAt = -Infinity;

  readonly #settings: TokenSettings;

  /** @param intervals shorter for tests that cannot wait: milliseconds */
  constructor(settings: TokenSettings, intervals: { pauseAfterFailure?: number; keysCoolDown?: number } = {}) {
    this.#settings = settings;
    const issuer = createHash('sha256').update(settings.issuer).digest('hex').slice(0, 16);
    this.#prefix = `oidc-${issuer}-`;
    this.#pause = intervals.pauseAfterFailure ?? PAUSE_AFTER_FAILURE;
    this.#coolDown = intervals.keysCoolDown ?? KEYS_COOL_DOWN;
  }

  /**
   * @throws Problem `unauthenticated` for a token that does not verify; `forbidden` for one that verifies but grants no
   * role, or names no organisation although the role needs one; `overloaded` while the issuer's keys cannot be fetched
   */
  async verify(token: string): Promise<Principal> {
    const { issuer, audience, tokenType } = this.#settings;
    try {
      const { payload } = await jwtVerify(token, await this.#keySet(), {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        typ: tokenType,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: CLOCK_TOLERANCE,
      });
      return this.#principalOf(payload);
    } catch (error) {
      throw problemOf(error);
    }
  }

  #principalOf({ sub, [ORGANISATION_CLAIM]: organisation, [ROLE_CLAIM]: role }: JWTPayload): Principal {
    if (typeof sub !== 'string' || !SUBJECT.test(sub))
      throw new Problem('unauthenticated', 'The token names no usable subject.');
    if (!isRole(role))
      throw new Problem('forbidden', `The token grants no role: its claim ${ROLE_CLAIM} must name one.`);
    const principal = this.#prefix + sub;
    if (typeof organisation === 'string' && organisation !== '') return { principal, role, organisation };
    if (may(role, 'act-for-any-organisation')) return { principal, role };
    throw new Problem(
      'forbidden',
      `A ${role} acts for an organisation: the token must name it in ${ORGANISATION_CLAIM}.`,
    );
  }

  /** Found by the issuer's discovery document, once. */
  #keySet(): Promise<JWTVerifyGetKey> {
    this.#keys ??= this.#discover().catch((error: unknown) => {
      this.#keys = undefined;
      throw error;
    });
    return this.#keys;
  }

  async #discover(): Promise<JWTVerifyGetKey> {
    const { issuer } = this.#settings;
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const answer = await this.#fetch(address, { signal: AbortSignal.timeout(PATIENCE), redirect: 'manual' });
    const document = (await answer.json().catch(() => undefined)) as
      { issuer?: unknown; jwks_uri?: unknown } | undefined;
    // OpenID Connect Discovery, section 4.3: a document under which another issuer's tokens would pass is refused.
    if (document?.issuer !== issuer || typeof document.jwks_uri !== 'string' || !URL.canParse(document.jwks_uri)) {
      this.#failedAt = performance.now();
      throw new IssuerAway('its discovery document is not that of this issuer');
    }
    return createRemoteJWKSet(new URL(document.jwks_uri), {
      timeoutDuration: PATIENCE,
      cacheMaxAge: KEYS_KEPT,
      cooldownDuration: this.#coolDown,
      [customFetch]: (url, options) => this.#fetch(url, options),
    });
  }

  /** @throws IssuerAway, for a while after the issuer did not answer even without asking it again */
  async #fetch(url: string, options: RequestInit): Promise<Response> {
    if (performance.now() - this.#failedAt < this.#pause) throw new IssuerAway('it did not answer just now');
    try {
      const answer = await fetch(url, options);
      if (answer.status === 200) return answer;
      await answer.body?.cancel();
      throw new Error(`it answered ${answer.status}`);
    } catch (error) {
      this.#failedAt = performance.now();
      throw new IssuerAway('it did not answer', { cause: error });
    }
  }
}

function problemOf(error: unknown): unknown {
  if (error instanceof Problem) return error;
  if (error instanceof IssuerAway || error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) {
    return new Problem(
      'overloaded',
      'The issuer of this token cannot be asked for its keys now. API keys work meanwhile.',
      [],
      PAUSE_AFTER_FAILURE / 1_000,
    );
  }
  if (error instanceof errors.JWTExpired) return new Problem('unauthenticated', 'The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new Problem('unauthenticated', `The token's ${error.claim} is not what this ledger takes.`);
  }
  // Why a token does not verify is of use only to somebody who forges one.
  return error instanceof errors.JOSEError ? new Problem('unauthenticated', 'The token does not verify.') : error;
}
