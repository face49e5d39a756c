import { COMMANDS_KEPT } from '#custody';
import { type EventStore, type StoredEvent } from '#event-store';
import { type EventIndex } from './ports.js';
import { CommandRefused } from './refused.js';
import { type CommandContext, type CommandReceipt } from './command-context.js';
import { eventIdOf } from './identity.js';
import { receiptOf } from './receipt.js';
import { type OpenAccount } from './site-accounts.js';
import { siteStream } from './stream-names.js';

/** How long a command with an idempotency key waits for the index of earlier commands, in milliseconds. */
const LONGEST_WAIT_FOR_INDEX = 5_000;

/** What a command with an idempotency key recorded when it was first sent, so that a retry records nothing. */
export class EarlierCommands {
  readonly #store: EventStore;
  readonly #index: EventIndex;

  constructor(store: EventStore, index: EventIndex) {
    this.#store = store;
    this.#index = index;
  }

  /** Whether the account itself tells that the command never came before, without a look elsewhere. */
  isNew({ state: { commands } }: OpenAccount, commandId: string, { requestSha256 }: CommandContext): boolean {
    return requestSha256 === undefined || (commands.size < COMMANDS_KEPT && !commands.has(commandId));
  }

  /**
   * Looks in the account's window of recent commands first. For older ones it looks in the log's index of event ids, which
   * never lags, or, if the log has none, in the read model's.
   * @throws CommandRefused `idempotency-key-reused`; `overloaded` while the index has not reached the window.
   */
  async atSite(
    siteId: string,
    account: OpenAccount,
    commandId: string,
    context: CommandContext,
  ): Promise<CommandReceipt | undefined> {
    if (context.requestSha256 === undefined) return undefined;
    const stream = siteStream(siteId);
    const { commands } = account.state;
    const recent = commands.get(commandId);
    if (recent) {
      const event = await this.#eventAt(stream, recent.revision);
      return event?.id === recent.eventId ? receiptOf([event], context) : undefined;
    }
    if (commands.size < COMMANDS_KEPT) return undefined; // the window holds the whole stream
    if (!this.#store.byId) await this.#awaitIndex(stream, account);
    const eventId = eventIdOf(commandId, 0);
    const event = await (this.#store.byId?.(eventId) ?? this.#index.byId(eventId));
    return event?.stream === stream ? receiptOf([event], context) : undefined;
  }

  /**
   * Commands older than the window are looked up in the index, which must have caught up with the window. Checks half a
   * window ahead, so that in a stream of commands only one in hundreds reads the log.
   */
  async #awaitIndex(stream: string, account: OpenAccount): Promise<void> {
    const oldestInWindow = account.state.commands.values().next().value!.revision;
    if (oldestInWindow <= account.indexedThrough) return;
    const event = await this.#eventAt(stream, oldestInWindow + BigInt(COMMANDS_KEPT / 2));
    if (!event) return;
    if (!(await this.#index.waitFor(event.position, LONGEST_WAIT_FOR_INDEX))) {
      throw new CommandRefused(
        'overloaded',
        'The index of earlier commands is being rebuilt; send the command again.',
        [],
        5,
      );
    }
    account.indexedThrough = event.revision;
  }

  async #eventAt(stream: string, revision: bigint): Promise<StoredEvent | undefined> {
    for await (const event of this.#store.readStream(stream, { from: revision, limit: 1 })) return event;
    return undefined;
  }
}
