import { takesOf } from '#custody';
import { EventStoreError, type AppendResult } from '#event-store';
import { CompositionUnknown } from './composition-check.js';
import { CommandRefused } from './refused.js';
import { type CommandReceipt } from './command-context.js';
import { type SiteRequest, type WaitingCommand } from './site-request.js';
import { receiptOfAppend } from './receipt.js';
import { MOST_ATTEMPTS } from './recording-limits.js';
import { type OpenAccount } from './site-accounts.js';
import { type AppendSize, Chunk } from './site-chunk.js';
import { type Decided } from './decided.js';
import { type Outcome, type SiteDecisions } from './site-decisions.js';
import { siteStream } from './stream-names.js';

/**
 * The commands of one site, in the order in which they arrived. Waiting commands are decided one after the other on the
 * account in memory; then their ids are reserved, all at once; then their events are written in one append that expects the
 * stream to be at the account's revision. A log that takes both together gets them together, and one after the other only
 * after it has refused, since an id of them is not free. The append shows whether the account was up to date, so nothing is read
 * beforehand. Commands that lose an id, or were decided on an account that was behind, are decided again.
 *
 * A site has one append under way at a time. If a second were started and the first failed because of another server's
 * event, the second could find the revision that it expects and rest on a state that never existed.
 */
export class SiteLane {
  #waiting: WaitingCommand[] = [];
  #running = false;

  readonly #siteId: string;
  readonly #decisions: SiteDecisions;
  readonly #appendSize: AppendSize;
  readonly #ended: () => void;

  /** @param ended told when nothing waits any more */
  constructor(siteId: string, decisions: SiteDecisions, appendSize: AppendSize, ended: () => void) {
    this.#siteId = siteId;
    this.#decisions = decisions;
    this.#appendSize = appendSize;
    this.#ended = ended;
  }

  add(request: SiteRequest, commandId: string): Promise<CommandReceipt> {
    const recorded = new Promise<CommandReceipt>((resolve, reject) => {
      const takes = takesOf(request.command);
      this.#waiting.push({ request, commandId, takes, resolve, reject, lost: 0 });
    });
    if (!this.#running) {
      this.#running = true;
      setImmediate(() => void this.#run()); // the lines of a stream come in one turn
    }
    return recorded;
  }

  /** One function with few awaits: a request that comes alone has a run of its own, and each promise of it shows. */
  async #run(): Promise<void> {
    const { accounts } = this.#decisions;
    while (this.#waiting.length > 0) {
      let chunk: Chunk | undefined;
      try {
        const account = accounts.inMemory(this.#siteId) ?? (await accounts.load(this.#siteId));
        if (!account) throw new CommandRefused('not-found', `There is no site ${this.#siteId}.`);
        chunk = new Chunk(account, this.#appendSize);
        let goesOn = true;
        while (goesOn && this.#waiting.length > 0) {
          const deciding = this.#decideNext(account, chunk);
          goesOn = typeof deciding === 'boolean' ? deciding : await deciding;
        }
        await (chunk.isEmpty ? this.#refuse(account, chunk) : this.#record(account, chunk));
      } catch (error) {
        // The commands of the chunk have left the queue, but their senders still wait for an answer.
        for (const { reject } of [...(chunk?.commands ?? []), ...this.#waiting.splice(0)]) reject(error);
      }
    }
    this.#running = false;
    this.#ended();
  }

  /** @returns false when the chunk must be appended before the next command can be decided */
  #decideNext(account: OpenAccount, chunk: Chunk): boolean | Promise<boolean> {
    const command = this.#waiting[0]!;
    if (!chunk.hasPlaceFor(command)) return false;
    const accept = (outcome: Outcome): boolean => this.#accept(command, outcome, account, chunk);
    const fail = (error: unknown): boolean | Promise<boolean> => this.#notDecided(command, error, chunk);
    try {
      const deciding = this.#decisions.decide(command, account);
      return deciding instanceof Promise ? deciding.then(accept).catch(fail) : accept(deciding);
    } catch (error) {
      return fail(error);
    }
  }

  #accept(command: WaitingCommand, outcome: Outcome, account: OpenAccount, chunk: Chunk): boolean {
    if ('recorded' in outcome && outcome.recorded) command.resolve(outcome.recorded);
    else if (!chunk.add(command, outcome)) return false;
    else this.#take(command, outcome, account, chunk);
    return this.#hasPlaceBehind(chunk);
  }

  #notDecided(command: WaitingCommand, error: unknown, chunk: Chunk): boolean | Promise<boolean> {
    if (!(error instanceof CompositionUnknown)) return this.#refuseOne(command, error, chunk);
    if (!chunk.isEmpty) return false;
    return error.known().then((known) => known || this.#refuseOne(command, error, chunk));
  }

  #refuseOne(command: WaitingCommand, error: unknown, chunk: Chunk): boolean {
    // A refusal that rests on a fact of the log may change once the chunk is appended.
    if (!chunk.isEmpty && this.#decisions.looksUp(command.request.command)) return false;
    if (error instanceof CommandRefused) chunk.refuse(command, error);
    else command.reject(error);
    return this.#hasPlaceBehind(chunk);
  }

  #hasPlaceBehind(chunk: Chunk): boolean {
    this.#waiting.shift();
    return !chunk.isFull;
  }

  #take(command: WaitingCommand, decided: Decided, account: OpenAccount, chunk: Chunk): void {
    if (!this.#decisions.takesIdsWithEvents) chunk.reserve(this.#decisions.reserve(command, decided, chunk.base));
    this.#decisions.evolve(decided, account);
  }

  #record(account: OpenAccount, chunk: Chunk): Promise<unknown> {
    if (!this.#decisions.takesIdsWithEvents) return this.#appendOnceHeld(account, chunk);
    if (!chunk.triesNewIds) return this.#reserveAndAppend(account, chunk);
    return this.#append(account, chunk, 'with its ids').then(
      (appended) => appended || this.#reserveAndAppend(account, chunk),
    );
  }

  #reserveAndAppend(account: OpenAccount, chunk: Chunk): Promise<unknown> {
    for (const { command, decided } of chunk.accepted) {
      chunk.reserve(this.#decisions.reserve(command, decided, chunk.base));
    }
    return this.#appendOnceHeld(account, chunk);
  }

  #appendOnceHeld(account: OpenAccount, chunk: Chunk): Promise<unknown> {
    if (chunk.holdsItsIds) return this.#append(account, chunk, 'its ids held');
    return this.#holdsItsIds(account, chunk).then((held) => held && this.#append(account, chunk, 'its ids held'));
  }

