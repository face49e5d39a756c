import { eventsOf, type Answer, type Client, type RecordedEvent } from './client.js';
import { promise } from './program.js';
import { type Command } from './workload.js';

/** An event of the log, with the parts that these programs check. */
export interface LoggedEvent {
  readonly id: string;
  readonly type: string;
  readonly position: bigint;
  readonly data: Record<string, unknown>;
}

/** What a client knows about its commands: which it sent, which were acknowledged, and how. */
export class Journal {
  readonly #open = new Map<string, Command>();
  readonly #acknowledged = new Map<string, { command: Command; events: readonly RecordedEvent[]; at: number }>();
  /** Commands that were sent again because their outcome was unknown. */
  retried = 0;
  /** How many of those had been recorded after all. */
  recordedUnanswered = 0;

  get acknowledged(): number {
    return this.#acknowledged.size;
  }

  get unanswered(): number {
    return this.#open.size;
  }

  sent(command: Command): void {
    this.#open.set(command.key, command);
  }

  answered(command: Command, events: readonly RecordedEvent[]): void {
    this.#open.delete(command.key);
    // The clock counts whole milliseconds: only the next one is certain to be later.
    this.#acknowledged.set(command.key, { command, events, at: Date.now() + 1 });
  }

  /** The ledger said that nothing was recorded, and is trusted on that. */
  refused(command: Command): void {
    this.#open.delete(command.key);
  }

  /** Sends every unanswered command again, unchanged. @throws BrokenPromise when one is not accepted */
  async retry(client: Client): Promise<void> {
    await eachOf([...this.#open.values()], async (command) => {
      const answer = await sendUntilTaken(client, command);
      promise(answer.status === 201, () => `a retry was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      this.retried++;
      if (answer.headers.get('idempotent-replayed') === 'true') this.recordedUnanswered++;
      this.answered(command, eventsOf(answer));
    });
  }

  /**
   * Sends the last acknowledged commands again: unchanged, they must get the same answer; changed, they must be
   * refused, because the request's hash was committed with the event. While the index of earlier commands is being
   * rebuilt, the ledger may answer that the client should retry later.
   */
  async sendAgain(client: Client, count: number): Promise<void> {
    for (const { command, events } of [...this.#acknowledged.values()].slice(-count)) {
      const same = await sendUntilTaken(client, command);
      promise(
        same.status === 201 && same.headers.get('idempotent-replayed') === 'true',
        () => `${command.key} sent twice was answered ${same.status}, as if it were new`,
      );
      promise(
        JSON.stringify(eventsOf(same)) === JSON.stringify(events),
        () => `${command.key} sent twice was answered by other events: ${JSON.stringify([events, eventsOf(same)])}`,
      );
      const changed = await sendUntilTaken(client, {
        ...command,
        body: { ...command.body, documents: [OTHER_DOCUMENT] },
      });
      promise(
        changed.status === 422 && String(changed.body['type']).endsWith(':idempotency-key-reused'),
        () => `${command.key} with another body was answered ${changed.status}: ${JSON.stringify(changed.body)}`,
      );
    }
  }

  /** Commands that were acknowledged by then, milliseconds since 1970. */
  acknowledgedBy(instant: number): number {
    return [...this.#acknowledged.values()].filter(({ at }) => at <= instant).length;
  }

  /**
   * Checks that every acknowledged event is in the log where the answer said, and that no command was recorded twice.
   * @param by milliseconds since 1970: what was acknowledged later is not required
   */
  compare(log: readonly LoggedEvent[], markOf: (event: LoggedEvent) => string | undefined, by = Infinity): void {
    const byId = new Map(log.map((event) => [event.id, event]));
    promise(byId.size === log.length, () => `${log.length - byId.size} events stand in the log twice`);
    const lost = [...this.#acknowledged.values()]
      .filter(({ at }) => at <= by)
      .flatMap(({ events }) => events)
      .filter(({ eventId, position }) => String(byId.get(eventId)?.position) !== position);
    promise(lost.length === 0, () => `${lost.length} acknowledged events are lost, first ${JSON.stringify(lost[0])}`);
    const seen = new Set<string>();
    for (const event of log) {
      const mark = markOf(event);
      if (mark === undefined) continue;
      promise(!seen.has(mark), () => `${mark} was recorded twice, the second time at position ${event.position}`);
      seen.add(mark);
    }
  }
}

export function sendOf(client: Client, { site, command, body, key }: Command): Promise<Answer> {
  return client.post(`sites/${site}/${command}`, body, key);
}

/** How long a client that is told to retry keeps retrying, milliseconds. */
const PATIENCE_MS = 60_000;

/**
 * Sends a command as a client must that needs to know the outcome: if the ledger cannot take it now, it retries when
 * told to.
 */
async function sendUntilTaken(client: Client, command: Command): Promise<Answer> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await sendOf(client, command);
    if ((answer.status !== 503 && answer.status !== 429) || performance.now() > until) return answer;
    const seconds = Number(answer.headers.get('retry-after'));
    promise(seconds > 0, () => `${answer.status} without Retry-After`);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  }
}

/** Makes a request different. */
const OTHER_DOCUMENT = { uri: 'https://example.org/other', sha256: 'a'.repeat(64) };

/** Most requests at a time. */
const AT_ONCE = 16;

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items].reverse();
  const worker = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
