import { Controller, Get, Param, Query, Req, UseInterceptors } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { programmeReference, VERDICTS, type Verdict } from '#claims';
import {
  BatchQueries,
  VerdictQueries,
  type BatchAnswer,
  type JudgedBatch,
  type OverviewAnswer,
  type Page,
} from '#read-model';
import { LedgerClock } from '#recording';
import { ProgrammeLibrary } from '#programmes';
import { Allow } from '../access/policy.js';
import { visibilityOfRequest } from '../caller/principal.js';
import { invalidRequest, queryProblem } from '../shapes/validation.js';
import { RevealDisclosed } from '../disclosures/reveal.interceptor.js';
import { Problems } from './openapi/answers.js';
import { BatchPageSchema, JudgedBatchPageSchema, OverviewSchema } from './openapi/query-answers.js';
import { oneOf, orNotFound, Paged, pageOf, readQuery, type QueryString } from './page.js';
import { ReadYourVerdicts } from './read-your-writes.interceptor.js';

/** Lists over all batches, with their verdicts as of now. */
@ApiTags('Batches')
@ApiHeader({ name: 'Ledger-Position', required: false, description: 'Answer once the read model has this position' })
@Problems(400, 401, 404, 503)
@UseInterceptors(ReadYourVerdicts, RevealDisclosed)
@Allow('read-custody')
@Controller('v1')
export class BatchListController {
  readonly #batches: BatchQueries;
  readonly #verdicts: VerdictQueries;
  readonly #library: ProgrammeLibrary;
  readonly #clock: LedgerClock;

  constructor(batches: BatchQueries, verdicts: VerdictQueries, library: ProgrammeLibrary, clock: LedgerClock) {
    this.#batches = batches;
    this.#verdicts = verdicts;
    this.#library = library;
    this.#clock = clock;
  }

  @Get('batches')
  @ApiOperation({ summary: 'Batches by site and material, and by their verdict under a programme' })
  @ApiQuery({ name: 'site', required: false, schema: { type: 'string' } })
  @ApiQuery({
    name: 'material',
    required: false,
    schema: { type: 'string' },
    examples: { demonstration: { value: 'battery' } },
  })
  @ApiQuery({
    name: 'programme',
    required: false,
    schema: { type: 'string' },
    description: 'With each batch its verdict',
    examples: { demonstration: { value: 'us-japan-cma-2023' } },
  })
  @ApiQuery({
    name: 'verdict',
    required: false,
    schema: { type: 'string', enum: [...VERDICTS] },
    description: 'Needs programme',
    examples: { demonstration: { value: 'broken' } },
  })
  @Paged()
  @ApiExtraModels(BatchPageSchema, JudgedBatchPageSchema)
  @ApiOkResponse({
    description: 'With verdicts when asked by programme',
    schema: { anyOf: [{ $ref: getSchemaPath(JudgedBatchPageSchema) }, { $ref: getSchemaPath(BatchPageSchema) }] },
  })
  list(@Query() query: QueryString, @Req() request: FastifyRequest): Promise<Page<BatchAnswer | JudgedBatch>> {
    const { site, material, programme, verdict, ...rest } = readQuery(query, [
      'site',
      'material',
      'programme',
      'verdict',
      'limit',
      'cursor',
    ]);
    const visibility = visibilityOfRequest(request);
    const filter = { ...(site !== undefined && { siteId: site }), ...(material !== undefined && { material }) };
    const page = pageOf(rest);
    const asked = oneOf<Verdict>('verdict', verdict, VERDICTS);
    if (programme !== undefined) {
      return this.#verdicts.batches(
        visibility,
        { ...filter, programme: this.#current(programme), ...(asked && { verdict: asked }) },
        page,
      );
    }
    if (asked !== undefined) {
      throw invalidRequest([queryProblem('programme', 'missing', 'must name the programme that the verdict is by')]);
    }
    return this.#batches.batches(visibility, filter, page);
  }

  @Get('programmes/:programme/overview')
  @ApiOperation({ summary: 'Number of batches by verdict and claim' })
  @ApiParam({
    name: 'programme',
    schema: { type: 'string' },
    examples: { demonstration: { value: 'us-japan-cma-2023' } },
  })
  @ApiOkResponse({ type: OverviewSchema })
  async overview(
    @Param('programme') programme: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<OverviewAnswer> {
    readQuery(query, []);
    return this.#verdicts.overview(visibilityOfRequest(request), this.#current(programme));
  }

  /**
   * Verdicts are stored for the newest version of each programme only; older ones can be asked about a single batch.
   */
  #current(reference: string): string {
    const now = this.#clock.now();
    const newest = this.#library.newest(now).map(programmeReference);
    const chosen = orNotFound(this.#library.choose(reference, now), `programme ${reference}`);
    return orNotFound(
      newest.find((known) => known === programmeReference(chosen)),
      `list by ${reference}: lists are by the newest version of a programme`,
    );
  }
}
