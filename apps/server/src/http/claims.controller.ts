import { Controller, Get, Param, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { BATTERY_CATEGORIES, programmeReference, type Programme } from '#claims';
import { LedgerClock } from '#recording';
import { ProgrammeLibrary } from '#programmes';
import { Allow } from '../access/policy.js';
import { principalOf } from '../caller/principal.js';
import { instantOf } from '../claims/as-of.js';
import { invalidRequest, queryProblem } from '../shapes/validation.js';
import { Problems } from './openapi/answers.js';
import { ClaimsSchema, ProgrammeListSchema, ProgrammeSchema } from './openapi/claims-answers.js';
import { oneOf, orNotFound, readQuery, type QueryString } from './page.js';
import { LongReads } from '../reading/long-reads.js';
import { whenGone } from '../reading/when-gone.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

/** As every other answer in JSON has it. */
const JSON_TYPE = 'application/json; charset=utf-8';

@ApiTags('Claims')
@ApiHeader({ name: 'Ledger-Position', required: false, description: 'Answer once the read model has this position' })
@Problems(400, 401, 404, 503)
@UseInterceptors(ReadYourWrites)
@Allow('read-programmes')
@Controller('v1')
export class ClaimsController {
  readonly #reads: LongReads;
  readonly #library: ProgrammeLibrary;
  readonly #clock: LedgerClock;

  constructor(reads: LongReads, library: ProgrammeLibrary, clock: LedgerClock) {
    this.#reads = reads;
    this.#library = library;
    this.#clock = clock;
  }

  @Get('batches/:batch/claims')
  @Allow('read-custody')
  @ApiOperation({
    summary: 'Whether the claims of a programme hold for a batch, at any moment, and which events decide',
  })
  @ApiParam({ name: 'batch', schema: { type: 'string' }, examples: { demonstration: { value: 'battery-5-b' } } })
  @ApiQuery({
    name: 'programme',
    required: true,
    schema: { type: 'string' },
    examples: { demonstration: { value: 'us-japan-cma-2023' } },
    description: '`id`, or `id@version`',
  })
  @ApiQuery({
    name: 'validAt',
    required: false,
    schema: { type: 'string', format: 'date-time' },
    description: 'Moment in the world; default: now',
    examples: { demonstration: { value: '2026-10-31T00:00:00.000Z' } },
  })
  @ApiQuery({
    name: 'knownAt',
    required: false,
    schema: { type: 'string' },
    description: 'Log index or recorded time; default: all that is known',
  })
  @ApiQuery({
    name: 'rulesAt',
    required: false,
    schema: { type: 'string', format: 'date-time' },
    description:
      'The law of which moment applies; default: of a product that of the day on which it was placed on the market, else that of `validAt`',
  })
  @ApiQuery({
    name: 'indicative',
    required: false,
    schema: { type: 'string', enum: ['true', 'false'] },
    description: 'Judge by rules whose duty is laid on products, too: what they would say of the batch, marked as such',
  })
  @ApiQuery({
    name: 'batteryCategory',
    required: false,
    schema: { type: 'string', enum: [...BATTERY_CATEGORIES] },
    description: 'As if the batch were a battery of this category: an indication, whatever `indicative` says',
  })
  @ApiQuery({
    name: 'restsOn',
    required: false,
    schema: { type: 'string', enum: ['true', 'false'] },
    description: 'Say which attestations each line rests on, and what would be missing if one of them fell',
  })
  @ApiOkResponse({ type: ClaimsSchema })
  async judge(
    @Param('batch') batchId: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { programme, validAt, knownAt, rulesAt, batteryCategory, indicative, restsOn } = readQuery(query, [
      'programme',
      'validAt',
      'knownAt',
      'rulesAt',
      'batteryCategory',
      'indicative',
      'restsOn',
    ]);
    if (programme === undefined) throw invalidRequest([queryProblem('programme', 'missing', 'must name a programme')]);
    const question = {
      batchId,
      programme,
      validAt: instantOf('validAt', validAt) ?? this.#clock.now(),
      knownAt,
      rulesAt: instantOf('rulesAt', rulesAt),
      indicative: batteryCategory !== undefined || oneOf('indicative', indicative, ['true', 'false']) === 'true',
      batteryCategory: oneOf('batteryCategory', batteryCategory, BATTERY_CATEGORIES),
      restsOn: oneOf('restsOn', restsOn, ['true', 'false']) === 'true',
    };
    const principal = principalOf(request);
    const answer = await this.#reads.answer(principal, { kind: 'claims', principal, question }, whenGone(reply));
    await reply.type(JSON_TYPE).send(answer);
  }

  @Get('programmes')
  @ApiOperation({ summary: 'The programmes, every version' })
  @ApiOkResponse({ type: ProgrammeListSchema })
  programmes(@Query() query: QueryString): { items: object[]; next: null } {
    readQuery(query, []);
    const items = this.#library.programmes.map((programme) => {
      const { id, version, title, published, source } = programme;
      return { programme: programmeReference(programme), id, version, title, published, source };
    });
    return { items, next: null };
  }

  @Get('programmes/:programme')
  @ApiOperation({ summary: 'A programme with its rules, dates and citations' })
  @ApiParam({
    name: 'programme',
    schema: { type: 'string' },
    examples: { demonstration: { value: 'eu-battery-2023-1542' } },
  })
  @ApiOkResponse({ type: ProgrammeSchema })
  programme(@Param('programme') reference: string): Programme {
    return orNotFound(this.#library.choose(reference, this.#clock.now()), `programme ${reference}`);
  }
}
