/** What is answered of how people sign in. */
import { object, term, type ReadonlyOf } from '#vocabulary';

const IDENTITY_PROVIDER = {
  issuer: term({ description: 'Its discovery document is below it (OpenID Connect Discovery)' }),
  clientId: term({ description: 'Of the console: a public client, redirected to `/` of the ledger' }),
  scope: term({ description: 'With a space between scopes' }),
  resource: term({ optional: true, description: 'RFC 8707; none: the scope says for whom the token is' }),
};
export type IdentityProvider = ReadonlyOf<typeof IDENTITY_PROVIDER>;

export const SIGN_IN_ANSWER = {
  name: 'SignIn',
  fields: {
    identityProvider: object('IdentityProvider', IDENTITY_PROVIDER, {
      optional: true,
      description: 'None: there are keys only',
    }),
  },
};
export type SignInAnswer = ReadonlyOf<(typeof SIGN_IN_ANSWER)['fields']>;
