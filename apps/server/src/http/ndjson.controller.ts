import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Allow } from '../access/policy.js';
import { principalOf } from '../caller/principal.js';
import { lineGroupsOf } from '../intake/command-lines.js';
import { type LineAnswer, recordLines } from '../intake/command-stream.js';
import { commandLineOf } from '../intake/command-line.js';
import { CommandDesk } from '../intake/command-desk.js';
import { gathered } from '../intake/gathered.js';
import { StreamPace } from '../load-shedding/stream-pace.js';
import { Problem } from '../problem/problem.js';
import { NDJSON, type BodyConfig } from './bodies.js';
import { Problems } from './openapi/answers.js';
import { Stopping, until } from './stopping.js';
import { commandStreamExample } from './openapi/stream-example.js';
import { headerOf } from './request-headers.js';

@ApiTags('Custody')
@Allow('stream-commands')
@Controller('v1/sites/:site/commands')
export class NdjsonController {
  readonly #desk: CommandDesk;
  readonly #stopping: Stopping;

  constructor(desk: CommandDesk, stopping: Stopping) {
    this.#desk = desk;
    this.#stopping = stopping;
  }

  @Post()
  @RouteConfig({ takes: NDJSON } satisfies BodyConfig)
  @ApiOperation({
    summary: 'Stream commands to a site, one per line',
    description:
      'Each line `{ "command", "idempotencyKey"?, "signature"?, "body" }` is answered by a line, in order: the receipt, or the problem. One bad line never stops the rest. With `Prefer: replayed` the receipt of what was recorded before says `"replayed": true`.',
    operationId: 'sites-site-commands',
  })
  @ApiParam({
    name: 'site',
    schema: { type: 'string' },
    examples: { demonstration: { value: commandStreamExample.site } },
  })
  @ApiConsumes(NDJSON)
  @ApiBody({ schema: { type: 'string' }, examples: { demonstration: { value: commandStreamExample.body } } })
  @ApiResponse({ status: 200, description: 'A line each', content: { [NDJSON]: { schema: { type: 'string' } } } })
  @Problems(400, 401, 415)
  stream(@Param('site') site: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { body } = request;
    if (!(body instanceof Readable)) throw new Problem('unsupported-media-type', `Send ${NDJSON}.`);
    const principal = principalOf(request);
    const pace = new StreamPace(() => reply.raw.destroy());
    reply.raw.once('close', () => pace.stop());
    const desk = this.#desk;
    const fixed = { site };
    const answers = recordLines(until(this.#stopping.signal, pace.through(lineGroupsOf(body))), {
      prepare: (line) => {
        const { route, target, body, idempotencyKey, signature } = commandLineOf(line, fixed);
        return desk.prepare({ route, target, body, principal, idempotencyKey, signature });
      },
      execute: (command) => desk.execute(command),
    });
    const tellsReplayed = prefersReplayed(request);
    if (tellsReplayed) void reply.header('preference-applied', 'replayed');
    void reply
      .status(200)
      .type(NDJSON)
      .send(Readable.from(gathered(textOf(pace.through(answers), tellsReplayed))));
  }
}

async function* textOf(groups: AsyncIterable<readonly LineAnswer[]>, tellsReplayed: boolean): AsyncGenerator<string> {
  for await (const answers of groups) yield answers.map((answer) => lineOf(answer, tellsReplayed)).join('');
}

function lineOf(answer: LineAnswer, tellsReplayed: boolean): string {
  if (!('events' in answer)) return `${JSON.stringify(answer)}\n`;
  const { events, replayed, warnings } = answer;
  if (!warnings && !(replayed && tellsReplayed)) return `${JSON.stringify({ events })}\n`;
  return `${JSON.stringify({ events, ...(replayed && tellsReplayed && { replayed }), ...(warnings && { warnings }) })}\n`;
}

/** RFC 7240: a client may ask to be told, line by line, what had been recorded before. */
function prefersReplayed(request: FastifyRequest): boolean {
  const preferences = headerOf(request, 'prefer') ?? '';
  return preferences.split(',').some((preference) => preference.trim().toLowerCase() === 'replayed');
}
