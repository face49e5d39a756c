import { type StoredEvent } from '#event-store';
import { type EventMetadata } from '#custody';
import { touchedBy, type GraphEvent, type TouchedKeys } from '#claims';
import { type EventRow, type RecordRow } from '../views/schema.js';
import { streamKey, type Placed } from '../chains/evidence.js';

/** An event with the nodes that folding it reads and writes. */
export interface FoldStep {
  readonly placed: Placed;
  readonly event: GraphEvent;
  readonly touched: TouchedKeys;
}

export function foldStep(placed: Placed): FoldStep {
  const event = graphEvent(placed);
  return { placed, event, touched: touchedBy(event) };
}

/** The event as the graph folds it. */
function graphEvent({ event, logIndex }: Placed): GraphEvent {
  return {
    id: event.id,
    stream: event.stream,
    revision: event.revision,
    type: event.type,
    data: event.data,
    metadata: metadataOf(event),
    logIndex,
  };
}

/** @param subjectSite the site that a fact is about, see {@link EventRow} */
export function eventRow({ event, logIndex }: Placed, subjectSite: string | undefined): EventRow {
  return {
    log_index: logIndex,
    position: event.position.toString(),
    event_id: event.id,
    stream: event.stream,
    type: event.type,
    recorded_at: metadataOf(event).recordedAt,
    subject_site: subjectSite ?? null,
    record_bytes: event.record.byteLength,
  };
}

/** The copy of a record, where copies are kept. */
export function recordRow({ event: { record }, logIndex }: Placed): RecordRow {
  return {
    log_index: logIndex,
    record: Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString('utf8'),
  };
}

export function metadataOf(event: StoredEvent): EventMetadata {
  // Recording writes all of them: no event of the log lacks one.
  return event.metadata as unknown as EventMetadata;
}

/** The site that an event of the registry is about, if its own data name it. */
export function subjectSiteOf(event: StoredEvent): string | undefined {
  switch (event.type) {
    case 'SiteOpened':
    case 'SiteHeld':
    case 'SiteReleased':
      return streamKey(event.stream);
    case 'AttestationIssued':
    case 'ConcernRaised':
      return (event.data as unknown as { siteId: string }).siteId;
    default:
      return undefined;
  }
}
