import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
  getSchemaPath,
  ApiExtraModels,
} from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { ReadModelProgress } from '#read-model';
import { Allow } from '../access/policy.js';
import { principalOf } from '../caller/principal.js';
import { NewsDesk } from '../news/news-desk.js';
import { invalidRequest, queryProblem } from '../shapes/validation.js';
import { whenGone } from '../reading/when-gone.js';
import { wholeNumber } from './audit-proofs.controller.js';
import { Problems } from './openapi/answers.js';
import { NewsSchema } from './openapi/query-answers.js';
import { readQuery, type QueryString } from './page.js';
import { requireFilled } from './read-your-writes.interceptor.js';
import { Stopping, until } from './stopping.js';

const EVENT_STREAM = 'text/event-stream';

@ApiTags('News')
@ApiExtraModels(NewsSchema)
@Problems(400, 401, 429, 503)
@Allow('read-custody')
@Controller('v1/news')
export class NewsController {
  readonly #desk: NewsDesk;
  readonly #tables: ReadModelProgress;
  readonly #stopping: Stopping;

  constructor(desk: NewsDesk, tables: ReadModelProgress, stopping: Stopping) {
    this.#desk = desk;
    this.#tables = tables;
    this.#stopping = stopping;
  }

  @Get()
  @RouteConfig({ compress: false })
  @ApiOperation({
    summary: 'What was recorded since, as far as you may see it: at once, or as server-sent events from then on',
    description:
      'With `Accept: text/event-stream` a stream: `news` is an event that was recorded (to an organisation, on a batch that it sees), its id the log index; `judged` says that verdicts have come further; `anew` that too much was missed to be told. `Last-Event-ID` goes on where a stream broke off. A stream ends after two minutes, for the client to come back; a key may hold 8.',
  })
  @ApiQuery({
    name: 'after',
    required: false,
    schema: { type: 'integer', minimum: 0 },
    description: 'The last log index that is known; default: from now on',
    examples: { demonstration: { value: 1500 } },
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'As `after`, of a stream that broke off' })
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(NewsSchema) } },
      [EVENT_STREAM]: { schema: { type: 'string' } },
    },
  })
  async news(@Query() query: QueryString, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { after } = readQuery(query, ['after']);
    const known = after === undefined ? undefined : Number(wholeNumber('after', after));
    const principal = principalOf(request);
    requireFilled(this.#tables);
    if (!(request.headers.accept ?? '').includes(EVENT_STREAM)) {
      const { items, upTo } = await this.#desk.after(principal, known ?? this.#desk.last);
      await reply.send({ items, upTo });
      return;
    }
    const gone = AbortSignal.any([whenGone(reply), this.#stopping.signal]);
    const stream = this.#desk.stream(principal, lastEventId(request) ?? known, gone);
    await reply
      .type(`${EVENT_STREAM}; charset=utf-8`)
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .send(Readable.from(until(this.#stopping.signal, stream)));
  }
}

/** @throws Problem `invalid-request` */
function lastEventId({ headers }: FastifyRequest): number | undefined {
  const id = headers['last-event-id'];
  if (id === undefined || id === '') return undefined;
  if (typeof id !== 'string' || !/^\d{1,15}$/.test(id)) {
    throw invalidRequest([
      { ...queryProblem('after', 'malformed', 'must be a log index'), path: 'header Last-Event-ID' },
    ]);
  }
  return Number(id);
}
