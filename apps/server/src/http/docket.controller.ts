import { Controller, Get, Param, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import {
  ApiExtension,
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { DocketQueries, type AwaitingAnswer, type DocketAnswer, type NotOnDocket, type Page } from '#read-model';
import { Allow, PublicRoute } from '../access/policy.js';
import { Problems } from './openapi/answers.js';
import { AwaitingPageSchema, DocketEntrySchema, DocketPageSchema, NotOnDocketSchema } from './openapi/query-answers.js';
import { orNotFound, Paged, pageOf, readQuery, sliceOf, type QueryString } from './page.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

/** How long caches may keep what is the same for everybody, in seconds. */
const KEPT_SECONDS = 10;

@ApiTags('Concerns')
@ApiHeader({ name: 'Ledger-Position', required: false, description: 'Answer once the read model has this position' })
@UseInterceptors(ReadYourWrites)
@Controller('v1')
export class DocketController {
  readonly #docket: DocketQueries;

  constructor(docket: DocketQueries) {
    this.#docket = docket;
  }

  @Get('docket')
  @PublicRoute()
  @ApiOperation({
    summary: 'Concerns that regulators have admitted, with their state, comments and answers; the same for everybody',
    description: 'A site is named if its organisation chose to be open; otherwise it and the concern have pseudonyms.',
  })
  @Paged()
  @ApiOkResponse({ type: DocketPageSchema })
  async entries(
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<DocketAnswer>> {
    const answer = await this.#docket.entries(pageOf(readQuery(query, ['limit', 'cursor'])));
    letOthersKeep(request, reply);
    return answer;
  }

  @Get('docket/:entry')
  @PublicRoute()
  @ApiOperation({
    summary: 'One concern of the docket, by its id on the docket',
    description:
      'The `Location` of the answer to whoever raised a concern is this address. Before the concern is admitted, and when it is declined, it tells only the status.',
  })
  @ApiParam({ name: 'entry', schema: { type: 'string' } })
  @ApiExtension('x-no-example', 'Each ledger gives a concern another id')
  @ApiExtraModels(DocketEntrySchema, NotOnDocketSchema)
  @ApiOkResponse({
    description: 'Its entry, or only what became of it',
    schema: { anyOf: [{ $ref: getSchemaPath(DocketEntrySchema) }, { $ref: getSchemaPath(NotOnDocketSchema) }] },
  })
  @Problems(404)
  async entry(
    @Param('entry') asked: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DocketAnswer | NotOnDocket> {
    readQuery(query, []);
    const followed = orNotFound(await this.#docket.entry(asked), `concern ${asked} on the docket`);
    if (followed.found === 'hidden') return followed.concern;
    letOthersKeep(request, reply);
    return followed.entry;
  }

  @Get('concerns/queue')
  @Allow('handle-concerns')
  @ApiOperation({ summary: 'Concerns and comments sent without a key that await admission, oldest first' })
  @Paged()
  @ApiOkResponse({ type: AwaitingPageSchema })
  @Problems(401, 403)
  async queue(@Query() query: QueryString): Promise<Page<AwaitingAnswer>> {
    const page = pageOf(readQuery(query, ['limit', 'cursor']));
    return sliceOf('queue', await this.#docket.awaiting(), page, ({ eventId }) => eventId);
  }
}

/** An answer to a caller's own write must not be cached for everybody. */
function letOthersKeep(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers['ledger-position'] !== undefined) return;
  void reply.header('cache-control', `public, max-age=${KEPT_SECONDS}`);
}
