import { Metadata, type ServiceError, status } from '@grpc/grpc-js';

/**
 * The fault of the next append. `lost-before-write`: the call breaks and nothing was written; `lost-after-write`: the
 * call breaks after the write; `reset-after-write`: the same, as a reset of the stream; `unanswered`: written, and no
 * answer ever comes; `timed-out`: a soft error that says so; `crossed`: an event of another client gets in first.
 */
export type AppendFault =
  'lost-before-write' | 'lost-after-write' | 'reset-after-write' | 'unanswered' | 'timed-out' | 'crossed';

interface LeaderEndpoint {
  readonly host: string;
  readonly port: number;
}

/** The settings by which a test makes the double fail. */
export class Faults {
  readonly #appends: AppendFault[] = [];
  readonly #readsBreakAfter: number[] = [];
  #featureFailures = 0;
  readonly #drops = new Set<(error: ServiceError) => void>();
  #dropAfter: number | undefined;

  /** How long each answer to an append is delayed. */
  appendDelayMs = 0;
  /** While set, appends and reads that require the leader are refused and sent there. */
  leader: LeaderEndpoint | undefined;
  /** Position after which the last subscription began; undefined when it began at the start of the log. */
  lastSubscriptionStart: bigint | undefined;
  /** A live subscription that lags by more events is ended by the server. */
  liveBufferEvents = Infinity;
  /** While set, every append breaks before it is written. */
  refuseAppends = false;

  failNextAppends(...faults: AppendFault[]): void {
    this.#appends.push(...faults);
  }

  /** The next read (not a subscription) breaks after this many events. */
  breakNextRead(afterEvents: number): void {
    this.#readsBreakAfter.push(afterEvents);
  }

  /** The next subscription to begin breaks after this many events. */
  breakNextSubscription(afterEvents: number): void {
    this.#dropAfter = afterEvents;
  }

  /** The next question for the server's features is answered with an error that is not UNAVAILABLE. */
  failNextFeatures(): void {
    this.#featureFailures++;
  }

  /** Breaks every running subscription, or this many of them, latest first. */
  dropSubscriptions(count = Infinity): void {
    const running = [...this.#drops].reverse().slice(0, count);
    for (const drop of running) {
      this.#drops.delete(drop);
      drop(unavailable('subscription dropped'));
    }
  }

  get runningSubscriptions(): number {
    return this.#drops.size;
  }

  takeAppendFault(): AppendFault | undefined {
    return this.refuseAppends ? 'lost-before-write' : this.#appends.shift();
  }

  takeReadBreak(): number | undefined {
    return this.#readsBreakAfter.shift();
  }

  takeSubscriptionBreak(): number | undefined {
    const after = this.#dropAfter;
    this.#dropAfter = undefined;
    return after;
  }

  takeFeatureFailure(): boolean {
    if (this.#featureFailures === 0) return false;
    this.#featureFailures--;
    return true;
  }

  /** @returns the function that takes the subscription off the list again. */
  registerSubscription(drop: (error: ServiceError) => void): () => void {
    this.#drops.add(drop);
    return () => this.#drops.delete(drop);
  }
}

export function serviceError(code: status, details: string, entries: Record<string, string> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

export const unavailable = (details: string): ServiceError => serviceError(status.UNAVAILABLE, details);

/** Written, but not on a quorum of the nodes in time. The record stays in the log of the node that was called. */
export const notReplicated = (): ServiceError =>
  serviceError(status.ABORTED, 'Operation timed out: Commit phase timeout.');

/** The answer of a node without a quorum to a call that requires the leader. */
export const notReady = (): ServiceError => unavailable('Server Is Not Ready');

/** A live subscription that consumes its events more slowly than they arrive. */
export const tooSlow = (): ServiceError =>
  serviceError(
    status.ABORTED,
    'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.',
  );

/** As the server's `RpcExceptions.LeaderInfo`. */
export function notLeader({ host, port }: LeaderEndpoint): ServiceError {
  return serviceError(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });
}

/** As the server's `RpcExceptions.StreamDeleted`: the stream has a tombstone. */
export function streamDeleted(stream: string): ServiceError {
  return serviceError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });
}
