import { Controller, Get, Param, Query, Req, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import {
  BatchQueries,
  RegistryQueries,
  SHIPMENT_STATUSES,
  type BatchAnswer,
  type OrganisationAnswer,
  type Page,
  type ShipmentAnswer,
  type SiteAnswer,
} from '#read-model';
import { Allow } from '../access/policy.js';
import { visibilityOfRequest } from '../caller/principal.js';
import { RevealDisclosed } from '../disclosures/reveal.interceptor.js';
import { Problems } from './openapi/answers.js';
import {
  BatchPageSchema,
  OrganisationPageSchema,
  OrganisationSchema,
  ShipmentPageSchema,
  SitePageSchema,
  SiteSchema,
} from './openapi/query-answers.js';
import { oneOf, orNotFound, Paged, pageOf, readQuery, type QueryString } from './page.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

const SITE = {
  name: 'site',
  schema: { type: 'string' as const },
  examples: { demonstration: { value: 'aosora-hydroxide' } },
};

@ApiTags('Sites')
@ApiHeader({ name: 'Ledger-Position', required: false, description: 'Answer once the read model has this position' })
@Problems(400, 401, 404, 503)
@UseInterceptors(ReadYourWrites, RevealDisclosed)
@Allow('read-registry')
@Controller('v1')
export class SitesController {
  readonly #registry: RegistryQueries;
  readonly #batches: BatchQueries;

  constructor(registry: RegistryQueries, batches: BatchQueries) {
    this.#registry = registry;
    this.#batches = batches;
  }

  @Get('organisations')
  @ApiOperation({ summary: 'The organisations that you know by name, in the order of their ids' })
  @Paged()
  @ApiOkResponse({ type: OrganisationPageSchema })
  organisations(@Query() query: QueryString, @Req() request: FastifyRequest): Promise<Page<OrganisationAnswer>> {
    return this.#registry.organisations(visibilityOfRequest(request), pageOf(readQuery(query, ['limit', 'cursor'])));
  }

  @Get('organisations/:organisation')
  @ApiOperation({ summary: 'An organisation and its accreditations' })
  @ApiParam({ name: 'organisation', schema: { type: 'string' }, examples: { demonstration: { value: 'aosora' } } })
  @ApiOkResponse({ type: OrganisationSchema })
  async organisation(
    @Param('organisation') organisationId: string,
    @Req() request: FastifyRequest,
  ): Promise<OrganisationAnswer> {
    const visibility = visibilityOfRequest(request);
    return orNotFound(await this.#registry.organisation(visibility, organisationId), `organisation ${organisationId}`);
  }

  @Get('sites')
  @ApiOperation({ summary: 'The sites of the organisations that you know by name, in the order of their ids' })
  @ApiQuery({
    name: 'organisation',
    required: false,
    schema: { type: 'string' },
    description: 'Only its sites',
    examples: { demonstration: { value: 'aosora' } },
  })
  @Paged()
  @ApiOkResponse({ type: SitePageSchema })
  sites(@Query() query: QueryString, @Req() request: FastifyRequest): Promise<Page<SiteAnswer>> {
    const { organisation, ...page } = readQuery(query, ['organisation', 'limit', 'cursor']);
    const filter = organisation === undefined ? {} : { organisationId: organisation };
    return this.#registry.sites(visibilityOfRequest(request), filter, pageOf(page));
  }

  @Get('sites/:site')
  @ApiOperation({ summary: 'A site' })
  @ApiParam(SITE)
  @ApiOkResponse({ type: SiteSchema })
  async site(@Param('site') siteId: string, @Req() request: FastifyRequest): Promise<SiteAnswer> {
    return orNotFound(await this.#registry.site(visibilityOfRequest(request), siteId), `site ${siteId}`);
  }

  @Get('sites/:site/holdings')
  @Allow('read-custody')
  @ApiOperation({ summary: 'The batches that are at a site' })
  @ApiParam(SITE)
  @Paged()
  @ApiOkResponse({ type: BatchPageSchema })
  async holdings(
    @Param('site') siteId: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<Page<BatchAnswer>> {
    const page = pageOf(readQuery(query, ['limit', 'cursor']));
    await this.site(siteId, request);
    return this.#batches.holdings(visibilityOfRequest(request), siteId, page);
  }

  @Get('sites/:site/shipments')
  @Allow('read-custody')
  @ApiOperation({ summary: 'The shipments from and to a site' })
  @ApiParam(SITE)
  @ApiQuery({ name: 'direction', required: false, schema: { type: 'string', enum: ['in', 'out'] } })
  @ApiQuery({ name: 'status', required: false, schema: { type: 'string', enum: [...SHIPMENT_STATUSES] } })
  @Paged()
  @ApiOkResponse({ type: ShipmentPageSchema })
  async shipments(
    @Param('site') siteId: string,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<Page<ShipmentAnswer>> {
    const { direction, status, ...page } = readQuery(query, ['direction', 'status', 'limit', 'cursor']);
    const way = oneOf('direction', direction, ['in', 'out']);
    const state = oneOf('status', status, SHIPMENT_STATUSES);
    const part = pageOf(page);
    await this.site(siteId, request);
    const filter = { ...(way && { direction: way }), ...(state && { status: state }) };
    return this.#batches.shipments(visibilityOfRequest(request), siteId, filter, part);
  }
}
