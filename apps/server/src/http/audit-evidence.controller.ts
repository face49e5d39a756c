import { Controller, Get, Param, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { LedgerQueries } from '#read-model';
import { Audit, signedLog } from '#audit';
import { Allow } from '../access/policy.js';
import { principalOf } from '../caller/principal.js';
import { LongReads } from '../reading/long-reads.js';
import { whenGone } from '../reading/when-gone.js';
import { NDJSON } from './bodies.js';
import { EvidenceParameters, readEvidenceQuery } from './evidence-query.js';
import { Problems } from './openapi/answers.js';
import { type QueryString } from './page.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

@ApiTags('Audit')
@ApiHeader({ name: 'Ledger-Position', required: false, description: 'Answer once the read model has this position' })
@Problems(400, 401, 404, 413, 503)
@UseInterceptors(ReadYourWrites)
@Allow('read-custody')
@Controller('v1/batches')
export class AuditEvidenceController {
  readonly #reads: LongReads;
  readonly #audit: Audit;
  readonly #ledger: LedgerQueries;

  constructor(reads: LongReads, audit: Audit, ledger: LedgerQueries) {
    this.#reads = reads;
    this.#audit = audit;
    this.#ledger = ledger;
  }

  @Get(':batch/evidence')
  @ApiOperation({
    summary: 'A file that proves the verdicts of a batch without this server: `lodebook verify FILE --key KEY`',
    description:
      'Of records that the key may not see it holds only the leaf hashes with their proofs, and then no verdict: `docs/audit.md`.',
  })
  @ApiParam({ name: 'batch', schema: { type: 'string' }, examples: { demonstration: { value: 'battery-5-b' } } })
  @EvidenceParameters()
  @ApiProduces(NDJSON)
  async bundle(
    @Param('batch') batchId: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const question = { batchId, ...readEvidenceQuery(query) };
    const principal = principalOf(request);
    const signed = await signedLog(this.#audit, this.#ledger);
    const read = { kind: 'evidence', principal, question, signed } as const;
    const chunks = await this.#reads.read(principal, read, whenGone(reply));
    await reply.type(NDJSON).send(Readable.from(chunks, { objectMode: false }));
  }
}
