import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SIGN_IN_ANSWER, type SignInAnswer } from '../answers/sign-in-answers.js';
import { PublicRoute } from '../access/policy.js';
import { type OidcSettings } from '../configuration/oidc-settings.js';
import { answerClass } from './openapi/answer-class.js';

export const OIDC_SETTINGS = Symbol('OidcSettings');

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
  @ApiOkResponse({ type: answerClass(SIGN_IN_ANSWER) })
  ways(): SignInAnswer {
    if (!this.#oidc?.console) return {};
    return { identityProvider: { issuer: this.#oidc.issuer, ...this.#oidc.console } };
  }
}
