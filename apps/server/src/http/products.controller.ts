import { Controller, Get, Param, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Audit, signedLog } from '#audit';
import { soughtProductId } from '#custody';
import { BatchQueries, LedgerQueries, type BatchAnswer, type ProvenanceAnswer } from '#read-model';
import { Allow } from '../access/policy.js';
import { principalOf, visibilityOfRequest } from '../caller/principal.js';
import { AsOf, instantOf } from '../claims/as-of.js';
import { RevealDisclosed } from '../disclosures/reveal.interceptor.js';
import { JSON_TYPE, LongReads } from '../reading/long-reads.js';
import { whenGone } from '../reading/when-gone.js';
import { NDJSON } from './bodies.js';
import { ClaimsParameters, readClaimsQuery } from './claims-query.js';
import { EvidenceParameters, readEvidenceQuery } from './evidence-query.js';
import { Problems } from './openapi/answers.js';
import { ClaimsSchema } from './openapi/query-answers.js';
import { BatchSchema, PassportSchema, ProvenanceSchema } from './openapi/query-answers.js';
import { orNotFound, readQuery, type QueryString } from './page.js';
import { ProvenanceParameters, readProvenanceQuery } from './provenance-query.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

/** A product of the demonstration chain, for the examples. */
const EXAMPLE = {
  name: 'product',
  schema: { type: 'string' as const },
  description: 'Its id; a GTIN with a serial number may be in any form of GS1',
  examples: { demonstration: { value: '1GBPK60E0TB000001' } },
};

/** Products answer the same queries as batches, by any form of their ids; a batch that is not a product is not found. */
@ApiTags('Products')
@ApiHeader({ name: 'Ledger-Position', required: false, description: 'Answer once the read model has this position' })
@Problems(400, 401, 404, 503)
@UseInterceptors(ReadYourWrites)
@Allow('read-custody')
@Controller('v1/products')
export class ProductsController {
  readonly #batches: BatchQueries;
  readonly #reads: LongReads;
  readonly #asOf: AsOf;
  readonly #audit: Audit;
  readonly #ledger: LedgerQueries;

  constructor(batches: BatchQueries, reads: LongReads, asOf: AsOf, audit: Audit, ledger: LedgerQueries) {
    this.#batches = batches;
    this.#reads = reads;
    this.#asOf = asOf;
    this.#audit = audit;
    this.#ledger = ledger;
  }

  @Get(':product')
  @UseInterceptors(RevealDisclosed)
  @ApiOperation({ summary: 'A product: what it is, where it is, what it contains and where that came from' })
  @ApiParam(EXAMPLE)
  @ApiOkResponse({ type: BatchSchema })
  async product(@Param('product') named: string, @Req() request: FastifyRequest): Promise<BatchAnswer> {
    const found = await this.#batches.batch(visibilityOfRequest(request), soughtProductId(named));
    return orNotFound(found?.product && found, `product ${named}`);
  }

  @Get(':product/claims')
  @ApiOperation({
    summary: 'Whether the claims of a programme hold for a product, at any moment, and which events decide',
    description:
      'By the duties on products of its category, under the law of the day on which it was placed on the market.',
  })
  @ApiParam(EXAMPLE)
  @ClaimsParameters()
  @ApiOkResponse({ type: ClaimsSchema })
  async claims(
    @Param('product') named: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = readClaimsQuery(query, request);
    const question = { kind: 'product', batchId: await this.#known(named, request), ...asked } as const;
    const principal = principalOf(request);
    const answer = await this.#reads.answer(principal, { kind: 'claims', principal, question }, whenGone(reply));
    await reply.type(JSON_TYPE).send(answer);
  }

  @Get(':product/provenance')
  @ApiOperation({ summary: 'What the product was made from, or what was made from it' })
  @ApiParam(EXAMPLE)
  @ProvenanceParameters()
  @ApiOkResponse({ type: ProvenanceSchema })
  async provenance(
    @Param('product') named: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProvenanceAnswer> {
    const asked = await readProvenanceQuery(query, this.#asOf);
    const batchId = await this.#known(named, request);
    const read = { kind: 'provenance', visibility: visibilityOfRequest(request), batchId, request: asked } as const;
    const found = await this.#reads.parsed<ProvenanceAnswer>(principalOf(request), read, whenGone(reply));
    return orNotFound(found, `product ${named}`);
  }

  @Get(':product/evidence')
  @ApiOperation({
    summary: 'A file that proves the verdicts of a product without this server: `lodebook verify FILE --key KEY`',
    description:
      'Of records that the key may not see it holds only the leaf hashes with their proofs, and then no verdict: `docs/audit.md`.',
  })
  @ApiParam(EXAMPLE)
  @EvidenceParameters()
  @ApiOkResponse()
  @Problems(413)
  @ApiProduces(NDJSON)
  async evidence(
    @Param('product') named: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = readEvidenceQuery(query);
    const question = { batchId: await this.#known(named, request), ...asked };
    const principal = principalOf(request);
    const signed = await signedLog(this.#audit, this.#ledger);
    const read = { kind: 'evidence', principal, question, signed } as const;
    const chunks = await this.#reads.read(principal, read, whenGone(reply));
    await reply.type(NDJSON).send(Readable.from(chunks, { objectMode: false }));
  }

  @Get(':product/passport')
  @ApiOperation({
    summary: 'What the ledger has for the battery passport of a product, and what it lacks',
    description:
      'Regulation (EU) 2023/1542, Art. 77 and Annex XIII: each item says whether it was recorded, computed or declared, in which events, and by which clause it is judged. `docs/products.md`.',
  })
  @ApiParam(EXAMPLE)
  @ApiQuery({
    name: 'validAt',
    required: false,
    schema: { type: 'string', format: 'date-time' },
    description: 'Default: now',
  })
  @ApiQuery({ name: 'knownAt', required: false, schema: { type: 'string' }, description: 'Log index or recorded time' })
  @ApiOkResponse({ type: PassportSchema })
  async passport(
    @Param('product') named: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { validAt, knownAt } = readQuery(query, ['validAt', 'knownAt']);
    const asked = { validAt: instantOf('validAt', validAt), knownAt };
    const question = { batchId: await this.#known(named, request), ...asked };
    const principal = principalOf(request);
    const answer = await this.#reads.answer(principal, { kind: 'passport', principal, question }, whenGone(reply));
    await reply.type(JSON_TYPE).send(answer);
  }

  /** @returns the id of the product's batch @throws Problem `not-found` */
  async #known(named: string, request: FastifyRequest): Promise<string> {
    const id = soughtProductId(named);
    const isKnown = await this.#batches.isProduct(visibilityOfRequest(request), id);
    return orNotFound(isKnown ? id : undefined, `product ${named}`);
  }
}
