import { actsFor } from '#access';
import {
  decideAtSite,
  needsRecords,
  reservationStream,
  type CommandSignature,
  type EventMetadata,
  type Facts,
  type Moment,
  type ReservedId,
  type SiteCommand,
} from '#custody';
import { type AppendResult, type EventStore, type StreamAppend } from '#event-store';
import { type CompositionCheck } from './composition-check.js';
import { ownerOf, type DisclosureKeeper, type Disclosing } from './disclosing.js';
import { CommandRefused, refusedBy, StaleRevision } from './refused.js';
import { type LedgerClock } from './clock.js';
import { metadataOf, momentOf, type CommandContext, type CommandReceipt } from './command-context.js';
import { type SiteRequest, type WaitingCommand } from './site-request.js';
import { type Decided } from './decided.js';
import { type EarlierCommands } from './earlier-commands.js';
import { eventIdOf } from './identity.js';
import { accountBehind, newEvents, newReservation } from './new-events.js';
import { type Reservations } from './reservations.js';
import { type Signatures, type ToBeSigned } from './signatures.js';
import { type SiteAccounts, type OpenAccount } from './site-accounts.js';
import { USUAL_APPEND_BYTES, type Chunk, type Held } from './site-chunk.js';
import { type SiteFacts } from './site-facts.js';
import { siteStream } from './stream-names.js';

/** What a command was decided to be: new, or recorded before. */
export type Outcome = Decided | { readonly recorded: CommandReceipt };

/** What a command is decided on beside the account. */
interface Grounds {
  readonly fact: ToBeSigned;
  readonly facts: Facts;
  readonly moment: Moment;
  readonly signature: CommandSignature | undefined;
}

/** The steps of recording a command at a site, in their order; when each is taken is the lane's. */
export class SiteDecisions {
  readonly #store: EventStore;
  readonly #reservations: Reservations;
  readonly #siteFacts: SiteFacts;
  readonly #earlier: EarlierCommands;
  readonly #clock: LedgerClock;
  readonly #signatures: Signatures;
  readonly #disclosures: DisclosureKeeper;
  readonly #compositions: CompositionCheck;

  constructor(
    store: EventStore,
    readonly accounts: SiteAccounts,
    reservations: Reservations,
    siteFacts: SiteFacts,
    earlier: EarlierCommands,
    clock: LedgerClock,
    signatures: Signatures,
    disclosures: DisclosureKeeper,
    compositions: CompositionCheck,
  ) {
    this.#store = store;
    this.#reservations = reservations;
    this.#siteFacts = siteFacts;
    this.#earlier = earlier;
    this.#clock = clock;
    this.#signatures = signatures;
    this.#disclosures = disclosures;
    this.#compositions = compositions;
  }

  /** How large an append may be as the log comes, in bytes; the embedded store takes any that the memory holds. */
  get mostAppendBytes(): number {
    return this.#store.engine === 'eventstoredb' ? USUAL_APPEND_BYTES : Infinity;
  }

  /** Whether the log takes new ids and the events that use them in one append, so that neither is there without the other. */
  get takesIdsWithEvents(): boolean {
    return this.#store.appendTogether !== undefined;
  }

  /** Whether the decision depends on what the log has of other events than the account's. */
  looksUp(command: SiteCommand): boolean {
    return command.kind === 'corrections' || needsRecords(command);
  }

