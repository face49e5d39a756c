import { randomUUID } from 'node:crypto';
import { type Metadata, type ServiceError } from '@grpc/grpc-js';
import { type Faults } from './faults.js';
import { type DoubleLog } from './log.js';
import { type ProposedEvent } from './recorded-event.js';

/** Who may call, by name; the groups that a stream's `$acl` may name. */
export type Users = Readonly<Record<string, { readonly password: string; readonly groups?: readonly string[] }>>;

/** A node's role in the cluster. */
export type Role = 'leader' | 'follower' | 'unknown';

/** A node as seen by another. */
export interface Member {
  readonly instanceId: string;
  readonly role: Role;
  readonly isAlive: boolean;
  readonly port: number;
}

/** State shared by the calls of one node. */
export interface DoubleState {
  readonly log: DoubleLog;
  readonly faults: Faults;
  readonly standing: Standing;
  /** Largest append, in bytes of data and metadata: a server's `MaxAppendSize`. */
  readonly maxAppendBytes: number;
  /** As the server reports it, e.g. `24.10.0`. */
  readonly version: string;
  /** Default: a server without users, as one that runs insecure. */
  readonly users: Users | undefined;
  eventOfAnotherClient(): ProposedEvent;
}

/** What a node may do, depending on its role in a cluster. */
export interface Standing {
  /** Why a call is not accepted; undefined when it is. */
  refusalOf(call: { readonly requiresLeader: boolean; readonly writes: boolean }): ServiceError | undefined;
  /** The node that writes for this one; undefined when it cannot be reached. */
  writer(): DoubleState | undefined;
  /**
   * Resolves to true when the record at a position is on a quorum of the nodes, to false when a server stops waiting.
   */
  replicated(position: bigint): Promise<boolean>;
  members(): readonly Member[];
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
