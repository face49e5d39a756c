import { type Decision, type EventMetadata, type Moment, type RefusalCode } from '#custody';
import { EventStoreError, type EventStore, type StoredEvent } from '#event-store';
import { CommandRefused, refusedBy, StaleRevision } from './refused.js';
import { type LedgerClock } from './clock.js';
import { metadataOf, momentOf, type CommandContext, type CommandReceipt } from './command-context.js';
import { commandIdOf, eventIdOf } from './identity.js';
import { newEvents } from './new-events.js';
import { receiptOf, receiptOfAppend } from './receipt.js';
import { MOST_ATTEMPTS } from './recording-limits.js';
import { ownerOf as ownerOfFact, type DisclosureKeeper } from './disclosing.js';
import { type Signatures } from './signatures.js';

/** Refusals that tell no more than that something is there or is not. */
const UNKNOWN: readonly RefusalCode[] = ['not-found', 'id-taken'];

/**
 * Records in streams that stay short (organisations, attestations, concerns, the opening of a site): each command reads
 * the whole stream, so nothing is cached and every earlier command is seen.
 */
export class ShortStreams {
  readonly #store: EventStore;
  readonly #clock: LedgerClock;
  readonly #signatures: Signatures;
  readonly #disclosures: DisclosureKeeper;

  constructor(store: EventStore, clock: LedgerClock, signatures: Signatures, disclosures: DisclosureKeeper) {
    this.#store = store;
    this.#clock = clock;
    this.#signatures = signatures;
    this.#disclosures = disclosures;
  }

  async record<E extends { type: string; data: unknown }>(
    stream: string,
    context: CommandContext,
    decide: (events: readonly StoredEvent[], moment: Moment) => Decision<E> | Promise<Decision<E>>,
    /** The organisation that answers for a site or an attestation. */
    ownerOf: (events: readonly StoredEvent[]) => string | undefined = () => undefined,
  ): Promise<CommandReceipt> {
    const commandId = commandIdOf(context.principal.principal, context.idempotencyKey);
    for (let count = 1; count <= MOST_ATTEMPTS; count++) {
      const events = await this.read(stream);
      const before = events.filter((event) => (event.metadata as unknown as EventMetadata).commandId === commandId);
      if (before.length > 0) return receiptOf(before, context);
      const revision = events.at(-1)?.revision;
      const moment = momentOf(context, this.#clock);
      const decision = await decide(events, moment);
      // Do not reveal even the revision of a stream that the principal may not know of.
      const unknown = !decision.accepted && UNKNOWN.includes(decision.refusal.code);
      if (!unknown && context.ifMatch !== undefined && revision !== context.ifMatch) {
        throw new StaleRevision(stream, context.ifMatch, revision);
      }
      if (!decision.accepted) throw refusedBy(decision.refusal);
      if (decision.events.length === 0) return { replayed: true, events: [] }; // it is so already
      const signature = await this.#signatures.check(
        { stream, type: decision.events[0]!.type, owner: ownerOf(events) },
        context,
        moment.now,
      );
      const metadata = metadataOf(commandId, context, moment, signature);
      const decided = newEvents(decision.events, metadata);
      const disclosing = this.#disclosures.begin(
        eventIdOf(commandId, 0),
        ownerOfFact({ stream, type: decision.events[0]!.type }, ownerOf(events), context),
        context.disclosures,
      );
      try {
        const appended = await this.#store.append(stream, decided, revision ?? 'no-stream');
        disclosing.done(appended.alreadyAppended);
        this.#signatures.forget(stream);
        return receiptOfAppend(stream, decided, appended);
      } catch (error) {
        disclosing.failed(error);
        if (!(error instanceof EventStoreError) || error.code !== 'revision-conflict') throw error;
      }
    }
    throw new CommandRefused(
      'revision-conflict',
      `${stream} is changed by others faster than this command could follow; send it again.`,
    );
  }

  async exists(stream: string): Promise<boolean> {
    return (await this.first(stream)) !== undefined;
  }

  /** The event that the stream begins with. */
  async first(stream: string): Promise<StoredEvent | undefined> {
    for await (const event of this.#store.readStream(stream, { limit: 1 })) return event;
    return undefined;
  }

  async read(stream: string): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    for await (const event of this.#store.readStream(stream)) events.push(event);
    return events;
  }
}
