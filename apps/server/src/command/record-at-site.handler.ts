import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actsFor } from '#access';
import { decideAtSite, evolveAccount, takesOf, type EventMetadata, type Facts, type SiteEvent } from '#custody';
import { EventStoreError, type AppendResult, type EventStore, type JsonObject, type NewEvent } from '#event-store';
import { Problem, staleRevision } from '../problem/problem.js';
import { refusalProblem } from '../problem/refusal-problem.js';
import { LedgerClock } from './clock.js';
import { metadataOf, momentOf, type CommandReceipt } from './command-context.js';
import { EarlierCommands } from './earlier-commands.js';
import { EVENT_STORE } from './event-store.token.js';
import { commandIdOf, eventIdOf } from './identity.js';
import { RecordAtSite, type Recording } from './commands.js';
import { receiptOfAppend } from './receipt.js';
import { MOST_ATTEMPTS } from './recording-limits.js';
import { Reservations, type Taking } from './reservations.js';
import { Disclosures, ownerOf, type Disclosing } from '../disclosures/disclosures.js';
import { Signatures, type ToBeSigned } from './signatures.js';
import { SiteAccounts, settled, type OpenAccount } from './site-accounts.js';
import { SiteFacts } from './site-facts.js';
import { siteStream } from './stream-names.js';

interface Attempt {
  readonly events: readonly NewEvent[];
  readonly appended: Promise<AppendResult>;
}

interface Decided {
  readonly fact: ToBeSigned;
  readonly events: readonly SiteEvent[];
  readonly metadata: EventMetadata;
  /** Whether the ids it takes are yet to be reserved. */
  readonly reserve: boolean;
}

