import { randomUUID } from 'node:crypto';
import { type JsonObject, type NewEvent } from '#event-store';

/** An event as a ledger records it, with a command of its own. @param occurredAt RFC 3339 UTC with milliseconds */
export function madeUpEvent(type: string, data: JsonObject, occurredAt: string): NewEvent {
  return {
    id: randomUUID(),
    type,
    data,
    metadata: {
      commandId: randomUUID(),
      actor: { principal: 'benchmark' },
      occurredAt,
      recordedAt: occurredAt,
      schemaVersion: 1,
    },
  };
}
