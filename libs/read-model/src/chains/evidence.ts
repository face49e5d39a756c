import { type EventStore, type StoredEvent } from '#event-store';

/**
 * Categories of the streams whose events are evidence: leaves of the Merkle tree, counted by the log index
 * (`docs/audit.md`). `access` has the API keys; the last seven have reservations of ids.
 */
export const EVIDENCE_CATEGORIES: readonly string[] = [
  'organisation',
  'site',
  'attestation',
  'concern',
  'disclosure',
  'access',
  'batch',
  'shipment',
  'transformation',
  'receipt',
  'return',
  'placement',
  'takeback',
];

/** What follows the category in a stream's name: `s-1` of `site-s-1`. */
export function streamKey(stream: string): string {
  return stream.slice(stream.indexOf('-') + 1);
}

/** An event's place in the log. */
export interface Placed {
  readonly event: StoredEvent;
  readonly logIndex: number;
}

/** The first evidence events of a log after a position. */
export async function evidenceAfter(
  store: Pick<EventStore, 'readAll'>,
  after: bigint | undefined,
  limit: number,
): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  const events = store.readAll({ categories: EVIDENCE_CATEGORIES, limit, ...(after !== undefined && { after }) });
  for await (const event of events) found.push(event);
  return found;
}
