import { v5 as uuid } from 'uuid';
import { type JsonObject, type MemoryEventStore, type NewEvent, type StoredEvent } from '#event-store';
import { type GraphEvent } from '#claims';

const NAMESPACE = '6f1d3f0e-6f0b-4a52-9d0a-0d7a8e1c2b3f';
/** Recorded times: one second apart, from here. */
const BEGINNING = Date.UTC(2027, 0, 1);

/** The UUID that stands for an id of a test event. */
export function eventId(name: string): string {
  return uuid(name, NAMESPACE);
}

/** What a test states about an event; the rest follows from its place in the log. */
export interface Told {
  readonly stream: string;
  readonly type: string;
  readonly data: object;
  /** Default: from the event's number. */
  readonly id?: string;
  readonly commandId?: string;
  readonly occurredAt?: string;
  readonly requestSha256?: string;
}

/** The opening of a site, of which nothing matters but the site. */
export function opening(siteId: string): Told {
  return {
    stream: `site-${siteId}`,
    type: 'SiteOpened',
    data: { siteId, organisationId: 'acme', name: siteId, country: 'JP', activities: ['mining'] },
  };
}

/** Appends the events of a test to a store, in order. */
export class EventLog {
  #written = 0;
  readonly #sizes = new Map<string, bigint>();

  constructor(readonly store: Pick<MemoryEventStore, 'append'>) {}

  /** @returns the position of the event. */
  async tell({ stream, type, data, id, commandId, occurredAt, requestSha256 }: Told): Promise<bigint> {
    const number = this.#written++;
    const recordedAt = new Date(BEGINNING + number * 1_000).toISOString();
    const event: NewEvent = {
      id: id ?? eventId(`e${number}`),
      type,
      data: data as JsonObject,
      metadata: {
        commandId: commandId ?? eventId(`c${number}`),
        actor: { principal: 'test' },
        occurredAt: occurredAt ?? recordedAt,
        recordedAt,
        schemaVersion: 1,
        ...(requestSha256 !== undefined && { requestSha256 }),
      },
    };
    const revision = this.#sizes.get(stream);
    const appended = await this.store.append(stream, [event], revision ?? 'no-stream');
    this.#sizes.set(stream, appended.revision);
    const [position] = appended.positions;
    if (position === undefined) throw new Error('Nothing appended');
    return position;
  }

  /** Appends an event of a generated ledger; its ids become UUIDs. */
  async tellGenerated({ stream, type, data, id, metadata }: GraphEvent): Promise<bigint> {
    return this.tell({
      stream,
      type,
      data: NAMING.includes(type) ? withUuid(data as { eventId: string }) : (data as object),
      id: eventId(id),
      occurredAt: metadata.occurredAt,
    });
  }
}

/** Events that name another. */
const NAMING = ['RecordCorrected', 'CorrectionConfirmed', 'FindingAnnulled'];

function withUuid(naming: { eventId: string }): object {
  return { ...naming, eventId: eventId(naming.eventId) };
}

/** The whole log as the graph folds it. */
export async function graphEventsOf(events: AsyncIterable<StoredEvent>): Promise<GraphEvent[]> {
  const found: GraphEvent[] = [];
  for await (const { id, stream, revision, type, data, metadata } of events) {
    found.push({
      id,
      stream,
      revision,
      type,
      data,
      metadata: metadata as unknown as GraphEvent['metadata'],
      logIndex: found.length,
    });
  }
  return found;
}
