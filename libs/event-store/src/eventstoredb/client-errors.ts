import { type CommandError, ErrorType, isCommandError } from '@eventstore/db-client';
import { EventStoreError } from '../event-store-error.js';

const TRANSIENT_TYPES: ReadonlySet<ErrorType> = new Set([
  ErrorType.TIMEOUT,
  ErrorType.DEADLINE_EXCEEDED,
  ErrorType.UNAVAILABLE,
  ErrorType.CANCELLED,
  ErrorType.NOT_LEADER,
]);

/** Status codes of gRPC for failures that a retry will not cure. */
const GrpcStatus = { invalidArgument: 3, permissionDenied: 7, resourceExhausted: 8, outOfRange: 11, unimplemented: 12 };
const LASTING_STATUSES: ReadonlySet<number | undefined> = new Set(Object.values(GrpcStatus));

const UNAUTHENTICATED = 16;

/** The answer did not come within {@link Timing.attemptMs}: reads have no deadline of the client's. */
export class AttemptTimeout extends Error {
  override readonly name = 'AttemptTimeout';
}

/** The server ended a subscription without an error. */
export class SubscriptionEnded extends Error {
  override readonly name = 'SubscriptionEnded';
}

/** Whether another attempt may succeed. A call that was reset arrives as the client's `unknown` error. */
export function isTransient(error: unknown): boolean {
  if (error instanceof AttemptTimeout || error instanceof SubscriptionEnded) return true;
  if (!isError(error)) return false;
  if (!isCommandError(error)) return isFailedDiscovery(error);
  return (
    TRANSIENT_TYPES.has(error.type) || (error.type === ErrorType.UNKNOWN && !LASTING_STATUSES.has(error._raw?.code))
  );
}

export function isOfType<Type extends ErrorType>(
  error: unknown,
  type: Type,
): error is Extract<CommandError, { type: Type }> {
  return isError(error) && isCommandError(error) && error.type === type;
}

/** The store's error for a failure that retries did not or would not cure. */
export function storeError(error: unknown, what: string): EventStoreError {
  if (error instanceof EventStoreError) return error;
  const why = isError(error) ? error.message : String(error);
  if (isOfType(error, ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED)) {
    return new EventStoreError('event-too-large', `${what}: the server takes ${error.maxAppendSize} bytes at most`);
  }
  if (isOfType(error, ErrorType.ACCESS_DENIED)) {
    const refusal =
      Number(error.code) === UNAUTHENTICATED ? 'does not know the user or password' : 'denies this to the user';
    return new EventStoreError('store-failed', `${what}: EventStoreDB ${refusal} of the connection string`, undefined, {
      cause: error,
    });
  }
  if (isOfType(error, ErrorType.STREAM_DELETED)) {
    return new EventStoreError('stream-altered', `${what}: the stream was deleted for ever`, undefined, {
      cause: error,
    });
  }
  const code = isTransient(error) ? 'store-unavailable' : 'store-failed';
  return new EventStoreError(code, `${what}: ${why}`, undefined, { cause: error });
}

function isError(error: unknown): error is Error {
  return error instanceof Error;
}

/** Of a cluster: no node answered. */
const isFailedDiscovery = (error: Error): boolean => error.message.startsWith('Failed to discover');
