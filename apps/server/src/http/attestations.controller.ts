import { Controller, Get, Inject, Query, Req, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { type AttestationScheme, type AttestationSchemes } from '#attestation';
import { RegistryQueries, type AttestationAnswer, type ConcernAnswer, type Page } from '#read-model';
import { ATTESTATION_SCHEMES } from '../log/schemes.token.js';
import { Allow } from '../access/policy.js';
import { visibilityOfRequest } from '../caller/principal.js';
import { RevealDisclosed } from '../disclosures/reveal.interceptor.js';
import { Problems } from './openapi/answers.js';
import { AttestationSchemePageSchema } from './openapi/file-answers.js';
import { AttestationPageSchema, ConcernPageSchema } from './openapi/query-answers.js';
import { Paged, pageOf, readQuery, type QueryString } from './page.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

const SITE = {
  name: 'site',
  required: false,
  schema: { type: 'string' as const },
  examples: { demonstration: { value: 'mbali-sulphate' } },
};

@ApiTags('Attestations and concerns')
@ApiHeader({ name: 'Ledger-Position', required: false, description: 'Answer once the read model has this position' })
@Problems(400, 401, 503)
@UseInterceptors(ReadYourWrites, RevealDisclosed)
@Allow('read-attestations')
@Controller('v1')
export class AttestationsController {
  readonly #registry: RegistryQueries;
  readonly #known: AttestationSchemes;

  constructor(registry: RegistryQueries, @Inject(ATTESTATION_SCHEMES) known: AttestationSchemes) {
    this.#registry = registry;
    this.#known = known;
  }

  @Get('attestations')
  @ApiOperation({ summary: 'Attestations, with their suspensions, reinstatements and revocations' })
  @ApiQuery(SITE)
  @Paged()
  @ApiOkResponse({ type: AttestationPageSchema })
  attestations(@Query() query: QueryString, @Req() request: FastifyRequest): Promise<Page<AttestationAnswer>> {
    const { site, ...page } = readQuery(query, ['site', 'limit', 'cursor']);
    return this.#registry.attestations(
      visibilityOfRequest(request),
      site === undefined ? {} : { siteId: site },
      pageOf(page),
    );
  }

  @Get('attestation-schemes')
  @Allow('read-registry')
  @ApiOperation({
    summary: 'The schemes under which organisations attest: what each covers, who judges, and for how long',
  })
  @ApiOkResponse({ type: AttestationSchemePageSchema })
  schemes(@Query() query: QueryString): { items: readonly AttestationScheme[]; next: null } {
    readQuery(query, []);
    return { items: [...this.#known.values()], next: null };
  }

  @Get('concerns')
  @ApiOperation({ summary: 'Concerns, with their investigations and findings' })
  @ApiQuery(SITE)
  @Paged()
  @ApiOkResponse({ type: ConcernPageSchema })
  concerns(@Query() query: QueryString, @Req() request: FastifyRequest): Promise<Page<ConcernAnswer>> {
    const { site, ...page } = readQuery(query, ['site', 'limit', 'cursor']);
    return this.#registry.concerns(
      visibilityOfRequest(request),
      site === undefined ? {} : { siteId: site },
      pageOf(page),
    );
  }
}
