import { Controller, Delete, Get, HttpCode, Param, Req, UseInterceptors } from '@nestjs/common';
import { ApiExtension, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { type CommandReceipt } from '#recording';
import { EVENT_DISCLOSURES, type EventDisclosures } from '../answers/disclosure-answers.js';
import { Allow } from '../access/policy.js';
import { principalOf } from '../caller/principal.js';
import { Disclosures } from '../disclosures/disclosures.js';
import { Problem } from '../problem/problem.js';
import { answerClass } from './openapi/answer-class.js';
import { Problems, CommandReceiptSchema } from './openapi/answers.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';
import { signatureOf } from './request-headers.js';

const EVENT = { name: 'event', schema: { type: 'string' as const, format: 'uuid' } };

/** The values behind a record's commitments, for callers that may see them. */
@ApiTags('Disclosures')
@Allow('read-withheld-values')
@Problems(400, 401, 404, 503)
@Controller('v1/disclosures')
export class DisclosuresController {
  readonly #disclosures: Disclosures;

  constructor(disclosures: Disclosures) {
    this.#disclosures = disclosures;
  }

  @Get(':event')
  @ApiOperation({ summary: 'What an event withholds, for its organisation and a regulator' })
  @ApiParam(EVENT)
  @ApiExtension('x-no-example', 'the demonstration chain withholds nothing')
  @ApiOkResponse({ type: answerClass(EVENT_DISCLOSURES) })
  @UseInterceptors(ReadYourWrites)
  async read(@Param('event') eventId: string, @Req() request: FastifyRequest): Promise<EventDisclosures> {
    const disclosures = await this.#disclosures.byId(eventId, principalOf(request));
    if (disclosures.length === 0) throw new Problem('not-found', `There is no disclosure of the event ${eventId}.`);
    return { eventId, disclosures };
  }

  @Delete(':event')
  @Allow('erase-withheld-values')
  @HttpCode(200)
  @Problems(409, 422)
  @ApiHeader({
    name: 'Lodebook-Signature',
    required: false,
    description:
      'Detached JWS (EdDSA) by a signing key of the organisation, over `{ "body": {}, "command": "erasure", "disclosure": event }` with the ledger and the organisation',
  })
  @ApiOperation({ summary: 'Erase what an event withholds permanently; the record and its proofs stay' })
  @ApiParam(EVENT)
  @ApiExtension('x-no-example', 'the demonstration chain withholds nothing')
  @ApiOkResponse({ type: CommandReceiptSchema })
  async erase(
    @Param('event') eventId: string,
    @Req() request: FastifyRequest,
  ): Promise<Pick<CommandReceipt, 'events'>> {
    const { events } = await this.#disclosures.erase(eventId, principalOf(request), signatureOf(request));
    return { events };
  }
}
