import type { EventMetadata } from '#custody';

/** The first event of a command, for an answer to its repetition. */
export interface RecordedCommand {
  readonly revision: bigint;
  readonly eventId: string;
  readonly type: string;
  readonly requestSha256?: string;
}

/** Command id → what it recorded. All of them: these streams have a handful of events. */
export type RecordedCommands = ReadonlyMap<string, RecordedCommand>;

interface RecordedEvent {
  readonly id: string;
  readonly type: string;
  readonly revision: bigint;
  readonly metadata: EventMetadata;
}

/** The commands with that of one more event; of a command with several events the first counts. */
export function withCommandOf(commands: RecordedCommands, event: RecordedEvent): RecordedCommands {
  const { commandId, requestSha256 } = event.metadata;
  if (commands.has(commandId)) return commands;
  const recorded = { revision: event.revision, eventId: event.id, type: event.type };
  return new Map(commands).set(commandId, requestSha256 === undefined ? recorded : { ...recorded, requestSha256 });
}
