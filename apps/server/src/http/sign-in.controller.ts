import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { object, term, type AnswerOf } from '#vocabulary';
import { PublicRoute } from '../access/policy.js';
import { type OidcSettings } from '../configuration/oidc-settings.js';
import { answerClass } from './openapi/answer-class.js';

export const OIDC_SETTINGS = Symbol('OidcSettings');

const IDENTITY_PROVIDER = {
  issuer: term({ description: 'Its discovery document is below it (OpenID Connect Discovery)' }),
  clientId: term({ description: 'Of the console: a public client, redirected to `/` of the ledger' }),
  scope: term({ description: 'With a space between scopes' }),
  resource: term({ optional: true, description: 'RFC 8707; none: the scope says for whom the token is' }),
};
const SIGN_IN = {
  name: 'SignIn',
  fields: {
    identityProvider: object('IdentityProvider', IDENTITY_PROVIDER, {
      optional: true,
      description: 'None: there are keys only',
    }),
  },
};

@ApiTags('Organisations')
@Controller('v1/sign-in')
export class SignInController {
  readonly #oidc: OidcSettings | undefined;

  constructor(@Inject(OIDC_SETTINGS) oidc: OidcSettings | undefined) {
    this.#oidc = oidc;
  }

  @Get()
  @PublicRoute()
  @ApiOperation({
    summary: 'Where people sign in, beside keys',
    description:
      'A program in a browser gets an access token of the identity provider by the authorization code flow with PKCE, and sends it as it would send a key.',
  })
  @ApiOkResponse({ type: answerClass(SIGN_IN) })
  ways(): AnswerOf<typeof SIGN_IN> {
    if (!this.#oidc?.console) return {};
    return { identityProvider: { issuer: this.#oidc.issuer, ...this.#oidc.console } };
  }
}
