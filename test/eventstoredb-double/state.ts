import { randomUUID } from 'node:crypto';
import { type Metadata } from '@grpc/grpc-js';
import { type Faults } from './faults.js';
import { type DoubleLog, type ProposedEvent } from './log.js';

/** What the calls of one double share. */
export interface DoubleState {
  readonly log: DoubleLog;
  readonly faults: Faults;
  /** Largest append, in bytes of data and metadata: a server's `MaxAppendSize`. */
  readonly maxAppendBytes: number;
  eventOfAnotherClient(): ProposedEvent;
}

export function requiresLeader(metadata: Metadata): boolean {
  return metadata.get('requires-leader')[0] === 'true';
}

export function eventOfAnotherClient(): ProposedEvent {
  return jsonEvent('SomethingElse', {});
}

/** An event as the server's own parts write them, in streams whose names begin with `$`. */
export function jsonEvent(type: string, data: object): ProposedEvent {
  return {
    id: randomUUID(),
    type,
    contentType: 'application/json',
    data: new Uint8Array(Buffer.from(JSON.stringify(data))),
    customMetadata: new Uint8Array(),
  };
}

/** An event of bytes that are no JSON, as another application on the same server may write them. */
export function binaryEvent(type: string, data: Uint8Array): ProposedEvent {
  return { id: randomUUID(), type, contentType: 'application/octet-stream', data, customMetadata: new Uint8Array() };
}
