import * as oauth from 'oauth4webapi';
import { type IdentityProvider } from '../api/answers.js';
import { type Credential } from './credential.js';

/** Key of the sign-in in progress at the provider, used for one redirect back. */
const STORED = 'lodebook-sign-in';
/** How long to wait for the provider's answer, milliseconds. */
const PATIENCE = 10_000;

interface Begun {
  readonly provider: IdentityProvider;
  readonly state: string;
  readonly verifier: string;
  /** The page to return to. */
  readonly page: string;
}

/**
 * Redirects to the provider: authorization code flow with PKCE (RFC 7636), following RFC 9700. @throws Error with a
 * readable message
 */
export async function goToProvider(provider: IdentityProvider): Promise<void> {
  const { authorization_endpoint: endpoint } = await serverOf(provider);
  if (endpoint === undefined) throw new Error(`${provider.issuer} has no authorization endpoint.`);
  const verifier = oauth.generateRandomCodeVerifier();
  const begun: Begun = { provider, state: oauth.generateRandomState(), verifier, page: location.hash };
  const address = new URL(endpoint);
  for (const [name, value] of Object.entries({
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: here(),
    scope: provider.scope,
    state: begun.state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...resourceOf(provider),
  })) {
    address.searchParams.set(name, value);
  }
  sessionStorage.setItem(STORED, JSON.stringify(begun));
  location.assign(address);
}

/**
 * Takes the provider's response from the address, removes it there, and exchanges it for a token.
 * @throws Error with a readable message
 */
export async function comeFromProvider(): Promise<Credential> {
  const address = new URL(location.href);
  const stored = sessionStorage.getItem(STORED);
  sessionStorage.removeItem(STORED);
  if (stored === null) {
    history.replaceState(null, '', '/');
    throw new Error('This sign-in was started in another tab or has expired. Start again.');
  }
  const { provider, state, verifier, page } = JSON.parse(stored) as Begun;
  history.replaceState(null, '', `/${page}`);
  return inWords(provider, async () => {
    const server = await serverOf(provider);
    const client = { client_id: provider.clientId };
    const answer = oauth.validateAuthResponse(server, client, address, state);
    const options = { ...optionsOf(provider), additionalParameters: resourceOf(provider) };
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      answer,
      here(),
      verifier,
      options,
    );
    return credentialOf(await oauth.processAuthorizationCodeResponse(server, client, response), provider);
  });
}

/** Renews a token that is about to expire. @throws Error with a readable message */
export async function renew(provider: IdentityProvider, refreshToken: string): Promise<Credential> {
  return inWords(provider, async () => {
    const server = await serverOf(provider);
    const client = { client_id: provider.clientId };
    const options = { ...optionsOf(provider), additionalParameters: resourceOf(provider) };
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, options);
    const answer = await oauth.processRefreshTokenResponse(server, client, response);
    // A provider that issues no new refresh token keeps accepting the old one (RFC 6749, section 6).
    return credentialOf({ refresh_token: refreshToken, ...answer }, provider);
  });
}

async function serverOf(provider: IdentityProvider): Promise<oauth.AuthorizationServer> {
  return inWords(provider, async () => {
    const issuer = new URL(provider.issuer);
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, optionsOf(provider)));
  });
}

function optionsOf({ issuer }: IdentityProvider): {
  signal: AbortSignal;
  [oauth.allowInsecureRequests]: boolean;
} {
  // The ledger accepts such an issuer only on its own machine.
  return { signal: AbortSignal.timeout(PATIENCE), [oauth.allowInsecureRequests]: issuer.startsWith('http:') };
}

function resourceOf({ resource }: IdentityProvider): Record<string, string> {
  return resource === undefined ? {} : { resource };
}

/** The redirect URI that is registered at the provider. */
function here(): string {
  return `${location.origin}/`;
}

function credentialOf(answer: oauth.TokenEndpointResponse, provider: IdentityProvider): Credential {
  const { access_token: bearer, expires_in: seconds, refresh_token: refreshToken } = answer;
  return {
    bearer,
    provider,
    ...(seconds !== undefined && { until: Date.now() + seconds * 1_000 }),
    ...(refreshToken !== undefined && { refreshToken }),
  };
}

async function inWords<T>({ issuer }: IdentityProvider, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
      const { error: code, error_description: description } = error;
      throw new Error(`${issuer} refused: ${description ?? code} (${code}).`, { cause: error });
    }
    if (error instanceof TypeError || error instanceof DOMException) {
      throw new Error(`${issuer} is not responding, or does not allow requests from this page.`, { cause: error });
    }
    throw new Error(`The answer of ${issuer} is not valid: ${(error as Error).message}.`, { cause: error });
  }
}
