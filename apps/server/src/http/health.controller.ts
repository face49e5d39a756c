import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type EventStore } from '#event-store';
import { ReadModelProgress } from '#read-model';
import { PublicRoute } from '../access/policy.js';
import { EVENT_STORE } from '../command/event-store.token.js';

interface Readiness {
  status: 'ready' | 'not-ready';
  eventStore: { engine: string; status: 'up' | 'down' };
  readModel: { status: 'up' | 'down'; eventsBehind?: number };
}

@ApiTags('Health')
@PublicRoute()
@Controller('health')
export class HealthController {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly projector: ReadModelProgress,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'The process runs' })
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Commands are taken and queries answered' })
  @ApiOkResponse({ description: 'Ready' })
  @ApiResponse({ status: 503, description: 'Not yet, or no more' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const store = await this.store.ping().then(
      () => 'up' as const,
      () => 'down' as const,
    );
    const readModel = this.projector.running ? 'up' : 'down';
    const eventsBehind = store === 'up' ? await this.projector.eventsBehind() : undefined;
    const ready = store === 'up' && readModel === 'up';
    void reply.status(ready ? 200 : 503);
    return {
      status: ready ? 'ready' : 'not-ready',
      eventStore: { engine: this.store.engine, status: store },
      readModel: { status: readModel, ...(eventsBehind !== undefined && { eventsBehind }) },
    };
  }
}