@CommandHandler(RecordAtSite)
export class RecordAtSiteHandler implements ICommandHandler<RecordAtSite> {
  readonly #lastOfSite = new Map<string, Promise<void>>();

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly accounts: SiteAccounts,
    private readonly reservations: Reservations,
    private readonly facts: SiteFacts,
    private readonly earlier: EarlierCommands,
    private readonly clock: LedgerClock,
    private readonly signatures: Signatures,
    private readonly disclosures: Disclosures,
  ) {}

  async execute(request: RecordAtSite): Promise<Recording> {
    const commandId = commandIdOf(request.context.principal.principal, request.context.idempotencyKey);
    if (this.store.engine === 'eventstoredb') return this.#oneByOne(request, commandId);
    const first = this.#attemptAtOnce(request, commandId) ?? (await this.#attempt(request, commandId));
    return { recorded: this.#settle(request, commandId, first) };
  }

  /**
   * On a log that other servers append to, a site's next command is decided only when the last is recorded: behind an
   * append that another server's event made fail, the next would find the revision it expects and stand on a state that
   * never was.
   */
  async #oneByOne(request: RecordAtSite, commandId: string): Promise<Recording> {
    const { siteId } = request;
    const before = this.#lastOfSite.get(siteId) ?? Promise.resolve();
    const receipt = before.then(async () => this.#settle(request, commandId, await this.#attempt(request, commandId)));
    const done = receipt.then(
      () => undefined,
      () => undefined,
    );
    this.#lastOfSite.set(siteId, done);
    void done.then(() => {
      if (this.#lastOfSite.get(siteId) === done) this.#lastOfSite.delete(siteId);
    });
    return { recorded: Promise.resolve(await receipt) };
  }

  async #settle(request: RecordAtSite, commandId: string, first: Attempt | CommandReceipt): Promise<CommandReceipt> {
    let attempt = first;
    for (let count = 1; ; count++) {
      if (!('appended' in attempt)) return attempt;
      try {
        return receiptOfAppend(siteStream(request.siteId), attempt.events, await attempt.appended);
      } catch (error) {
        if (!(error instanceof EventStoreError) || error.code !== 'revision-conflict') throw error;
        if (count >= MOST_ATTEMPTS) throw tooManyRaces(request.siteId);
        attempt = await this.#attempt(request, commandId);
      }
    }
  }

  /**
   * The way of most commands: all that the decision takes is in memory, so that nothing waits in between.
   * @returns undefined when something is to be looked up, or the command would be refused: {@link #attempt} does either
   */
  #attemptAtOnce(request: RecordAtSite, commandId: string): Attempt | undefined {
    const { siteId, command, context } = request;
    const account = this.accounts.inMemory(siteId);
    if (!account || !actsFor(context.principal, account.state.organisationId)) return undefined;
    if (context.ifMatch !== undefined || !this.earlier.isNew(account, commandId, context)) return undefined;
    const facts = this.facts.atOnce(command);
    if (!facts) return undefined;
    const fact = this.#factOf(request, facts, account);
    if (!this.signatures.needsNone(fact, context)) return undefined;
    const takes = takesOf(command);
    if (takes.length > 0 && !this.reservations.wereFoundFree(takes)) return undefined;
    const moment = momentOf(context, this.clock);
    const decision = decideAtSite(command, account.state, facts, moment);
    if (!decision.accepted) return undefined;
    const metadata = metadataOf(commandId, context, moment, undefined);
    return this.#record(request, account, { fact, events: decision.events, metadata, reserve: takes.length > 0 });
  }

  /** Loads, decides, reserves and starts the append; or finds what the command recorded when it was first sent. */
  async #attempt(request: RecordAtSite, commandId: string): Promise<Attempt | CommandReceipt> {
    const { siteId, command, context } = request;
    for (let count = 1; count <= MOST_ATTEMPTS; count++) {
      const account = await this.accounts.load(siteId);
      if (!account || !actsFor(context.principal, account.state.organisationId)) {
        throw new Problem('not-found', `There is no site ${siteId}.`);
      }
      const before = await this.earlier.atSite(siteId, account, commandId, context);
      if (before) return before;
      if (context.ifMatch !== undefined && account.state.revision !== context.ifMatch) {
        throw staleRevision(siteStream(siteId), context.ifMatch, account.state.revision);
      }
      const facts = await this.facts.gather(siteId, command, context);
      const moment = momentOf(context, this.clock);
      const fact = this.#factOf(request, facts, account);
      const signature = await this.signatures.check(fact, context, moment.now);
      const metadata = metadataOf(commandId, context, moment, signature);
      if (!this.accounts.isOpen(siteId, account)) continue;

      let decision = decideAtSite(command, account.state, facts, moment);
      const decidedAt = account.state.revision;
      const takes = takesOf(command);
      let reserve = false;
      if (decision.accepted && takes.length > 0) {
        reserve = await this.reservations.areFree(takes);
        if (!this.accounts.isOpen(siteId, account)) continue;
        if (account.state.revision !== decidedAt) decision = decideAtSite(command, account.state, facts, moment);
      }
      if (decision.accepted && takes.length > 0 && !reserve) {
        const searchedTo = await this.#take(request, account, metadata);
        const usedMeanwhile = searchedTo !== undefined && searchedTo < account.state.revision;
        if (usedMeanwhile || !this.accounts.isOpen(siteId, account)) {
          await settled(account);
          continue;
        }
        decision = decideAtSite(command, account.state, facts, moment);
      }
      if (!decision.accepted) {
        await account.submitted; // it may rest on events whose ids are not reserved yet
        if (!this.accounts.isOpen(siteId, account)) continue;
        if (await this.accounts.isCurrent(siteId, account)) throw refusalProblem(decision.refusal);
        this.accounts.forget(siteId, account);
        continue;
      }
      return this.#record(request, account, { fact, events: decision.events, metadata, reserve });
    }
    throw tooManyRaces(siteId);
  }

  #factOf({ siteId, command }: RecordAtSite, facts: Facts, account: OpenAccount): ToBeSigned {
    const type = this.facts.ownedAs(command, facts, account);
    return { stream: siteStream(siteId), type, owner: account.state.organisationId };
  }

  #record(request: RecordAtSite, account: OpenAccount, { fact, events, metadata, reserve }: Decided): Attempt {
    const { context, siteId } = request;
    const reserved = reserve ? this.#reserve(request, account, metadata) : undefined;
    const disclosing =
      context.disclosures.length === 0
        ? undefined
        : this.disclosures.begin(
            eventIdOf(metadata.commandId, 0),
            ownerOf(fact, fact.owner, context),
            context.disclosures,
          );
    return this.#append(siteId, account, events, metadata, disclosing, reserved);
  }

  /**
   * Reserves ids that were found free, while the next commands of the site are decided already. Only a race can fail it;
   * the command and those decided after it are then decided anew.
   */
  #reserve(
    { siteId, command }: RecordAtSite,
    account: OpenAccount,
    metadata: EventMetadata,
  ): Promise<readonly Taking[]> {
    const takes = takesOf(command);
    const { revision } = account.state;
    return Promise.all(takes.map(({ kind, id }) => this.reservations.take(kind, id, siteId, revision, metadata)));
  }

  /**
   * Takes every id the command uses.
   * @returns undefined when all are new; else up to which revision the site's own stream was searched for a use of those
   *   that it had reserved before: the append must stand right behind what was searched.
   */
  async #take(
    { siteId, command }: RecordAtSite,
    account: OpenAccount,
    metadata: EventMetadata,
  ): Promise<bigint | undefined> {
    const takes = takesOf(command);
    const takings = await Promise.all(
      takes.map(({ kind, id }) => this.reservations.take(kind, id, siteId, account.state.revision, metadata)),
    );
    let searchedTo: bigint | undefined;
    takings.forEach((taking, index) => {
      const { kind, id } = takes[index]!;
      if (taking === 'taken') {
        if (kind === 'receipt' || kind === 'return')
          throw new Problem('already-received', `Shipment ${id} is settled already.`);
        throw new Problem('id-taken', `The ${kind} id ${id} is already used in the ledger.`);
      }
      if (taking !== 'fresh' && (searchedTo === undefined || taking < searchedTo)) searchedTo = taking;
    });
    return searchedTo;
  }

  /**
   * From the decision to here nothing waits: what was decided is what the expected revision stands for.
   * @param reserved the append waits for it
   */
  #append(
    siteId: string,
    account: OpenAccount,
    decided: readonly SiteEvent[],
    metadata: EventMetadata,
    disclosing: Disclosing | undefined,
    reserved?: Promise<readonly Taking[]>,
  ): Attempt {
    const stream = siteStream(siteId);
    const expected = account.state.revision;
    const events = decided.map((event, index) => ({
      id: eventIdOf(metadata.commandId, index),
      type: event.type,
      data: event.data as unknown as JsonObject,
      metadata: metadata as unknown as JsonObject,
    }));
    const corrects = decided.some((event) => event.type === 'RecordCorrected');
    const appending = this.accounts.inTurn(siteId, account, reserved?.then(requireFresh), () =>
      this.store.append(stream, events, expected),
    );
    account.inFlight++;
    if (!corrects) {
      decided.forEach((event, index) => {
        const revision = expected + BigInt(index + 1);
        account.state = evolveAccount(account.state, { ...event, id: events[index]!.id, stream, revision, metadata });
      });
    }
    const snapshot = this.accounts.snapshotDue(siteId, account);
    const appended = appending.then(
      (result) => {
        account.inFlight--;
        disclosing?.done(result.alreadyAppended);
        if (corrects || result.alreadyAppended) this.accounts.forget(siteId, account);
        else if (snapshot) return snapshot().then(() => result);
        return result;
      },
      (error: unknown) => {
        account.inFlight--;
        disclosing?.failed(error);
        this.accounts.forget(siteId, account);
        throw error;
      },
    );
    return { events, appended };
  }
}

/** @throws EventStoreError `revision-conflict` when another site or server was faster */
function requireFresh(takings: readonly Taking[]): void {
  if (takings.some((taking) => taking !== 'fresh')) {
    throw new EventStoreError('revision-conflict', 'an id was reserved by others at the same moment');
  }
}

function tooManyRaces(siteId: string): Problem {
  return new Problem(
    'revision-conflict',
    `Site ${siteId} is changed by others faster than this command could follow; send it again.`,
  );
}
