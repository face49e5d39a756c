import { Controller, Get, Param, Req, UseInterceptors } from '@nestjs/common';
import { ApiExtension, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { EventQueries, type EventAnswer } from '#read-model';
import { Allow } from '../access/policy.js';
import { principalOf, visibilityOfRequest } from '../caller/principal.js';
import { type Noted } from '../answers/disclosure-answers.js';
import { HistoryNotes } from '../disclosures/history-notes.js';
import { Problems } from './openapi/answers.js';
import { EventSchema } from './openapi/query-answers.js';
import { orNotFound } from './page.js';
import { ReadYourWrites } from './read-your-writes.interceptor.js';

@ApiTags('Events')
@ApiHeader({ name: 'Ledger-Position', required: false, description: 'Answer once the read model has this position' })
@Problems(400, 401, 404, 503)
@UseInterceptors(ReadYourWrites)
@Allow('read-custody')
@Controller('v1/events')
export class EventsController {
  readonly #events: EventQueries;
  readonly #notes: HistoryNotes;

  constructor(events: EventQueries, notes: HistoryNotes) {
    this.#events = events;
    this.#notes = notes;
  }

  @Get(':event')
  @ApiOperation({
    summary: 'One recorded event, its place in the log and what it is about',
    description:
      'By its id or by the pseudonym that an answer gave it. An organisation finds events that it may see in full, and events of batches that it sees, shown as in the batch’s history.',
  })
  @ApiParam({ name: 'event', schema: { type: 'string' } })
  @ApiExtension('x-no-example', 'The id is the one that the ledger gave the event')
  @ApiOkResponse({ type: EventSchema })
  async event(@Param('event') eventId: string, @Req() request: FastifyRequest): Promise<Noted<EventAnswer>> {
    const event = orNotFound(await this.#events.event(visibilityOfRequest(request), eventId), `event ${eventId}`);
    return this.#notes.noted(event, principalOf(request));
  }
}
