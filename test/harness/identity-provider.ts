import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import Provider from 'oidc-provider';

export const AUDIENCE = 'urn:lodebook:test';

/** A real OpenID provider on a port of this machine, whose tokens carry the claims that a test asks for. */
export class IdentityProvider {
  #claims: Record<string, unknown> = {};
  #server: Server | undefined;
  #port = 0;
  #keys: JsonWebKey[] = [];
  #redirectUri: string | undefined;
  /** Lifetime of its access tokens, seconds. */
  tokenLife = 600;
  /** Number of requests for its keys. */
  keyRequests = 0;

  /** @param redirectUri of users who sign in; none: users cannot sign in */
  static async start(redirectUri?: string): Promise<IdentityProvider> {
    const provider = new IdentityProvider();
    provider.#redirectUri = redirectUri;
    provider.rotate();
    await provider.open();
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The private key that it signs with now. */
  get signingKey(): KeyObject {
    return createPrivateKey({ key: this.#keys[0]!, format: 'jwk' });
  }

  get keyId(): string {
    return this.#keys[0]!['kid'] as string;
  }

  /** Signs with a new key from the next start on; the old one is discarded. */
  rotate(): void {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const kid = `key-${Math.random().toString(36).slice(2)}`;
    this.#keys = [{ ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }];
  }

  /** Listens on the address that it had before, if it had one. */
  async open(): Promise<void> {
    this.#server = createServer();
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as { port: number }).port;
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: 'weighbridge',
          client_secret: 'secret',
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
        },
        ...(this.#redirectUri === undefined ? [] : [consoleClient(this.#redirectUri)]),
      ],
      clientBasedCORS: () => true,
      ttl: { AccessToken: () => this.tokenLife, ClientCredentials: 600 },
      issueRefreshToken: () => true,
      jwks: { keys: this.#keys },
      extraTokenClaims: () => this.#claims,
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: this.#redirectUri !== undefined },
        resourceIndicators: {
          enabled: true,
          useGrantedResource: () => true,
          getResourceServerInfo: (_: unknown, audience: string) => ({
            scope: 'record',
            audience,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
    });
    const answer = provider.callback();
    this.#server.on('request', (request, response) => {
      if (request.url?.includes('jwks')) this.keyRequests++;
      response.shouldKeepAlive = false; // the provider may be stopped before the next request
      void answer(request, response);
    });
  }

  async close(): Promise<void> {
    if (!this.#server) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** The claims in the tokens of users who sign in from now on. */
  says(claims: Record<string, unknown>): void {
    this.#claims = claims;
  }

  /** An access token by the client credentials grant (RFC 6749, 4.4) for a resource (RFC 8707). */
  async token(claims: Record<string, unknown>, resource = AUDIENCE): Promise<string> {
    this.#claims = claims;
    const answer = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('weighbridge:secret')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'record', resource }),
    });
    const { access_token: token } = (await answer.json()) as { access_token?: string };
    if (token === undefined) throw new Error(`the provider answered ${answer.status}`);
    return token;
  }
}

/** A public client (a page without a secret), as registered at a provider. */
function consoleClient(redirectUri: string): object {
  return {
    client_id: 'console',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
}
