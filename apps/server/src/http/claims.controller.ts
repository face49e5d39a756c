import { Controller, Get, Param, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { programmeReference, type Programme } from '#claims';
import { LedgerClock } from '#recording';
import { ProgrammeLibrary } from '#programmes';
import { type ProgrammeHead } from '../answers/file-answers.js';
import { Allow } from '../access/policy.js';
import { principalOf } from '../caller/principal.js';
import { ClaimsParameters, readClaimsQuery } from './claims-query.js';
import { Problems } from './openapi/answers.js';
import { ProgrammePageSchema, ProgrammeSchema } from './openapi/file-answers.js';
import { ClaimsSchema } from './openapi/query-answers.js';
import { orNotFound, readQuery, type QueryString } from './page.js';
import { JSON_TYPE, LongReads } from '../reading/long-reads.js';
import { whenGone } from '../reading/when-gone.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

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
  @ClaimsParameters()
  @ApiOkResponse({ type: ClaimsSchema })
  async judge(
    @Param('batch') batchId: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const question = { kind: 'batch', batchId, ...readClaimsQuery(query, request) } as const;
    const principal = principalOf(request);
    const answer = await this.#reads.answer(principal, { kind: 'claims', principal, question }, whenGone(reply));
    await reply.type(JSON_TYPE).send(answer);
  }

  @Get('programmes')
  @ApiOperation({ summary: 'The programmes, every version' })
  @ApiOkResponse({ type: ProgrammePageSchema })
  programmes(@Query() query: QueryString): { items: ProgrammeHead[]; next: null } {
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