  /**
   * Decides on the account, or finds what the command recorded when it was first sent. At once where all that it rests on is
   * in memory: a promise would cost a busy site's command more than its decision.
   * @throws CommandRefused (or rejects with it) why it is refused, as far as the account is right
   */
  decide(waiting: WaitingCommand, account: OpenAccount): Outcome | Promise<Outcome> {
    const { request, commandId } = waiting;
    const { siteId, command, context } = request;
    if (!mayActThere(command, context, account)) throw noSite(siteId);
    if (this.#earlier.isNew(account, commandId, context)) return this.#decideNew(waiting, account);
    return this.#earlier
      .atSite(siteId, account, commandId, context)
      .then((before) => (before ? { recorded: before } : this.#decideNew(waiting, account)));
  }

  #decideNew(waiting: WaitingCommand, account: OpenAccount): Decided | Promise<Decided> {
    const { siteId, command, context } = waiting.request;
    if (context.ifMatch !== undefined && account.state.revision !== context.ifMatch) {
      throw new StaleRevision(siteStream(siteId), context.ifMatch, account.state.revision);
    }
    const facts = this.#siteFacts.atOnce(command);
    if (facts) return this.#decideOn(facts, waiting, account);
    return this.#siteFacts
      .gather(siteId, command, context)
      .then((gathered) => this.#decideOn(gathered, waiting, account));
  }

  #decideOn(facts: Facts, waiting: WaitingCommand, account: OpenAccount): Decided | Promise<Decided> {
    const { request, taken } = waiting;
    const known = taken === undefined ? facts : { ...facts, taken: new Set([...facts.taken, ...taken]) };
    const moment = momentOf(request.context, this.#clock);
    const fact = this.#factOf(request, known, account);
    const decideAs = (signature?: CommandSignature): Decided | Promise<Decided> =>
      this.#decideAs({ fact, facts: known, moment, signature }, waiting, account);
    if (this.#signatures.needsNone(fact, request.context)) return decideAs();
    return this.#signatures.check(fact, request.context, moment.now).then(decideAs);
  }

  #decideAs(
    { fact, facts, moment, signature }: Grounds,
    { request, commandId, taken }: WaitingCommand,
    account: OpenAccount,
  ): Decided | Promise<Decided> {
    const { siteId, command, context } = request;
    const decision = decideAtSite(command, account.state, facts, moment);
    if (!decision.accepted) {
      // Do not reveal the site to a principal of another organisation.
      const isHidden =
        decision.refusal.code === 'not-found' && !actsFor(context.principal, account.state.organisationId);
      throw isHidden ? noSite(siteId) : refusedBy(decision.refusal);
    }
    const decided = (): Decided => {
      if (taken !== undefined) throw new Error(`${command.kind} was accepted with an id that is taken`);
      const metadata = metadataOf(commandId, context, moment, signature);
      return { fact, facts: decision.events, metadata, events: newEvents(decision.events, metadata) };
    };
    const weighing = this.#compositions.check(siteId, decision.events);
    return weighing ? weighing.then(decided) : decided();
  }

  /** Takes every id that the command uses, without a look beforehand. */
  reserve(command: WaitingCommand, { metadata }: Decided, base: bigint): Held | Promise<Held> {
    const { takes } = command;
    if (takes.length === 0) return 'held';
    // Most commands take one id; a promise less for each shows in a stream of them.
    const held = (searched: readonly (bigint | 'taken')[]): Held => heldFrom(searched, base);
    const failed = (error: unknown): Held => ({ error });
    return takes.length === 1
      ? this.#take(takes[0]!, command, metadata, base).then((searchedTo) => held([searchedTo]), failed)
      : Promise.all(takes.map((id) => this.#take(id, command, metadata, base))).then(held, failed);
  }

  /** @returns up to which revision the site has not used the id, which is its own; or that it is taken */
  #take(
    reserved: ReservedId,
    command: WaitingCommand,
    metadata: EventMetadata,
    base: bigint,
  ): Promise<bigint | 'taken'> {
    const { kind, id } = reserved;
    const stream = reservationStream(reserved);
    const known = command.held?.get(stream);
    if (known !== undefined && known >= base) return Promise.resolve(known);
    return this.#reservations.take(kind, id, command.request.siteId, base, metadata).then((taking) => {
      if (taking === 'taken') {
        (command.taken ??= new Set()).add(stream);
        return taking;
      }
      const searchedTo = taking === 'fresh' ? base : taking;
      (command.held ??= new Map()).set(stream, searchedTo);
      return searchedTo;
    });
  }

  /** Puts what is decided into the account, on which the next command is decided. */
  evolve({ facts, events, metadata }: Decided, account: OpenAccount): void {
    account.state = accountBehind(account.state, account.state.siteId, facts, events, metadata);
  }

  /** Keeps what opens the commitments of the command's event, on disk before the append begins. */
  disclose({ request: { context } }: WaitingCommand, { fact, metadata }: Decided): Disclosing | undefined {
    if (context.disclosures.length === 0) return undefined;
    const owner = ownerOf(fact, fact.owner, context);
    return this.#disclosures.begin(eventIdOf(metadata.commandId, 0), owner, context.disclosures);
  }

  append(siteId: string, { events, base }: Chunk): Promise<AppendResult> {
    return this.#store.append(siteStream(siteId), events, base);
  }

  /** Reserves the ids of a chunk and appends its events: both or neither. */
  async appendWithIds(siteId: string, { accepted, events, base }: Chunk): Promise<AppendResult> {
    const appends: StreamAppend[] = [];
    for (const { command, decided } of accepted) {
      for (const { kind, id } of command.takes) {
        const reserved = { kind, id, siteId, afterRevision: String(base) };
        const { stream, event } = newReservation(reserved, decided.metadata);
        appends.push({ stream, events: [event], expected: 'no-stream' });
      }
    }
    appends.push({ stream: siteStream(siteId), events, expected: base });
    const results = await this.#store.appendTogether!(appends);
    return results.at(-1)!;
  }

  #factOf({ siteId, command }: SiteRequest, facts: Facts, account: OpenAccount): ToBeSigned {
    const type = this.#siteFacts.ownedAs(command, facts, account);
    return { stream: siteStream(siteId), type, owner: account.state.organisationId };
  }
}

function heldFrom(searched: readonly (bigint | 'taken')[], base: bigint): Held {
  if (searched.includes('taken')) return 'taken';
  // The stream was searched for a use only up to that revision, and the append must come directly after it.
  return searched.some((searchedTo) => searchedTo !== base) ? 'behind' : 'held';
}

function noSite(siteId: string): CommandRefused {
  return new CommandRefused('not-found', `There is no site ${siteId}.`);
}

/** What others confirm, they confirm at sites that are not theirs. */
function mayActThere({ kind }: SiteCommand, { principal }: CommandContext, { state }: OpenAccount): boolean {
  return kind === 'confirmations' || actsFor(principal, state.organisationId);
}
