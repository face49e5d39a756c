import { ConfigurationError } from './configuration-error.js';

/** The identity provider whose access tokens are accepted beside API keys. */
export interface OidcSettings {
  /** Exactly as tokens name it in `iss`. */
  readonly issuer: string;
  /** What tokens for this ledger name in `aud`. */
  readonly audience: string;
  /** `typ` of their header. */
  readonly tokenType: string;
  /** The console's client there, for people to sign in; undefined: they sign in with keys only. */
  readonly console: ConsoleClient | undefined;
}

/** The console as the provider knows it: a public client, for the authorization code flow with PKCE (RFC 7636). */
export interface ConsoleClient {
  readonly clientId: string;
  /** The scopes it requests, separated by spaces. */
  readonly scope: string;
  /** RFC 8707: the resource that the token is for; undefined: the scope names it. */
  readonly resource?: string;
}

/** RFC 9068, section 2.1; providers that predate it write `JWT`. */
const TOKEN_TYPES = ['at+jwt', 'JWT'];

/** @throws ConfigurationError */
export function readOidcSettings(given: (variable: string) => string | undefined): OidcSettings | undefined {
  const issuer = given('LODEBOOK_OIDC_ISSUER');
  const audience = given('LODEBOOK_OIDC_AUDIENCE');
  const tokenType = given('LODEBOOK_OIDC_TOKEN_TYPE') ?? TOKEN_TYPES[0]!;
  const clientId = given('LODEBOOK_OIDC_CLIENT_ID');
  const scope = given('LODEBOOK_OIDC_SCOPE');
  if (issuer === undefined) {
    if (clientId !== undefined) {
      throw new ConfigurationError('LODEBOOK_OIDC_ISSUER', 'must name the issuer that LODEBOOK_OIDC_CLIENT_ID is of');
    }
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
  return { issuer, audience, tokenType, console: consoleClientOf(clientId, scope, audience) };
}

/**
 * Providers that do not support `resource` have scopes that name it; then the scope is configured, and no `resource`
 * sent.
 */
function consoleClientOf(
  clientId: string | undefined,
  scope: string | undefined,
  audience: string,
): ConsoleClient | undefined {
  if (clientId === undefined) {
    if (scope === undefined) return undefined;
    throw new ConfigurationError('LODEBOOK_OIDC_CLIENT_ID', 'must name the client that LODEBOOK_OIDC_SCOPE is for');
  }
  // RFC 6749, appendix A.4.
  if (scope !== undefined && !/^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(scope)) {
    throw new ConfigurationError('LODEBOOK_OIDC_SCOPE', 'must be scopes with a space between them');
  }
  if (scope !== undefined) return { clientId, scope };
  return { clientId, scope: 'openid', ...(URL.canParse(audience) && { resource: audience }) };
}

/** Whoever can answer in the issuer's place can impersonate anybody. */
function isSafe(issuer: string): boolean {
  if (!URL.canParse(issuer)) return false;
  const { protocol, hostname, search, hash } = new URL(issuer);
  const here = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return search === '' && hash === '' && (protocol === 'https:' || (protocol === 'http:' && here));
}
