import { Controller, Get, Param, Req, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { readProductId } from '#custody';
import { BatchQueries, type BatchAnswer } from '#read-model';
import { Allow } from '../access/policy.js';
import { visibilityOfRequest } from '../caller/principal.js';
import { RevealDisclosed } from '../disclosures/reveal.interceptor.js';
import { Problems } from './openapi/answers.js';
import { BatchSchema } from './openapi/query-answers.js';
import { orNotFound } from './page.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

/** A product of the demonstration chain, for the examples. */
const EXAMPLE = {
  name: 'product',
  schema: { type: 'string' as const },
  description: 'Its id; of a GTIN with a serial number any form of GS1',
  examples: { demonstration: { value: '1GBPK60E0TB000001' } },
};

@ApiTags('Products')
@ApiHeader({ name: 'Ledger-Position', required: false, description: 'Answer once the read model has this position' })
@Problems(400, 401, 404, 503)
@UseInterceptors(ReadYourWrites)
@Allow('read-custody')
@Controller('v1/products')
export class ProductsController {
  readonly #batches: BatchQueries;

  constructor(batches: BatchQueries) {
    this.#batches = batches;
  }

  @Get(':product')
  @UseInterceptors(RevealDisclosed)
  @ApiOperation({ summary: 'A product: what it is, where, what it contains and where that came from' })
  @ApiParam(EXAMPLE)
  @ApiOkResponse({ type: BatchSchema })
  async product(@Param('product') named: string, @Req() request: FastifyRequest): Promise<BatchAnswer> {
    const read = readProductId(named);
    const id = read.form === 'not-gs1' ? named : read.id;
    const found = await this.#batches.batch(visibilityOfRequest(request), id);
    return orNotFound(found?.product && found, `product ${named}`);
  }
}
