import { type handleUnaryCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { append, batchAppend } from './append-calls.js';
import { softDelete, tombstone } from './delete-calls.js';
import { serviceError } from './faults.js';
import { gossip } from './gossip-calls.js';
import { type OwnCertificate } from './own-certificate.js';
import { read } from './read-calls.js';
import { type DoubleState } from './state.js';

/** A server accepts messages up to the size of its largest log record. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** Calls received, whatever their outcome. */
export interface Calls {
  appends: number;
  /** Subscriptions too. */
  reads: number;
}

interface GrpcServerOptions {
  readonly batchAppends: boolean;
  readonly calls?: Calls;
}

/** The services of one node; it does not listen yet. */
export function grpcServer(state: DoubleState, { batchAppends, calls }: GrpcServerOptions): Server {
  const countAppend = (): void => void (calls && calls.appends++);
  const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  server.addService(streamsGrpc.StreamsService, {
    append: counted(append(state), countAppend),
    batchAppend: batchAppend(state, countAppend),
    read: counted(read(state), () => calls && calls.reads++),
    delete: softDelete(state),
    tombstone: tombstone(state),
  });
  server.addService(gossipGrpc.GossipService, { read: gossip(state) });
  server.addService(featuresGrpc.ServerFeaturesService, {
    getSupportedMethods: supportedMethods(state, batchAppends),
  });
  return server;
}

function counted<Args extends unknown[]>(take: (...args: Args) => void, count: () => void): (...args: Args) => void {
  return (...args) => {
    count();
    take(...args);
  };
}

/** @returns the port. */
export function listen(server: Server, port: number, tls?: OwnCertificate): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(
      `127.0.0.1:${port}`,
      tls ? credentialsOf(tls) : ServerCredentials.createInsecure(),
      (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      },
    );
  });
}

function credentialsOf({ certificate, key }: OwnCertificate): ServerCredentials {
  return ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(certificate), private_key: Buffer.from(key) }]);
}

function supportedMethods(
  state: DoubleState,
  withBatchAppend: boolean,
): handleUnaryCall<sharedPb.Empty, featuresPb.SupportedMethods> {
  return (_, respond) => {
    if (state.faults.takeFeatureFailure()) return respond(serviceError(status.INTERNAL, 'Received RST_STREAM'));
    const methods = new featuresPb.SupportedMethods();
    methods.setEventStoreServerVersion(state.version);
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
