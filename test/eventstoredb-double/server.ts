import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Users, type DoubleState, eventOfAnotherClient, jsonEvent, type Standing } from './state.js';
import { Faults, notLeader } from './faults.js';
import { type Calls, grpcServer, listen } from './grpc-server.js';
import { DoubleLog } from './log.js';

export interface EventStoreDbDouble {
  /** Connection string for `@eventstore/db-client`, without a user. */
  readonly url: string;
  readonly port: number;
  readonly log: DoubleLog;
  readonly faults: Faults;
  /** Calls since it was started; each append of the batch call counts as one. */
  readonly calls: Calls;
  /** Breaks every connection; the double keeps listening. */
  dropConnections(): void;
  /** Breaks every connection and stops listening; the log is kept for {@link EventStoreDbDoubleOptions.log}. */
  stop(): Promise<void>;
}

interface EventStoreDbDoubleOptions {
  /** The log of a stopped double: this one continues with it, as a restarted server does. */
  readonly log?: DoubleLog;
  /** Default: any that is free. */
  readonly port?: number;
  /** If false, the client makes one call per append, as with a server before 21.10. */
  readonly batchAppend?: boolean;
  /** Before 23.10, a server does not report that a subscription has caught up. Default: {@link SERVER_VERSION}. */
  readonly version?: string;
  /** The double then speaks TLS, with a certificate of its own: a client sends no password without it. */
  readonly users?: Users;
  /** Bytes of data and metadata; default: {@link MAX_APPEND_BYTES}. */
  readonly maxAppendBytes?: number;
}

/** The default of a server's setting `MaxAppendSize`. */
export const MAX_APPEND_BYTES = 1024 * 1024;

export const SERVER_VERSION = '24.10.0';

/**
 * Starts a test double of an EventStoreDB server: it speaks the server's gRPC protocol over a real socket, keeps its log in
 * memory and fails on demand. It stands in for one node; it is not a server, and knows nothing of links, scavenging,
 * persistent subscriptions or projections.
 */
export async function startEventStoreDbDouble(options: EventStoreDbDoubleOptions = {}): Promise<EventStoreDbDouble> {
  const faults = new Faults();
  const place = { port: options.port ?? 0 };
  const state: DoubleState = {
    log: options.log ?? freshLog(),
    faults,
    standing: standingAlone(() => state, place),
    maxAppendBytes: options.maxAppendBytes ?? MAX_APPEND_BYTES,
    version: options.version ?? SERVER_VERSION,
    users: options.users,
    eventOfAnotherClient,
  };
  const calls = { appends: 0, reads: 0 };
  const server = grpcServer(state, { batchAppends: options.batchAppend ?? true, calls });
  const tls = options.users && (await (await import('./own-certificate.js')).ownCertificate());
  const port = await listen(server, place.port, tls);
  place.port = port;
  return {
    url: tls
      ? `esdb://localhost:${port}?tlsCAFile=${encodeURIComponent(tls.caFile)}`
      : `esdb://127.0.0.1:${port}?tls=false`,
    port,
    log: state.log,
    faults: state.faults,
    calls,
    dropConnections: () => server.drain(`127.0.0.1:${port}`, 0),
    stop: async () => {
      server.forceShutdown();
      if (tls) rmSync(dirname(tls.caFile), { recursive: true });
    },
  };
}

/** A server's log is never empty: its own events come first. */
export function freshLog(): DoubleLog {
  const log = new DoubleLog();
  log.append('$users', 'any', [jsonEvent('$User', { data: 'admin' })]);
  return log;
}

/** A single node is a quorum and leads, unless a fault makes it redirect its callers. */
function standingAlone(state: () => DoubleState, place: { readonly port: number }): Standing {
  const instanceId = randomUUID();
  return {
    refusalOf: ({ requiresLeader }) => {
      const { leader } = state().faults;
      return requiresLeader && leader ? notLeader(leader) : undefined;
    },
    writer: state,
    replicated: () => Promise.resolve(true),
    members: () => [{ instanceId, role: 'leader', isAlive: true, port: place.port }],
  };
}
