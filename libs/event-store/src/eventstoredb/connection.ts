import { setTimeout } from 'node:timers/promises';
import { DeadlineExceededError, EventStoreDBClient, UnavailableError } from '@eventstore/db-client';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { EventStoreError } from '../event-store-error.js';

/**
 * Connects so that the client makes one call for each append; by default it sends appends over shared calls, which
 * `BatchAppends` does in its place. The client's shared calls are unsafe: an append has no deadline and can wait for ever;
 * when one call breaks, appends on others are rejected too, to whatever server, and an answer that then comes for one of
 * them is an exception that nobody can catch; if asking for the server's features fails once, all appends fail from then on
 * (`client-traps.int.spec.ts`).
 *
 * `throwOnAppendFailure` is on by default. Without it the client gives wrong revisions of conflicts.
 * @param url `kurrentdb://` is taken for `esdb://`: the server was renamed, its protocol stayed.
 * @throws EventStoreError `store-unavailable` when it is no connection string or turns `throwOnAppendFailure` off.
 */
export function connect(url: string): EventStoreDBClient {
  if (/throw[-_]?on[-_]?append[-_]?failure=false/i.test(url)) {
    throw new EventStoreError('store-unavailable', 'the connection string must leave throwOnAppendFailure on');
  }
  const client = parsed(url.replace(/^kurrentdb(?=\+|:)/, 'esdb'));
  client['supports'] = () => Promise.resolve(false);
  outliveOutages(client);
  return client;
}

function parsed(url: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(url);
  } catch {
    // The client's error contains the connection string, which may hold a password.
    throw new EventStoreError('store-unavailable', 'the connection string of EventStoreDB cannot be read');
  }
}

/** A client's connection to one node. */
export type Channel = Awaited<ReturnType<EventStoreDBClient['getChannel']>>;

/** Internals of the client that this module has to work around. */
interface ClientInternals {
  createChannel: () => Promise<Channel>;
  handleError: (used: GrpcClient, error: Error) => Promise<void>;
  shouldReconnect: (error: Error) => [boolean, unknown?];
  getGRPCClient: (kind: typeof streamsGrpc.StreamsClient, name: string) => Promise<GrpcClient>;
}
type GrpcClient = InstanceType<typeof streamsGrpc.StreamsClient>;

const internalsOf = (client: EventStoreDBClient): ClientInternals => client as unknown as ClientInternals;

const channels = new WeakMap<EventStoreDBClient, Promise<Channel>>();

const known = new WeakSet<EventStoreDBClient>();

/** Whether the client's present node was checked and no call has failed since, after which it may have changed nodes. */
export function isNodeKnown(client: EventStoreDBClient): boolean {
  return known.has(client);
}

/** Notes that the client's node was checked. */
export function nodeKnown(client: EventStoreDBClient): void {
  known.add(client);
}

/**
 * Corrects what the client does wrong in an outage (`client-traps.int.spec.ts`): nothing awaits its handling of a failed
 * call, which rejects when no node is found and so ends the process; and it closes a channel at once, while calls are about
 * to be made on it. It also stays with a node that lets the deadline of an append pass.
 */
function outliveOutages(client: EventStoreDBClient): void {
  const internals = internalsOf(client);
  const { createChannel, handleError, shouldReconnect } = internals;
  internals.handleError = async (used, error) => {
    known.delete(client);
    await handleError(used, error).catch(() => undefined);
    known.delete(client); // somebody may have looked at the node that it has just left
  };
  internals.createChannel = () => {
    const channel = createChannel().then(closedLater);
    channels.set(client, channel);
    return channel;
  };
  internals.shouldReconnect = (error) => (error instanceof DeadlineExceededError ? [true] : shouldReconnect(error));
}

/** A turn later: whoever holds the channel can still make a call, which then fails like any other on it. */
function closedLater(channel: Channel): Channel {
  const close = channel.close.bind(channel);
  channel.close = () => void setImmediate(close);
  return channel;
}

/** The stub that makes calls of streams on the client's present connection. */
export function streamsOf(client: EventStoreDBClient): Promise<GrpcClient> {
  return internalsOf(client).getGRPCClient(streamsGrpc.StreamsClient, 'streams');
}

/** Makes the client handle a failed call like one of its own. */
export function nodeFailed(client: EventStoreDBClient, used: GrpcClient, error: Error): void {
  void internalsOf(client).handleError(used, error);
}

/**
 * To be called before a call without a deadline is made.
 * @returns makes the client look for another node, unless it has already left the one that the call was made to
 */
export function leaver(client: EventStoreDBClient): () => void {
  const internals = internalsOf(client);
  const streams = streamsOf(client);
  streams.catch(() => undefined);
  return () => {
    const silence = new UnavailableError(undefined, 'no answer');
    streams.then((used) => internals.handleError(used, silence)).catch(() => undefined);
  };
}

/** Longest wait for the client to end its calls, in milliseconds: one that was left half read can keep it for ever. */
const LONGEST_FAREWELL_MS = 2_000;

/** Ends the calls, and the connection: dispose() alone leaves the socket open. Looks for no node to do so. */
export async function disconnect(client: EventStoreDBClient): Promise<void> {
  const farewell = new AbortController();
  const patience = setTimeout(LONGEST_FAREWELL_MS, undefined, { signal: farewell.signal }).catch(() => undefined);
  await Promise.race([client.dispose(), patience]);
  // One that is still being looked for is closed when it is found.
  const closed = channels.get(client)?.then((channel) => channel.close());
  await Promise.race([closed?.catch(() => undefined), patience]);
  farewell.abort();
}
