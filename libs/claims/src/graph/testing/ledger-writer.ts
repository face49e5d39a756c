/** Writes ledger events for the tests of the graph, with ids, streams and times that say where they stand. */
import { type ContentGrams, type OriginKind, type SiteEvents } from '#custody';
import { type EventMark, type GraphEvent } from '../graph.types.js';

type WritableType = keyof SiteEvents;

const BEGINNING = Date.UTC(2026, 0, 1);

export class LedgerWriter {
  readonly events: GraphEvent[] = [];

  /** Appends an event to a site's stream; `minute`: of its occurredAt, by default its log index. */
  write<T extends WritableType>(siteId: string, type: T, data: SiteEvents[T], minute?: number): GraphEvent {
    const logIndex = this.events.length;
    const occurredAt = timeOf(minute ?? logIndex);
    const event: GraphEvent = {
      id: `e${logIndex}`,
      stream: `site-${siteId}`,
      revision: BigInt(logIndex),
      type,
      data,
      metadata: {
        commandId: `c${logIndex}`,
        actor: { principal: 'test' },
        occurredAt,
        recordedAt: occurredAt,
        schemaVersion: 1,
      },
      logIndex,
    };
    this.events.push(event);
    return event;
  }

  open(siteId: string, organisationId: string, country: string): void {
    this.write(siteId, 'SiteOpened', { siteId, organisationId, name: siteId, country, activities: [] });
  }

  register(
    siteId: string,
    batchId: string,
    grossGrams: number,
    contentGrams: ContentGrams,
    kind: OriginKind = 'extracted',
  ): GraphEvent {
    return this.write(siteId, 'BatchRegistered', {
      batchId,
      material: 'polymetallic-ore',
      grossGrams,
      contentGrams,
      origin: { kind },
    });
  }

  transform(
    siteId: string,
    process: string,
    inputs: [batchId: string, grossGrams: number][],
    outputs: [batchId: string, grossGrams: number, contentGrams: ContentGrams, scrap?: 'scrap'][],
  ): GraphEvent {
    return this.write(siteId, 'BatchesTransformed', {
      transformationId: `t${this.events.length}`,
      process,
      chainOfCustody: 'controlled-blending',
      inputs: inputs.map(([batchId, grossGrams]) => ({ batchId, grossGrams })),
      outputs: outputs.map(([batchId, grossGrams, contentGrams, scrap]) => ({
        batchId,
        material: 'polymetallic-concentrate',
        grossGrams,
        contentGrams,
        ...(scrap === undefined ? {} : { scrap: true }),
      })),
    });
  }

  split(siteId: string, batchId: string, parts: [batchId: string, grossGrams: number][]): GraphEvent {
    return this.write(siteId, 'BatchSplit', {
      batchId,
      parts: parts.map(([part, grossGrams]) => ({ batchId: part, grossGrams })),
    });
  }

  dispatch(from: string, to: string, shipmentId: string, batchIds: string[], labels: string[] = []): GraphEvent {
    return this.write(from, 'BatchesDispatched', {
      shipmentId,
      consigneeSiteId: to,
      batches: batchIds.map((batchId) => ({
        batchId,
        material: 'polymetallic-concentrate',
        grossGrams: 0,
        contentGrams: {},
        labels,
      })),
    });
  }

  receive(
    at: string,
    from: string,
    shipmentId: string,
    batches: [batchId: string, grossGrams: number][],
    labels: SiteEvents['BatchesReceived']['batches'][number]['labels'] = [],
  ): GraphEvent {
    return this.write(at, 'BatchesReceived', {
      shipmentId,
      consignorSiteId: from,
      batches: batches.map(([batchId, grossGrams]) => ({
        batchId,
        material: 'polymetallic-concentrate',
        grossGrams,
        contentGrams: {},
        labels,
      })),
    });
  }

  /** Dispatch and receipt of whole batches. */
  ship(from: string, to: string, batches: [batchId: string, grossGrams: number][]): void {
    const shipmentId = `s${this.events.length}`;
    this.dispatch(
      from,
      to,
      shipmentId,
      batches.map(([batchId]) => batchId),
    );
    this.receive(to, from, shipmentId, batches);
  }

  /** Corrects an event: its data with these fields changed. */
  correct(event: GraphEvent, changes: Record<string, unknown>): GraphEvent {
    return this.write(event.stream.slice('site-'.length), 'RecordCorrected', {
      eventId: event.id,
      reason: 'mistyped',
      replacement: { ...(event.data as Record<string, unknown>), ...changes },
    });
  }
}

export function timeOf(minute: number): string {
  return new Date(BEGINNING + minute * 60_000).toISOString();
}

/** Of a moment of {@link timeOf}. */
export function minuteOf(moment: string): number {
  return (Date.parse(moment) - BEGINNING) / 60_000;
}

/** The mark that events of {@link LedgerWriter} leave. */
export function markOf(event: GraphEvent): EventMark {
  return { eventId: event.id, logIndex: event.logIndex, occurredAt: event.metadata.occurredAt };
}
