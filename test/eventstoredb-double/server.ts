import { type handleUnaryCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { append, batchAppend } from './append-calls.js';
import { softDelete, tombstone } from './delete-calls.js';
import { Faults, serviceError } from './faults.js';
import { DoubleLog } from './log.js';
import { read } from './read-calls.js';
import { type DoubleState, eventOfAnotherClient, jsonEvent } from './state.js';

export interface EventStoreDbDouble {
  /** Connection string for `@eventstore/db-client`. */
  readonly url: string;
  readonly port: number;
  readonly log: DoubleLog;
  readonly faults: Faults;
  /** Breaks every connection; the double keeps listening. */
  dropConnections(): void;
  /** Breaks every connection and stops listening; the log is kept for {@link EventStoreDbDoubleOptions.log}. */
  stop(): Promise<void>;
}

export interface EventStoreDbDoubleOptions {
  /** Of a double that was stopped: this one goes on with it, as a restarted server does. */
  readonly log?: DoubleLog;
  /** Default: any that is free. */
  readonly port?: number;
  /** Off, the client appends with one call each, as it does to a server before 21.10. */
  readonly batchAppend?: boolean;
}

/** The default of a server's setting `MaxAppendSize`. */
const MAX_APPEND_BYTES = 1024 * 1024;

/** A server takes messages up to the size of its largest log record. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * Starts a test double of an EventStoreDB server: it speaks the server's gRPC protocol over a real socket, keeps its log in
 * memory and fails on demand. It stands in for one node without security; it is not a server, and knows nothing of
 * links, scavenging, persistent subscriptions, projections or users.
 */
export async function startEventStoreDbDouble(options: EventStoreDbDoubleOptions = {}): Promise<EventStoreDbDouble> {
  const state: DoubleState = {
    log: options.log ?? freshLog(),
    faults: new Faults(),
    maxAppendBytes: MAX_APPEND_BYTES,
    eventOfAnotherClient,
  };
  const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  server.addService(streamsGrpc.StreamsService, {
    append: append(state),
    batchAppend: batchAppend(state),
    read: read(state),
    delete: softDelete(state),
    tombstone: tombstone(state),
  });
  server.addService(featuresGrpc.ServerFeaturesService, {
    getSupportedMethods: supportedMethods(state, options.batchAppend ?? true),
  });
  const port = await listen(server, options.port ?? 0);
  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    port,
    log: state.log,
    faults: state.faults,
    dropConnections: () => server.drain(`127.0.0.1:${port}`, 0),
    stop: async () => server.forceShutdown(),
  };
}

/** A server's log is never empty: its own events come first. */
function freshLog(): DoubleLog {
  const log = new DoubleLog();
  log.append('$users', 'any', [jsonEvent('$User', { data: 'admin' })]);
  return log;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
}

function supportedMethods(
  state: DoubleState,
  withBatchAppend: boolean,
): handleUnaryCall<sharedPb.Empty, featuresPb.SupportedMethods> {
  return (_, respond) => {
    if (state.faults.takeFeatureFailure()) return respond(serviceError(status.INTERNAL, 'Received RST_STREAM'));
    const methods = new featuresPb.SupportedMethods();
    methods.setEventStoreServerVersion('24.10.0');
    for (const name of ['read', 'append', ...(withBatchAppend ? ['batchappend'] : [])]) {
      const method = new featuresPb.SupportedMethod();
      method.setServiceName('event_store.client.streams.streams');
      method.setMethodName(name);
      method.setFeaturesList([]);
      methods.addMethods(method);
    }
    respond(null, methods);
  };
}
