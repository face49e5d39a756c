import { type Principal } from '#access';
import { type CommandSignature, type EventMetadata, type Moment } from '#custody';
import { type SignedCommand } from '#signing';
import { list, oneOf, term, uuid, type ReadonlyOf } from '#vocabulary';
import { type Disclosure } from './disclosing.js';
import { type LedgerClock } from './clock.js';
import { SCHEMA_VERSION } from './recording-limits.js';

/** The caller and its conditions: the part of a command that is not its body. */
export interface CommandContext {
  readonly principal: Principal;
  /** As claimed; undefined: when the ledger records it. */
  readonly occurredAt: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** Hash of target and body, when there is an idempotency key. */
  readonly requestSha256: string | undefined;
  /** `If-Match`: the stream must be at this revision. */
  readonly ifMatch: bigint | undefined;
  /** As it came, not yet verified. */
  readonly signature: { readonly jws: string; readonly command: SignedCommand } | undefined;
  /** What opens the commitments in its body. */
  readonly disclosures: readonly Disclosure[];
}

const RECORDED_EVENT = {
  eventId: uuid(),
  type: term({ example: 'BatchRegistered' }),
  stream: term({ example: 'site-aosora-hydroxide' }),
  revision: term({ description: 'Index in the stream, decimal', example: '12' }),
  position: term({ description: 'Place in the ledger’s global order, decimal', example: '1204' }),
};
export type RecordedEvent = ReadonlyOf<typeof RECORDED_EVENT>;

/** Something about a command that was recorded all the same. */
const COMMAND_WARNING = {
  code: oneOf(['confusable-id']),
  path: term({ description: 'The field of the body', example: 'outputs[2].batchId' }),
  message: term(),
};
export type CommandWarning = ReadonlyOf<typeof COMMAND_WARNING>;

/** What a command's answer says: the events it recorded, or recorded when it was first sent. */
export const COMMAND_RECEIPT = {
  name: 'CommandReceipt',
  fields: {
    events: list('RecordedEvent', RECORDED_EVENT),
    warnings: list('CommandWarning', COMMAND_WARNING, {
      optional: true,
      description: 'A new id looks like one of another organisation; it is recorded all the same',
    }),
  },
};
export interface CommandReceipt extends ReadonlyOf<(typeof COMMAND_RECEIPT)['fields']> {
  /** True when the command had been recorded before, and nothing was recorded now. */
  readonly replayed: boolean;
}

/** What an event keeps of who recorded it. */
export function actorOf({ principal, organisation }: Principal): EventMetadata['actor'] {
  return organisation === undefined ? { principal } : { organisation, principal };
}

/** When a command happens: as claimed, or now; and in whose name. */
export function momentOf(context: CommandContext, clock: LedgerClock): Moment {
  const now = clock.now();
  return {
    occurredAt: context.occurredAt ?? now,
    now,
    authority: context.principal.organisation ?? context.principal.principal,
  };
}

/** @param signature verified */
export function metadataOf(
  commandId: string,
  context: Pick<CommandContext, 'principal'> & Partial<Pick<CommandContext, 'requestSha256'>>,
  { occurredAt, now }: Moment,
  signature?: CommandSignature,
): EventMetadata {
  const metadata: EventMetadata = {
    actor: actorOf(context.principal),
    commandId,
    occurredAt,
    recordedAt: now,
    schemaVersion: SCHEMA_VERSION,
  };
  if (context.requestSha256 !== undefined) metadata.requestSha256 = context.requestSha256;
  if (signature !== undefined) metadata.signature = signature;
  return metadata;
}
