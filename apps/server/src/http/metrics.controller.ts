import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { Allow } from '../access/policy.js';
import { Metrics } from '../observability/metrics.js';

@ApiTags('Health')
@Allow('read-metrics')
@Controller('metrics')
export class MetricsController {
  readonly #metrics: Metrics;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  @Get()
  @ApiOperation({ summary: 'Prometheus metrics' })
  @ApiProduces('text/plain')
  async read(@Res() reply: FastifyReply): Promise<void> {
    await reply.type(this.#metrics.registry.contentType).send(await this.#metrics.registry.metrics());
  }
}
