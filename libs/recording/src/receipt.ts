import { type EventMetadata } from '#custody';
import { type AppendResult, type NewEvent } from '#event-store';
import { CommandRefused } from './refused.js';
import { type CommandContext, type CommandReceipt } from './command-context.js';

export interface FoundEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly metadata: unknown;
}

/**
 * The receipt of what a command recorded when it was first sent.
 * @throws CommandRefused `idempotency-key-reused` when that was another request
 */
export function receiptOf(events: readonly FoundEvent[], context: CommandContext): CommandReceipt {
  const { requestSha256 } = events[0]!.metadata as EventMetadata;
  if (requestSha256 !== context.requestSha256) {
    throw new CommandRefused(
      'idempotency-key-reused',
      'This Idempotency-Key was used for another request; a new request needs a new key.',
    );
  }
  return {
    replayed: true,
    events: events.map(({ id, type, stream, revision, position }) => ({
      eventId: id,
      type,
      stream,
      revision: String(revision),
      position: String(position),
    })),
  };
}

/** The receipt of what was appended just now. */
export function receiptOfAppend(
  stream: string,
  events: readonly NewEvent[],
  { revision, positions, alreadyAppended }: AppendResult,
): CommandReceipt {
  const first = revision - BigInt(positions.length - 1);
  return {
    replayed: alreadyAppended,
    events: events.map(({ id, type }, index) => ({
      eventId: id,
      type,
      stream,
      revision: String(first + BigInt(index)),
      position: String(positions[index]),
    })),
  };
}
