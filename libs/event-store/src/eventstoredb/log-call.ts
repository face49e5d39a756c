import { convertToCommandError, type EventStoreDBClient } from '@eventstore/db-client';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { SubscriptionEnded } from './client-errors.js';
import { nodeFailed, streamsOf } from './connection.js';
import { logMessage, logRequest, type LogMessage, type LogRequest, type ReadReq } from './log-messages.js';
import { type ServerRecord } from './recorded-event.js';

type Streams = Awaited<ReturnType<typeof streamsOf>>;
type Call = ReturnType<Streams['read']>;

/**
 * Events read ahead, besides the 16 messages that the transport holds: on a busy machine each request for more takes as long
 * as hundreds of events. Not more, since an event may have 1 MiB.
 */
const READ_AHEAD_EVENTS = 128;

interface LogCallOptions extends LogRequest {
  /** Largest number of records read ahead, if less than it reads ahead by itself. */
  readonly readAhead: number;
  readonly signal: AbortSignal;
  /** The server has accepted the call. */
  readonly onConfirmed: () => void;
}

/**
 * A subscription to the log from which the reader takes what has arrived when it has time: beyond what is read ahead the
 * server waits. The call is made here and not by the client, whose messages and streams cost more than their content. Asks
 * the leader: another node may deliver events that the cluster does not keep, and give their positions to other events.
 */
export class LogCall {
  /** The end of the log was reached at least once. */
  caughtUp = false;
  failure: Error | undefined;
  /** Everything up to here was given, or is outside the filter. */
  checkpoint: bigint | undefined;
  #records: ServerRecord[] = [];
  #taken = 0;
  #call: Call | undefined;
  #ended = false;
  #changed = false;
  #resume = (): void => undefined;
  readonly #leave = (): void => this.end();
  readonly #options: LogCallOptions;

  constructor(client: EventStoreDBClient, options: LogCallOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', this.#leave);
    streamsOf(client).then(
      (streams) => this.#open(client, streams),
      (error: unknown) => this.fail(error as Error),
    );
  }

  /** The next record that has arrived. */
  take(): ServerRecord | undefined {
    if (this.#taken < this.#records.length) return this.#records[this.#taken++];
    if (this.#taken > 0) [this.#records, this.#taken] = [[], 0];
    if (this.#call?.isPaused()) this.#call.resume();
    return undefined;
  }

  /** Resolves when something has changed since it was last asked, or when the signal aborts. */
  async woken(): Promise<void> {
    const { aborted } = this.#options.signal;
    if (!this.#changed && !aborted) await new Promise<void>((resolve) => (this.#resume = resolve));
    this.#changed = false;
  }

  fail(error: Error): void {
    this.failure ??= error;
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#options.signal.removeEventListener('abort', this.#leave);
    this.#call?.cancel();
    this.#wake();
  }

  #open(client: EventStoreDBClient, streams: Streams): void {
    if (this.#ended) return;
    const call = calling(client, streams, logRequest(this.#options));
    this.#call = call as unknown as Call;
    call.on('data', (message: LogMessage) => this.#hear(message));
    call.on('error', (error: Error) => {
      if (this.#ended) return;
      nodeFailed(client, streams, error);
      this.fail(convertToCommandError(error));
    });
    call.on('end', () => this.fail(new SubscriptionEnded('the server ended the subscription')));
  }

  #hear(message: LogMessage): void {
    if (message.kind === 'record') {
      this.#records.push(message.record);
      if (this.#records.length >= Math.min(READ_AHEAD_EVENTS, this.#options.readAhead)) this.#call?.pause();
    } else if (message.kind === 'checkpoint') this.checkpoint = message.commit;
    else if (message.kind === 'caught-up') this.caughtUp = true;
    else if (message.kind === 'confirmed') this.#options.onConfirmed();
    this.#wake();
  }

  #wake(): void {
    this.#changed = true;
    this.#resume();
  }
}

function calling(client: EventStoreDBClient, streams: Streams, request: ReadReq) {
  return streams.makeServerStreamRequest(
    streamsGrpc.StreamsService.read.path,
    (asked: ReadReq) => Buffer.from(asked.serializeBinary()),
    logMessage,
    request,
    ...client['callArguments']({ requiresLeader: true }, { deadline: Infinity }),
  );
}
