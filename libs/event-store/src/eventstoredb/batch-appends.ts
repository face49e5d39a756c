import { randomUUID } from 'node:crypto';
import {
  type AppendResult,
  convertToCommandError,
  DeadlineExceededError,
  type EventStoreDBClient,
  UnavailableError,
} from '@eventstore/db-client';
import type streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import {
  answerIn,
  batchAppendRequest,
  correlationOf,
  type BatchAppendResp,
  type BatchedAppend,
} from './batch-messages.js';
import { AttemptTimeout, isTransient } from './client-errors.js';
import { nodeFailed, streamsOf } from './connection.js';

type Streams = InstanceType<typeof streamsGrpc.StreamsClient>;
type Call = ReturnType<Streams['batchAppend']>;

/** A healthy server answers within two seconds, even if only to say that other nodes do not follow; silence means failure. */
const SILENCE_MS = 5_000;
const UNIMPLEMENTED = 12;

interface Waiting {
  readonly stream: string;
  readonly resolve: (answer: AppendResult | undefined) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Appends that share one call (`Streams.BatchAppend`), which costs a third of a call each. The client can do this too, but
 * not safely (`connect`), so the call is made here: each append has its own timeout, a call that breaks fails only the
 * appends that wait on it, and an answer that nobody waits for any more is dropped. An append that was not answered may be
 * in the log: the caller retries with the same ids and the same expectation.
 */
export class BatchAppends {
  readonly #calls = new WeakMap<Streams, SharedCall>();
  #supported = true;

  readonly #client: EventStoreDBClient;
  readonly #attemptMs: number;
  readonly #signal: AbortSignal;
  /** Called for each call that ended, whether or not anybody waited on it. */
  readonly #broke: () => void;

  constructor(client: EventStoreDBClient, attemptMs: number, signal: AbortSignal, broke: () => void) {
    this.#client = client;
    this.#attemptMs = attemptMs;
    this.#signal = signal;
    this.#broke = broke;
  }

  /**
   * @returns undefined when a separate call has to be made instead, whose answer gives the reason
   * @throws the client's error, AttemptTimeout
   */
  async append(append: BatchedAppend): Promise<AppendResult | undefined> {
    if (!this.#supported) return undefined;
    const streams = await streamsOf(this.#client);
    let call = this.#calls.get(streams);
    if (call === undefined) {
      call = new SharedCall(this.#client, streams, this.#attemptMs, this.#signal, (error) => {
        this.#calls.delete(streams);
        if (error.code === UNIMPLEMENTED) this.#supported = false;
        this.#broke();
      });
      this.#calls.set(streams, call);
    }
    return call.append(append);
  }
}

class SharedCall {
  readonly #waiting = new Map<string, Waiting>();
  readonly #call: Call;
  readonly #cancel = (): void => this.#call.cancel();
  #heardAt = 0;
  #ended = false;

  readonly #client: EventStoreDBClient;
  readonly #streams: Streams;
  readonly #attemptMs: number;
  readonly #signal: AbortSignal;
  readonly #onEnd: (error: Error & { readonly code?: number }) => void;

  constructor(
    client: EventStoreDBClient,
    streams: Streams,
    attemptMs: number,
    signal: AbortSignal,
    onEnd: (error: Error & { readonly code?: number }) => void,
  ) {
    this.#client = client;
    this.#streams = streams;
    this.#attemptMs = attemptMs;
    this.#signal = signal;
    this.#onEnd = onEnd;
    this.#call = streams.batchAppend(...client['callArguments']({ requiresLeader: true }, { deadline: Infinity }));
    this.#call.on('data', (response: BatchAppendResp) => {
      this.#heardAt = performance.now();
      const waiting = this.#take(correlationOf(response));
      if (waiting === undefined) return; // it has given up
      try {
        waiting.resolve(answerIn(response, waiting.stream));
      } catch (error) {
        waiting.reject(error as Error);
      }
    });
    this.#call.on('error', (error) => this.#end(error));
    this.#call.on('end', () => this.#end(new UnavailableError(undefined, 'the server ended the call of appends')));
    signal.addEventListener('abort', this.#cancel);
  }

  append(append: BatchedAppend): Promise<AppendResult | undefined> {
    const correlation = randomUUID();
    return new Promise((resolve, reject) => {
      const { stream } = append;
      const timer = this.#patience(correlation, performance.now());
      this.#waiting.set(correlation, { stream, resolve, reject, timer });
      this.#call.write(batchAppendRequest(correlation, append, this.#attemptMs));
    });
  }

  #patience(correlation: string, since: number): NodeJS.Timeout {
    const longest = Math.min(SILENCE_MS, this.#attemptMs);
    return setTimeout(() => {
      const patient = performance.now() - since < this.#attemptMs;
      if (this.#heardAt <= since) return this.#leave();
      const waiting = this.#waiting.get(correlation);
      if (waiting === undefined) return;
      if (patient) this.#waiting.set(correlation, { ...waiting, timer: this.#patience(correlation, since) });
      else this.#take(correlation)?.reject(new AttemptTimeout('no answer'));
    }, longest);
  }

  /** The server is silent: another node may have taken over. */
  #leave(): void {
    nodeFailed(this.#client, this.#streams, new DeadlineExceededError());
    this.#end(new AttemptTimeout('no answer'));
    this.#call.cancel();
  }

  #take(correlation: string): Waiting | undefined {
    const waiting = this.#waiting.get(correlation);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(correlation);
    return waiting;
  }

  #end(error: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#signal.removeEventListener('abort', this.#cancel);
    this.#onEnd(error);
    nodeFailed(this.#client, this.#streams, error);
    const why = error instanceof AttemptTimeout ? error : convertToCommandError(error);
    for (const correlation of [...this.#waiting.keys()]) {
      const waiting = this.#take(correlation)!;
      // A refusal concerns one append and not the others.
      if (isTransient(why)) waiting.reject(why);
      else waiting.resolve(undefined);
    }
  }
}
