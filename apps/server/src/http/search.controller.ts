import { Controller, Get, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { may } from '#access';
import { MOST_FOUND, SEARCHED_KINDS, SearchQueries, SHORTEST_SEARCH, type SearchAnswer } from '#read-model';
import { Allow } from '../access/policy.js';
import { principalOf, visibilityOfRequest } from '../caller/principal.js';
import { RevealDisclosed } from '../disclosures/reveal.interceptor.js';
import { nextStep } from '../problem/not-found-pace.js';
import { invalidRequest, queryProblem } from '../shapes/validation.js';
import { Problems } from './openapi/answers.js';
import { SearchSchema } from './openapi/query-answers.js';
import { oneOf, readQuery, type QueryString } from './page.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

const USUALLY_FOUND = 20;
const LONGEST_SEARCH = 200;

@ApiTags('Search')
@ApiHeader({ name: 'Ledger-Position', required: false, description: 'Answer once the read model has this position' })
@Problems(400, 401, 503)
@UseInterceptors(ReadYourWrites, RevealDisclosed)
@Allow('read-registry')
@Controller('v1/search')
export class SearchController {
  readonly #found: SearchQueries;

  constructor(found: SearchQueries) {
    this.#found = found;
  }

  @Get()
  @ApiOperation({
    summary: 'Organisations, sites and batches by part of an id, a name, a material or a label',
    description:
      'An exact match of the id comes first, then the latest. Case is ignored. Only what you may see is found, and only by what you may read of it; batches only by roles that read custody. A label’s value may be a whole GS1 Digital Link, as it was scanned.',
  })
  @ApiQuery({
    name: 'q',
    required: true,
    schema: { type: 'string', minLength: SHORTEST_SEARCH, maxLength: LONGEST_SEARCH },
    examples: { demonstration: { value: 'battery-5' } },
  })
  @ApiQuery({ name: 'kind', required: false, schema: { type: 'string', enum: [...SEARCHED_KINDS] } })
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: MOST_FOUND, default: USUALLY_FOUND },
    description: 'Of each kind',
  })
  @ApiOkResponse({ type: SearchSchema })
  async search(
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SearchAnswer> {
    const { q, kind, limit } = readQuery(query, ['q', 'kind', 'limit']);
    const readable = SEARCHED_KINDS.filter((one) => one !== 'batch' || may(principalOf(request).role, 'read-custody'));
    const wanted = oneOf('kind', kind, SEARCHED_KINDS);
    const asked = { text: textOf(q), kinds: readable.filter((one) => wanted === undefined || one === wanted) };
    const answer = await this.#found.search(visibilityOfRequest(request), { ...asked, limit: limitOf(limit) });
    await nextStep(reply);
    return answer;
  }
}

/** @throws Problem `invalid-request` */
function textOf(q: string | undefined): string {
  const text = q?.trim();
  if (text === undefined) throw invalidRequest([queryProblem('q', 'missing', 'must say what to look for')]);
  const length = [...text].length;
  if (length < SHORTEST_SEARCH) {
    throw invalidRequest([queryProblem('q', 'too-short', `must have ${SHORTEST_SEARCH} characters at least`)]);
  }
  if (length > LONGEST_SEARCH) {
    throw invalidRequest([queryProblem('q', 'too-long', `must have ${LONGEST_SEARCH} characters at most`)]);
  }
  return text;
}

/** @throws Problem `invalid-request` */
function limitOf(limit: string | undefined): number {
  if (limit === undefined) return USUALLY_FOUND;
  if (/^\d{1,3}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= MOST_FOUND) return Number(limit);
  throw invalidRequest([queryProblem('limit', 'not-allowed', `must be a number from 1 to ${MOST_FOUND}`)]);
}
