import { Controller, Get, Param, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Allow } from '../access/policy.js';
import { principalOf } from '../caller/principal.js';
import { instantOf } from '../claims/as-of.js';
import { JSON_TYPE, LongReads } from '../reading/long-reads.js';
import { whenGone } from '../reading/when-gone.js';
import { invalidRequest, queryProblem } from '../shapes/validation.js';
import { Problems } from './openapi/answers.js';
import { ModelYearSchema } from './openapi/query-answers.js';
import { readQuery, type QueryString } from './page.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

@ApiTags('Products')
@ApiHeader({ name: 'Ledger-Position', required: false, description: 'Answer once the read model has this position' })
@Problems(400, 401, 404, 503)
@UseInterceptors(ReadYourWrites)
@Allow('read-custody')
@Controller('v1/models')
export class ModelsController {
  readonly #reads: LongReads;

  constructor(reads: LongReads) {
    this.#reads = reads;
  }

  @Get(':model/recycled-content')
  @ApiOperation({
    summary:
      'The recycled content of all products of a model that left a plant in a year, and the verdict under Art. 8',
    description:
      'Regulation (EU) 2023/1542, Art. 8. To whoever neither made the products nor is a regulator: of those that it sees, and without a verdict (`complete`). `docs/products.md`.',
  })
  @ApiParam({
    name: 'model',
    schema: { type: 'string' },
    description: 'The maker’s name for it',
    examples: { demonstration: { value: 'GB-P60' } },
  })
  @ApiQuery({
    name: 'plant',
    required: true,
    schema: { type: 'string' },
    description: 'Id of the site that made them',
    examples: { demonstration: { value: 'great-bend-pack' } },
  })
  @ApiQuery({
    name: 'year',
    required: true,
    schema: { type: 'string', pattern: '^\\d{4}$' },
    description: 'Calendar year in which they left it',
    examples: { demonstration: { value: '2026' } },
  })
  @ApiQuery({
    name: 'rulesAt',
    required: false,
    schema: { type: 'string', format: 'date-time' },
    description: 'As if all had been placed on the market then: a supposition, which `whatIf` of the answer marks',
  })
  @ApiOkResponse({ type: ModelYearSchema })
  async recycledContent(
    @Param('model') model: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { plant, year, rulesAt } = readQuery(query, ['plant', 'year', 'rulesAt']);
    if (plant === undefined) throw invalidRequest([queryProblem('plant', 'missing', 'must name a site')]);
    if (year === undefined || !/^\d{4}$/.test(year)) {
      throw invalidRequest([queryProblem('year', year === undefined ? 'missing' : 'malformed', 'must be a year')]);
    }
    const question = { model, plant, year, rulesAt: instantOf('rulesAt', rulesAt) };
    const principal = principalOf(request);
    const answer = await this.#reads.answer(principal, { kind: 'model-year', principal, question }, whenGone(reply));
    await reply.type(JSON_TYPE).send(answer);
  }
}
