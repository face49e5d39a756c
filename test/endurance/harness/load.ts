import { eventsOf, type Client, type RecordedEvent } from './client.js';
import { sendOf, type Journal } from './journal.js';
import { commandOf, SITES, type Command } from './workload.js';

/** Lines of one stream in progress; more would only fill this process's memory. */
const LINES_UNDER_WAY = 100;

/** How the load is made up. */
interface LoadShape {
  /** Clients that send one command after the other. */
  readonly singles: number;
  /** Clients that each send a stream of commands to one site. */
  readonly streams: number;
}

/** Sends commands until it is stopped or the ledger is gone; what it knows is in the journal. */
export class Load {
  #number = 0;
  #stopped = false;
  readonly #clients: Promise<void>[];
  /** When the first command of this load was acknowledged. */
  readonly begun: Promise<void>;
  #begin: () => void = () => undefined;
  /** Answers that were neither 201 nor a reason to stop, by status. */
  readonly refusals = new Map<number, number>();

  readonly #client: Client;
  readonly #journal: Journal;
  readonly #name: string;

  constructor(client: Client, journal: Journal, name: string, { singles, streams }: LoadShape) {
    this.#client = client;
    this.#journal = journal;
    this.#name = name;
    this.begun = new Promise((resolve) => (this.#begin = resolve));
    this.#clients = [
      ...Array.from({ length: singles }, () => this.#single()),
      ...Array.from({ length: streams }, (_, stream) => this.#stream(stream)),
    ];
  }

  /** Sends nothing more. @returns when everything that was sent has been answered, or cannot be any more */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.ended();
  }

  /** @returns when no client can continue: the ledger is gone */
  async ended(): Promise<void> {
    await Promise.all(this.#clients);
  }

  async #single(): Promise<void> {
    while (!this.#stopped) {
      const command = commandOf(this.#name, this.#number++);
      this.#journal.sent(command);
      try {
        const answer = await sendOf(this.#client, command);
        if (answer.status === 201) this.#answered(command, eventsOf(answer));
        else {
          this.refusals.set(answer.status, (this.refusals.get(answer.status) ?? 0) + 1);
          // It is not known whether anything was recorded: the command stays unanswered.
          if (answer.status >= 500) return;
          this.#journal.refused(command);
        }
      } catch {
        return; // the ledger is gone, or gone for this connection
      }
    }
  }

  async #stream(stream: number): Promise<void> {
    const sent: Command[] = [];
    const pace = { answers: 0, gone: false, room: (): void => undefined };
    try {
      for await (const answer of this.#client.stream(commandOf('', stream).site, this.#lines(stream, sent, pace))) {
        const command = sent[pace.answers++]!;
        if ('events' in answer) this.#answered(command, answer['events'] as readonly RecordedEvent[]);
        else if (Number(answer['status']) >= 500) break;
        else this.#journal.refused(command);
        pace.room();
      }
    } catch {
      // as above
    }
    // A failed request keeps reading its body.
    pace.gone = true;
    pace.room();
  }

  async *#lines(stream: number, sent: Command[], pace: Pace): AsyncGenerator<string> {
    for (let line = 0; !this.#stopped && !pace.gone; line++) {
      // With a name of its own, every SITES-th number belongs to the stream's site.
      const command = commandOf(`${this.#name}-s${stream}`, stream + line * SITES);
      sent.push(command);
      this.#journal.sent(command);
      yield JSON.stringify({ command: command.command, idempotencyKey: command.key, body: command.body });
      while (sent.length - pace.answers >= LINES_UNDER_WAY && !this.#stopped && !pace.gone) {
        await new Promise<void>((resolve) => (pace.room = resolve));
      }
    }
  }

  #answered(command: Command, events: readonly RecordedEvent[]): void {
    this.#journal.answered(command, events);
    this.#begin();
  }
}

/** The progress of a stream's answers. */
interface Pace {
  answers: number;
  gone: boolean;
  /** Called at each answer. */
  room: () => void;
}