  /** Refuses what was refused, unless the account turns out to be behind. */
  async #refuse(account: OpenAccount, chunk: Chunk): Promise<void> {
    if (chunk.refused.length === 0) return;
    if (await this.#decisions.accounts.isCurrent(this.#siteId, account)) chunk.rejectRefused();
    else this.#again(account, chunk.commands, true);
  }

  /** Waits for the reservations. What has lost its id is told so; what stood behind it is decided again. */
  async #holdsItsIds(account: OpenAccount, chunk: Chunk): Promise<boolean> {
    const outcomes = await chunk.reservations();
    if (outcomes.every((outcome) => outcome === 'held')) return true;
    const failed = new Map<WaitingCommand, unknown>();
    outcomes.forEach((outcome, index) => {
      if (typeof outcome === 'object') failed.set(chunk.accepted[index]!.command, outcome.error);
    });
    for (const [command, error] of failed) command.reject(error);
    const left = chunk.commands.filter((command) => !failed.has(command));
    this.#again(account, left, outcomes.includes('behind'));
    return false;
  }

  /** @returns false when ids that it takes may not be its own: then nothing was written, and none of its commands is answered */
  async #append(account: OpenAccount, chunk: Chunk, how: 'with its ids' | 'its ids held'): Promise<boolean> {
    const { accounts } = this.#decisions;
    const snapshot = accounts.snapshotDue(this.#siteId, account);
    const disclosing = chunk.accepted.map(({ command, decided }) => this.#decisions.disclose(command, decided));
    try {
      const result = await (how === 'with its ids'
        ? this.#decisions.appendWithIds(this.#siteId, chunk)
        : this.#decisions.append(this.#siteId, chunk));
      for (const each of disclosing) each?.done(result.alreadyAppended);
      if (chunk.changesThePast || result.alreadyAppended) accounts.forget(this.#siteId, account);
      else if (snapshot) await snapshot();
      this.#answer(chunk, result);
    } catch (error) {
      for (const each of disclosing) each?.failed(error);
      if (how === 'with its ids' && isRefusedByLog(error)) return false;
      this.#failed(account, chunk, error);
    }
    return true;
  }

  #answer(chunk: Chunk, { revision, positions, alreadyAppended }: AppendResult): void {
    const stream = siteStream(this.#siteId);
    const first = revision - BigInt(positions.length - 1);
    let at = 0;
    for (const { command, decided } of chunk.accepted) {
      const end = at + decided.events.length;
      const own = { revision: first + BigInt(end - 1), positions: positions.slice(at, end), alreadyAppended };
      command.resolve(receiptOfAppend(stream, decided.events, own));
      at = end;
    }
    chunk.rejectRefused();
  }

  #failed(account: OpenAccount, chunk: Chunk, error: unknown): void {
    const code = error instanceof EventStoreError ? error.code : undefined;
    if (code === 'event-too-large' && chunk.accepted.length > 1) {
      this.#appendSize.refused(chunk.bytes);
      return this.#again(account, chunk.commands, false);
    }
    // If the event id exists already, another server has recorded the command: the next attempt will find it.
    if (isRefusedByLog(error)) return this.#again(account, chunk.commands, true);
    for (const { command } of chunk.accepted) command.reject(error);
    this.#again(account, chunk.refusedCommands, false);
  }

  /** @param lost to another's append, which is followed so often only */
  #again(account: OpenAccount, commands: readonly WaitingCommand[], lost: boolean): void {
    this.#decisions.accounts.forget(this.#siteId, account);
    const left: WaitingCommand[] = [];
    for (const command of commands) {
      if (lost && ++command.lost >= MOST_ATTEMPTS) command.reject(tooManyRaces(this.#siteId));
      else left.push(command);
    }
    this.#waiting = [...left, ...this.#waiting];
  }
}

/** What the log has stands against the append. */
function isRefusedByLog(error: unknown): boolean {
  return error instanceof EventStoreError && (error.code === 'revision-conflict' || error.code === 'event-id-reused');
}

function tooManyRaces(siteId: string): CommandRefused {
  return new CommandRefused(
    'revision-conflict',
    `Site ${siteId} is changed by others faster than this command could follow; send it again.`,
  );
}
