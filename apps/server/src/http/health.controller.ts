import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type EventStore } from '#event-store';
import { ReadModelProgress } from '#read-model';
import { PublicRoute } from '../access/policy.js';
import { Readiness, type Missing } from '../observability/readiness.js';
import { StreamFindings } from '../log/stream-findings.js';
import { EVENT_STORE } from '../log/event-store.token.js';

interface ReadinessAnswer {
  status: 'ready' | 'not-ready';
  eventStore: { engine: string; status: 'up' | 'down' };
  readModel: { status: 'up' | 'down'; eventsBehind?: number };
  /** What has not caught up with the log as it was at the start. */
  missing: readonly Missing[];
  /** Changes by others to the ledger's streams, by kind; ids are only in the operator's log. */
  alarm?: Readonly<Record<string, number>>;
}

@ApiTags('Health')
@PublicRoute()
@Controller('health')
export class HealthController {
  readonly #store: EventStore;
  readonly #projector: ReadModelProgress;
  readonly #readiness: Readiness;
  readonly #findings: StreamFindings;

  constructor(
    @Inject(EVENT_STORE) store: EventStore,
    projector: ReadModelProgress,
    readiness: Readiness,
    findings: StreamFindings,
  ) {
    this.#store = store;
    this.#projector = projector;
    this.#readiness = readiness;
    this.#findings = findings;
  }

  @Get('live')
  @ApiOperation({ summary: 'The process is running' })
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Commands are accepted, and queries answer from everything recorded before the start',
    description: '`missing` names what has not caught up with the log yet: `tables`, `verdicts`, `tree`.',
  })
  @ApiOkResponse({ description: 'Ready' })
  @ApiResponse({ status: 503, description: 'Not ready yet, or no longer' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessAnswer> {
    const store = await this.#store.ping().then(
      () => 'up' as const,
      () => 'down' as const,
    );
    const readModel = this.#projector.running ? 'up' : 'down';
    const eventsBehind = store === 'up' ? await this.#projector.eventsBehind() : undefined;
    const { missing } = this.#readiness;
    const ready = store === 'up' && readModel === 'up' && missing.length === 0;
    void reply.status(ready ? 200 : 503);
    return {
      status: ready ? 'ready' : 'not-ready',
      eventStore: { engine: this.#store.engine, status: store },
      readModel: { status: readModel, ...(eventsBehind !== undefined && { eventsBehind }) },
      missing,
      ...(this.#findings.total > 0 && { alarm: this.#findings.counts }),
    };
  }
}
