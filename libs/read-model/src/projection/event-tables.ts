import type { StoredEvent } from '#event-store';
import type { BatchesTransformed, BatchSplit, EventMetadata } from '#custody';
import { touchedBy, type GraphEvent } from '#claims';
import type { EventRow } from '../views/schema.js';
import { streamKey, type Placed } from './evidence.js';

/** The event as the graph folds it. */
export function graphEvent({ event, logIndex }: Placed): GraphEvent {
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

/** @param subjectSite Of a fact about a site, see {@link EventRow}. */
export function eventRow({ event, logIndex }: Placed, subjectSite: string | undefined): EventRow {
  const { commandId, occurredAt, recordedAt, requestSha256 } = metadataOf(event);
  const { record } = event;
  return {
    log_index: logIndex,
    position: event.position.toString(),
    event_id: event.id,
    stream: event.stream,
    revision: Number(event.revision),
    type: event.type,
    occurred_at: occurredAt,
    recorded_at: recordedAt,
    command_id: commandId,
    request_sha256: requestSha256 ?? null,
    subject_site: subjectSite ?? null,
    record: Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString('utf8'),
  };
}

export function metadataOf(event: StoredEvent): EventMetadata {
  // The door writes them all: no event of the log lacks one.
  return event.metadata as unknown as EventMetadata;
}

/** The site that an event of the registry is about, when its own data say so. */
export function subjectSiteOf(event: StoredEvent): string | undefined {
  switch (event.type) {
    case 'SiteOpened':
      return streamKey(event.stream);
    case 'AttestationIssued':
    case 'LabourConcernRaised':
      return (event.data as unknown as { siteId: string }).siteId;
    default:
      return undefined;
  }
}

export interface Flow {
  readonly from: string;
  readonly to: string;
}

/** From which batches mass flows into which by a transformation or a split; none when the fold cannot read its data. */
export function flowsOf(event: GraphEvent): Flow[] {
  if (touchedBy(event).batches.length === 0) return [];
  if (event.type === 'BatchesTransformed') {
    const { inputs, outputs } = event.data as BatchesTransformed;
    const from = new Set(inputs.map((input) => input.batchId));
    const to = new Set(outputs.map((output) => output.batchId));
    return [...from].flatMap((input) => [...to].map((output) => ({ from: input, to: output })));
  }
  if (event.type === 'BatchSplit') {
    const { batchId, parts } = event.data as BatchSplit;
    return [...new Set(parts.map((part) => part.batchId))].map((part) => ({ from: batchId, to: part }));
  }
  return [];
}
