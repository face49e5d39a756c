import { type NewEvent } from '#event-store';
import { type CommandRefused } from './refused.js';
import { type Decided } from './decided.js';
import { type WaitingCommand } from './site-request.js';
import { type OpenAccount } from './site-accounts.js';
import { reservationStream } from './stream-names.js';

/**
 * Commands that are decided together at most, where no other site records: each chunk waits for the disk, so that few large
 * ones are recorded fastest.
 */
const MOST_ALONE = 512;
/**
 * The same where other sites record too: while a chunk is decided and written, some tens of milliseconds for a large one, no
 * other site has its turn.
 */
const MOST_AMONG_OTHERS = 64;
/** How long after it met another site's commands a site counts as among others, milliseconds. */
const AMONG_OTHERS_MS = 1_000;
/** What EventStoreDB takes in one append unless it is told otherwise (`MaxAppendSize`), less some for what frames it. */
export const USUAL_APPEND_BYTES = 900 * 1024;
/** Of an event, beside its data and metadata: its id and type. */
const EVENT_OVERHEAD_BYTES = 128;

/** How large an append may be: as the log usually has it, until an append is refused for its size. */
export class AppendSize {
  #most: number;
  /** By the monotonic clock. */
  #metAt = -Infinity;

  constructor(most: number) {
    this.#most = most;
  }

  get most(): number {
    return this.#most;
  }

  /** Commands of one site whose events are appended at once. */
  get commands(): number {
    return performance.now() - this.#metAt < AMONG_OTHERS_MS ? MOST_AMONG_OTHERS : MOST_ALONE;
  }

  /** More than one site has commands that wait. */
  othersWait(): void {
    this.#metAt = performance.now();
  }

  /** An append of so many bytes was too large. */
  refused(bytes: number): void {
    this.#most = Math.min(this.#most, Math.floor(bytes / 2));
  }
}

/** What became of a command's ids: all are its own; one is taken; another's append has made the look at one too old. */
export type Held = 'held' | 'taken' | 'behind' | { readonly error: unknown };

/** Commands of one site, decided one upon the other, whose events are appended at once. */
export class Chunk {
  /** The account's revision in the log; what is decided here goes behind it. */
  readonly base: bigint;
  readonly accepted: { readonly command: WaitingCommand; readonly decided: Decided }[] = [];
  readonly refused: { readonly command: WaitingCommand; readonly problem: CommandRefused }[] = [];
  /** In their order. */
  readonly commands: WaitingCommand[] = [];
  readonly events: NewEvent[] = [];
  readonly #reserved: (Held | Promise<Held>)[] = [];
  readonly #ids = new Set<string>();
  #bytes = 0;

  readonly #account: OpenAccount;
  readonly #size: AppendSize;
  readonly #mostCommands: number;

  constructor(account: OpenAccount, size: AppendSize) {
    this.#account = account;
    this.#size = size;
    this.#mostCommands = size.commands;
    this.base = account.state.revision;
  }

  /** Nothing is to be appended. */
  get isEmpty(): boolean {
    return this.accepted.length === 0;
  }

  get isFull(): boolean {
    return this.commands.length >= this.#mostCommands || this.changesThePast;
  }

  /** A correction: the account is folded anew behind it. */
  get changesThePast(): boolean {
    return this.events.at(-1)?.type === 'RecordCorrected';
  }

  /** Of its events, about. Counted when asked for: where the log sets no limit, nobody has counted before. */
  get bytes(): number {
    return bytesOfAll(this.events);
  }

  get refusedCommands(): WaitingCommand[] {
    return this.refused.map(({ command }) => command);
  }

  /** Whether the log need not have what is decided so far before this command can be decided. */
  hasPlaceFor({ request: { command }, commandId, takes }: WaitingCommand): boolean {
    if (this.isEmpty) return true;
    if (command.kind === 'corrections' || command.kind === 'confirmations') return false; // it names an event of the stream, perhaps one of these
    if (takes.some(({ kind, id }) => this.#ids.has(reservationStream(kind, id)))) return false;
    const before = this.#account.state.commands.get(commandId);
    return before === undefined || before.revision <= this.base;
  }

  /** @returns false when there is no room for its events beside the others' */
  add(command: WaitingCommand, decided: Decided): boolean {
    const bytes = this.#size.most === Infinity ? 0 : bytesOfAll(decided.events);
    if (!this.isEmpty && this.#bytes + bytes > this.#size.most) return false;
    this.#bytes += bytes;
    this.commands.push(command);
    this.accepted.push({ command, decided });
    this.events.push(...decided.events);
    for (const { kind, id } of command.takes) this.#ids.add(reservationStream(kind, id));
    return true;
  }

  /** Refused on this account: so it stays when the chunk's append, or a look, shows that the account was right. */
  refuse(command: WaitingCommand, problem: CommandRefused): void {
    this.commands.push(command);
    this.refused.push({ command, problem });
  }

  rejectRefused(): void {
    for (const { command, problem } of this.refused) command.reject(problem);
  }

  /** Whether its commands take ids, and none of them has tried before: whose those ids are is then not known. */
  get triesNewIds(): boolean {
    return (
      this.accepted.some(({ command }) => command.takes.length > 0) &&
      this.accepted.every(({ command }) => command.held === undefined && command.taken === undefined)
    );
  }

  /** Of the accepted commands, in their order. */
  reserve(held: Held | Promise<Held>): void {
    this.#reserved.push(held);
  }

  /** Whether it is known already that every id is its own: nothing takes one that is not there yet. */
  get holdsItsIds(): boolean {
    return this.#reserved.every((held) => held === 'held');
  }

  /** Of each accepted command, in their order. */
  reservations(): Promise<Held[]> {
    return Promise.all(this.#reserved.map((held) => Promise.resolve(held)));
  }
}

function bytesOfAll(events: readonly NewEvent[]): number {
  return events.reduce((sum, event) => sum + bytesOf(event), 0);
}

function bytesOf({ data, metadata }: NewEvent): number {
  return Buffer.byteLength(JSON.stringify(data)) + Buffer.byteLength(JSON.stringify(metadata)) + EVENT_OVERHEAD_BYTES;
}
