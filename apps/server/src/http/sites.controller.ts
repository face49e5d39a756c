import { Controller, Get, Param, Query, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Allow, AllowEveryRole } from '../access/policy.js';
import {
  BatchQueries,
  RegistryQueries,
  type BatchAnswer,
  type OrganisationAnswer,
  type Page,
  type ShipmentAnswer,
  type SiteAnswer,
} from '#read-model';
import { Problems } from './openapi/answers.js';
import { BatchPageSchema, OrganisationSchema, ShipmentPageSchema, SiteSchema } from './openapi/query-answers.js';
import { oneOf, orNotFound, Paged, pageOf, readQuery, type QueryString } from './page.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

const SITE = {
  name: 'site',
  schema: { type: 'string' as const },
  examples: { demonstration: { value: 'aosora-hydroxide' } },
};
const SHIPMENT_STATUSES = ['in-transit', 'received', 'refused', 'returned'] as const;

@ApiTags('Sites')
@ApiHeader({ name: 'Ledger-Position', required: false, description: 'Answer once the read model has this position' })
@Problems(400, 401, 404, 503)
@UseInterceptors(ReadYourWrites)
@AllowEveryRole()
@Controller('v1')
export class SitesController {
  constructor(
    private readonly registry: RegistryQueries,
    private readonly batches: BatchQueries,
  ) {}

  @Get('organisations/:organisation')
  @ApiOperation({ summary: 'An organisation and its accreditations' })
  @ApiParam({ name: 'organisation', schema: { type: 'string' }, examples: { demonstration: { value: 'aosora' } } })
  @ApiOkResponse({ type: OrganisationSchema })
  async organisation(@Param('organisation') organisationId: string): Promise<OrganisationAnswer> {
    return orNotFound(await this.registry.organisation(organisationId), `organisation ${organisationId}`);
  }

  @Get('sites/:site')
  @ApiOperation({ summary: 'A site' })
  @ApiParam(SITE)
  @ApiOkResponse({ type: SiteSchema })
  async site(@Param('site') siteId: string): Promise<SiteAnswer> {
    return orNotFound(await this.registry.site(siteId), `site ${siteId}`);
  }

  @Get('sites/:site/holdings')
  @Allow('custodian', 'reader', 'regulator')
  @ApiOperation({ summary: 'The batches that are at a site' })
  @ApiParam(SITE)
  @Paged()
  @ApiOkResponse({ type: BatchPageSchema })
  async holdings(@Param('site') siteId: string, @Query() query: QueryString): Promise<Page<BatchAnswer>> {
    const page = pageOf(readQuery(query, ['limit', 'cursor']));
    await this.site(siteId);
    return this.batches.holdings(siteId, page);
  }

  @Get('sites/:site/shipments')
  @Allow('custodian', 'reader', 'regulator')
  @ApiOperation({ summary: 'The shipments from and to a site' })
  @ApiParam(SITE)
  @ApiQuery({ name: 'direction', required: false, schema: { type: 'string', enum: ['in', 'out'] } })
  @ApiQuery({ name: 'status', required: false, schema: { type: 'string', enum: [...SHIPMENT_STATUSES] } })
  @Paged()
  @ApiOkResponse({ type: ShipmentPageSchema })
  async shipments(@Param('site') siteId: string, @Query() query: QueryString): Promise<Page<ShipmentAnswer>> {
    const { direction, status, ...page } = readQuery(query, ['direction', 'status', 'limit', 'cursor']);
    const way = oneOf('direction', direction, ['in', 'out']);
    const state = oneOf('status', status, SHIPMENT_STATUSES);
    const request = pageOf(page);
    await this.site(siteId);
    return this.batches.shipments(siteId, { ...(way && { direction: way }), ...(state && { status: state }) }, request);
  }
}
