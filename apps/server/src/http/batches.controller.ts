import { Controller, Get, Param, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import {
  BatchQueries,
  HistoryQueries,
  type BatchAnswer,
  type HistoryEntry,
  type Page,
  type ProvenanceAnswer,
} from '#read-model';
import { Allow } from '../access/policy.js';
import { principalOf, visibilityOfRequest } from '../caller/principal.js';
import { HistoryNotes, type Noted } from '../disclosures/history-notes.js';
import { RevealDisclosed } from '../disclosures/reveal.interceptor.js';
import { AsOf, instantOf } from '../claims/as-of.js';
import { Problems } from './openapi/answers.js';
import { BatchSchema, HistoryPageSchema, ProvenanceSchema } from './openapi/query-answers.js';
import { oneOf, orNotFound, Paged, pageOf, readQuery, type QueryString } from './page.js';
import { LongReads } from '../reading/long-reads.js';
import { whenGone } from '../reading/when-gone.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';
import { invalidRequest, queryProblem } from '../shapes/validation.js';

/** A batch of the demonstration chain, for the examples. */
const EXAMPLE = {
  name: 'batch',
  schema: { type: 'string' as const },
  examples: { demonstration: { value: 'battery-5-b' } },
};

@ApiTags('Batches')
@ApiHeader({ name: 'Ledger-Position', required: false, description: 'Answer once the read model has this position' })
@Problems(400, 401, 404, 503)
@UseInterceptors(ReadYourWrites)
@Allow('read-custody')
@Controller('v1/batches')
export class BatchesController {
  readonly #batches: BatchQueries;
  readonly #histories: HistoryQueries;
  readonly #reads: LongReads;
  readonly #asOf: AsOf;
  readonly #notes: HistoryNotes;

  constructor(batches: BatchQueries, histories: HistoryQueries, reads: LongReads, asOf: AsOf, notes: HistoryNotes) {
    this.#batches = batches;
    this.#histories = histories;
    this.#reads = reads;
    this.#asOf = asOf;
    this.#notes = notes;
  }

  @Get(':batch')
  @UseInterceptors(RevealDisclosed)
  @ApiOperation({ summary: 'A batch: where it is, what it contains and where that came from' })
  @ApiParam(EXAMPLE)
  @ApiOkResponse({ type: BatchSchema })
  async batch(@Param('batch') batchId: string, @Req() request: FastifyRequest): Promise<BatchAnswer> {
    return orNotFound(await this.#batches.batch(visibilityOfRequest(request), batchId), `batch ${batchId}`);
  }

  @Get(':batch/history')
  @ApiOperation({ summary: 'The events of a batch, oldest first, with their place and leaf hash in the log' })
  @ApiParam(EXAMPLE)
  @Paged()
  @ApiOkResponse({ type: HistoryPageSchema })
  async history(
    @Param('batch') batchId: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<Page<Noted<HistoryEntry>>> {
    const page = pageOf(readQuery(query, ['limit', 'cursor']));
    const history = await this.#histories.history(visibilityOfRequest(request), batchId, page);
    const { items, next } = orNotFound(history, `batch ${batchId}`);
    const principal = principalOf(request);
    return { items: await Promise.all(items.map((entry) => this.#notes.noted(entry, principal))), next };
  }

  @Get(':batch/provenance')
  @ApiOperation({ summary: 'What the batch was made from, or what was made from it' })
  @ApiParam(EXAMPLE)
  @ApiQuery({
    name: 'direction',
    required: false,
    schema: { type: 'string', enum: ['upstream', 'downstream'], default: 'upstream' },
  })
  @ApiQuery({
    name: 'validAt',
    required: false,
    schema: { type: 'string', format: 'date-time' },
    description: 'Only what had happened by then',
    examples: { demonstration: { value: '2026-10-31T00:00:00.000Z' } },
  })
  @ApiQuery({
    name: 'knownAt',
    required: false,
    schema: { type: 'string' },
    description: 'Log index or recorded time: only what was known then',
  })
  @ApiQuery({ name: 'depth', required: false, schema: { type: 'integer', minimum: 0 } })
  @ApiOkResponse({ type: ProvenanceSchema })
  async provenance(
    @Param('batch') batchId: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProvenanceAnswer> {
    const { direction, depth, validAt, knownAt } = readQuery(query, ['direction', 'depth', 'validAt', 'knownAt']);
    if (depth !== undefined && !/^\d{1,6}$/.test(depth)) {
      throw invalidRequest([queryProblem('depth', 'not-allowed', 'must be a whole number from 0')]);
    }
    const asked = {
      direction: oneOf('direction', direction, ['upstream', 'downstream']) ?? 'upstream',
      ...(depth !== undefined && { depth: Number(depth) }),
      ...(validAt !== undefined && { validAt: instantOf('validAt', validAt)! }),
      ...(knownAt !== undefined && { knownAt: (await this.#asOf.knownMoment(knownAt)).logIndex }),
    };
    const read = { kind: 'provenance', visibility: visibilityOfRequest(request), batchId, request: asked } as const;
    const answer = await this.#reads.answer(principalOf(request), read, whenGone(reply));
    return orNotFound(
      (JSON.parse(answer.toString('utf8')) as ProvenanceAnswer | null) ?? undefined,
      `batch ${batchId}`,
    );
  }
}
