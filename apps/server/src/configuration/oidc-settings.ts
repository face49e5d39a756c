import { ConfigurationError } from './configuration-error.js';

/** The identity provider whose access tokens are taken beside API keys. */
export interface OidcSettings {
  /** Exactly as tokens name it in `iss`. */
  readonly issuer: string;
  /** What tokens for this ledger name in `aud`. */
  readonly audience: string;
  /** `typ` of their header. */
  readonly tokenType: string;
}

/** RFC 9068, section 2.1; providers that predate it write `JWT`. */
const TOKEN_TYPES = ['at+jwt', 'JWT'];

/** @throws ConfigurationError */
export function readOidcSettings(given: (variable: string) => string | undefined): OidcSettings | undefined {
  const issuer = given('LODEBOOK_OIDC_ISSUER');
  const audience = given('LODEBOOK_OIDC_AUDIENCE');
  const tokenType = given('LODEBOOK_OIDC_TOKEN_TYPE') ?? TOKEN_TYPES[0]!;
  if (issuer === undefined) {
    if (audience === undefined) return undefined;
    throw new ConfigurationError('LODEBOOK_OIDC_ISSUER', 'must name the issuer that LODEBOOK_OIDC_AUDIENCE is for');
  }
  if (!isSafe(issuer)) {
    throw new ConfigurationError(
      'LODEBOOK_OIDC_ISSUER',
      'must be an https: address without a query (http: only on this machine)',
    );
  }
  if (audience === undefined) {
    throw new ConfigurationError('LODEBOOK_OIDC_AUDIENCE', 'must say what tokens for this ledger name as audience');
  }
  if (!TOKEN_TYPES.includes(tokenType)) {
    throw new ConfigurationError('LODEBOOK_OIDC_TOKEN_TYPE', `must be ${TOKEN_TYPES.join(' or ')}`);
  }
  return { issuer, audience, tokenType };
}

/** Whoever can answer in the issuer's place can impersonate anybody. */
function isSafe(issuer: string): boolean {
  if (!URL.canParse(issuer)) return false;
  const { protocol, hostname, search, hash } = new URL(issuer);
  const here = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return search === '' && hash === '' && (protocol === 'https:' || (protocol === 'http:' && here));
}
