import { Body, Controller, Get, Param, Post, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBody,
  ApiExtension,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { ConfusableIds, LedgerQueries, type ConfusablePair, type EventRange, type Page } from '#read-model';
import { pattern } from '#vocabulary';
import { Allow } from '../access/policy.js';
import { type ReplayState } from '../answers/audit-answers.js';
import { type Differences } from '../answers/difference-answers.js';
import { principalOf, visibilityOfRequest } from '../caller/principal.js';
import { Replays } from '../audit/replays.js';
import { shapeOf } from '../shapes/shape.js';
import { invalidRequest, parseBody, queryProblem } from '../shapes/validation.js';
import { wholeNumber } from './audit-proofs.controller.js';
import { NDJSON } from './bodies.js';
import { Problems } from './openapi/answers.js';
import { ConfusablePairsSchema, DifferencesSchema, ReplaySchema } from './openapi/audit-answers.js';
import { orNotFound, Paged, pageOf, readQuery, type QueryString } from './page.js';
import { Stopping, until } from './stopping.js';
import { LongReads } from '../reading/long-reads.js';
import { whenGone } from '../reading/when-gone.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

const REPLAY = shapeOf('ReplayDto', {
  until: pattern(/^[^]{0,64}$/, 'must be a text of 64 characters at most', { optional: true }),
  programme: pattern(/^[^]{0,256}$/, 'must be a text of 256 characters at most', { optional: true }),
});

const EVENT_STREAM = 'text/event-stream; charset=utf-8';

@ApiTags('Audit')
@Problems(400, 401, 404, 503)
@UseInterceptors(ReadYourWrites)
@Allow('audit-log')
@Controller('v1/audit')
export class AuditController {
  readonly #ledger: LedgerQueries;
  readonly #replays: Replays;
  readonly #stopping: Stopping;
  readonly #reads: LongReads;
  readonly #confusables: ConfusableIds;

  constructor(
    ledger: LedgerQueries,
    replays: Replays,
    stopping: Stopping,
    reads: LongReads,
    confusables: ConfusableIds,
  ) {
    this.#ledger = ledger;
    this.#replays = replays;
    this.#stopping = stopping;
    this.#reads = reads;
    this.#confusables = confusables;
  }

  @Get('events')
  @ApiOperation({
    summary: 'The log itself, one line per event: { logIndex, record }, from any index, in constant memory',
  })
  @ApiQuery({
    name: 'from',
    required: false,
    schema: { type: 'integer', minimum: 0 },
    examples: { demonstration: { value: 1500 } },
  })
  @ApiQuery({ name: 'to', required: false, schema: { type: 'integer' }, description: 'Inclusive; default: the last' })
  @ApiQuery({
    name: 'stream',
    required: false,
    schema: { type: 'string' },
    examples: { demonstration: { value: 'site-aosora-hydroxide' } },
  })
  @ApiProduces(NDJSON)
  async events(@Query() query: QueryString, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { from, to, stream } = readQuery(query, ['from', 'to', 'stream']);
    const range: EventRange = {
      ...(from !== undefined && { from: Number(wholeNumber('from', from)) }),
      ...(to !== undefined && { to: Number(wholeNumber('to', to)) }),
      ...(stream !== undefined && { stream }),
    };
    if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
      throw invalidRequest([queryProblem('from', 'not-allowed', 'must not lie after to')]);
    }
    await reply.type(NDJSON).send(Readable.from(linesOf(this.#ledger.events(visibilityOfRequest(request), range))));
  }

  @Get('confusable-ids')
  @ApiOperation({ summary: 'Ids that look like those of another organisation (UTS 39), the latest first' })
  @Paged()
  @ApiOkResponse({ type: ConfusablePairsSchema })
  confusableIds(@Query() query: QueryString): Promise<Page<ConfusablePair>> {
    return this.#confusables.pairs(pageOf(readQuery(query, ['limit', 'cursor'])));
  }

  @Post('replays')
  @ApiOperation({ summary: 'Rebuild everything from the first event in a separate place, and judge every batch' })
  @ApiBody({
    required: false,
    schema: {
      type: 'object',
      properties: {
        until: { type: 'string', description: 'Log index or recorded time; default: the size at which it starts' },
        programme: { type: 'string', description: 'Default: all' },
      },
    },
    examples: { demonstration: { value: { until: '500', programme: 'us-japan-cma-2023' } } },
  })
  @ApiResponse({ status: 202, type: ReplaySchema })
  async replay(@Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<ReplayState> {
    const state = await this.#replays.order(parseBody(REPLAY, body ?? {}));
    void reply.status(202).header('location', `/v1/audit/replays/${state.id}`);
    return state;
  }

  @Get('replays/:id')
  @ApiExtension('x-no-example', 'The id is the one that the server gave the replay')
  @ApiOperation({ summary: 'The progress of a replay, and its result' })
  @ApiOkResponse({ type: ReplaySchema })
  state(@Param('id') id: string): ReplayState {
    return orNotFound(this.#replays.state(id), `replay ${id}`);
  }

  @Get('replays/:id/progress')
  @ApiExtension('x-no-example', 'The id is the one that the server gave the replay')
  @RouteConfig({ compress: false })
  @ApiOperation({ summary: 'The progress of a replay as server-sent events, up to the last: done or failed' })
  @ApiProduces('text/event-stream')
  async progress(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    orNotFound(this.#replays.state(id), `replay ${id}`);
    await reply
      .type(EVENT_STREAM)
      .send(Readable.from(serverSent(until(this.#stopping.signal, this.#replays.watch(id)))));
  }

  @Get('differences')
  @ApiOperation({ summary: 'Which verdicts changed between two moments, and because of which events' })
  @ApiQuery({
    name: 'from',
    required: true,
    schema: { type: 'string' },
    description: 'Log index or recorded time',
    examples: { demonstration: { value: '1480' } },
  })
  @ApiQuery({
    name: 'to',
    required: false,
    schema: { type: 'string' },
    description: 'Default: the last event',
    examples: { demonstration: { value: '1500' } },
  })
  @ApiQuery({
    name: 'programme',
    required: false,
    schema: { type: 'string' },
    description: 'Default: all',
    examples: { demonstration: { value: 'oecd-due-diligence' } },
  })
  @ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' } })
  @ApiOkResponse({ type: DifferencesSchema })
  async compare(
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Differences> {
    const { from, to, programme, cursor } = readQuery(query, ['from', 'to', 'programme', 'cursor']);
    if (from === undefined) throw invalidRequest([queryProblem('from', 'missing', 'must be a log index or a time')]);
    const question = { from, to, programme, cursor };
    const read = { kind: 'differences', visibility: visibilityOfRequest(request), question } as const;
    const answer = await this.#reads.answer(principalOf(request), read, whenGone(reply));
    return JSON.parse(answer.toString('utf8')) as Differences;
  }
}

async function* linesOf(events: ReturnType<LedgerQueries['events']>): AsyncGenerator<string> {
  // The record as it is hashed: parsed and serialised again, it could differ.
  for await (const { logIndex, record } of events) yield `{"logIndex":${logIndex},"record":${record}}\n`;
}

async function* serverSent(states: AsyncIterable<ReplayState>): AsyncGenerator<string> {
  for await (const state of states) {
    const event = state.status === 'done' || state.status === 'failed' ? state.status : 'progress';
    yield `event: ${event}\ndata: ${JSON.stringify(state)}\n\n`;
  }
}
