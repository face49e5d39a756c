import { Controller, Get, Param, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
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
import { type Noted } from '../answers/disclosure-answers.js';
import { HistoryNotes } from '../disclosures/history-notes.js';
import { RevealDisclosed } from '../disclosures/reveal.interceptor.js';
import { AsOf } from '../claims/as-of.js';
import { Problems } from './openapi/answers.js';
import { BatchSchema, HistoryPageSchema, ProvenanceSchema } from './openapi/query-answers.js';
import { orNotFound, Paged, pageOf, readQuery, type QueryString } from './page.js';
import { ProvenanceParameters, readProvenanceQuery } from './provenance-query.js';
import { LongReads } from '../reading/long-reads.js';
import { whenGone } from '../reading/when-gone.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

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
  @ProvenanceParameters()
  @ApiOkResponse({ type: ProvenanceSchema })
  async provenance(
    @Param('batch') batchId: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProvenanceAnswer> {
    const asked = await readProvenanceQuery(query, this.#asOf);
    const read = { kind: 'provenance', visibility: visibilityOfRequest(request), batchId, request: asked } as const;
    const found = await this.#reads.parsed<ProvenanceAnswer>(principalOf(request), read, whenGone(reply));
    return orNotFound(found, `batch ${batchId}`);
  }
}
