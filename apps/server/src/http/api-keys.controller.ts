import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiExtension,
  ApiBody,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ACCESS_ROLES } from '#access';
import { type Page } from '#read-model';
import { oneOf, text } from '#vocabulary';
import { ApiKeyRegistry, type IssuedKey, type ShownKey } from '../command/api-keys.js';
import { Allow } from '../access/policy.js';
import { principalOf } from '../caller/principal.js';
import { shapeOf } from '../shapes/shape.js';
import { parseBody } from '../shapes/validation.js';
import { ApiKeyPageSchema, IssuedKeySchema } from './openapi/access-answers.js';
import { Problems } from './openapi/answers.js';
import { orNotFound, Paged, pageOf, readQuery, sliceOf, type QueryString } from './page.js';
import { idempotencyKeyOf } from './request-headers.js';

const ORGANISATION = {
  name: 'organisation',
  schema: { type: 'string' as const },
  examples: { demonstration: { value: 'aosora' } },
};

const KEY_REQUEST = shapeOf('IssueApiKeyDto', {
  label: text({ description: 'Its holder’s name for it', example: 'Weighbridge' }),
  role: oneOf(ACCESS_ROLES, { description: 'Must fit what the organisation is' }),
});

@ApiTags('Organisations')
@Problems(400, 401, 404, 503)
@Allow('issue-keys')
@Controller('v1/organisations/:organisation/api-keys')
export class ApiKeysController {
  readonly #keys: ApiKeyRegistry;

  constructor(keys: ApiKeyRegistry) {
    this.#keys = keys;
  }

  @Post()
  @ApiOperation({ summary: 'Issue an API key for an organisation; the key is shown once, in this answer' })
  @ApiParam(ORGANISATION)
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Same key and body: no second key; the answer names the first without showing it',
  })
  @ApiBody({
    type: KEY_REQUEST.dto,
    examples: { demonstration: { value: { label: 'Weighbridge', role: 'custodian' } } },
  })
  @ApiResponse({ status: 201, type: IssuedKeySchema })
  @Problems(409, 422)
  async issue(
    @Param('organisation') organisationId: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IssuedKey> {
    const { label, role } = parseBody(KEY_REQUEST, body);
    const asked = { principal: principalOf(request), idempotencyKey: idempotencyKeyOf(request) };
    const issued = await this.#keys.issue(organisationId, { label, role }, asked);
    if (issued.key === undefined) void reply.header('idempotent-replayed', 'true');
    return issued;
  }

  @Get()
  @ApiOperation({ summary: 'The API keys of an organisation in the order of issue, with the last use of each' })
  @ApiParam(ORGANISATION)
  @Paged()
  @ApiOkResponse({ type: ApiKeyPageSchema })
  async list(@Param('organisation') organisationId: string, @Query() query: QueryString): Promise<Page<ShownKey>> {
    const page = pageOf(readQuery(query, ['limit', 'cursor']));
    const keys = orNotFound(await this.#keys.list(organisationId), `organisation ${organisationId}`);
    return sliceOf('api-keys', keys, page, ({ keyId }) => keyId);
  }

  @Delete(':keyId')
  @ApiExtension('x-no-example', 'The id is the one that the server gave the key')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a key immediately and permanently' })
  @ApiParam(ORGANISATION)
  @ApiParam({ name: 'keyId', schema: { type: 'string' } })
  @ApiResponse({ status: 204, description: 'Revoked, now or before' })
  async revoke(
    @Param('organisation') organisationId: string,
    @Param('keyId') keyId: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.#keys.revoke(organisationId, keyId, principalOf(request));
  }
}
