import { commandOf } from '#vocabulary';
import { addressOf, type CommandWarning, type ProblemDocument } from '../../../server/src/index.js';
import { type LedgerAddress } from '../ledger-address.js';
import { outcomeOfRecorded, type LineOutcome, type LineRecorder, type LineToRecord } from './lines-in-order.js';
import { textLinesOf } from './text-lines.js';

/** Sites whose lines are sent at the same time: few enough to leave other clients their share of the ledger. */
const LANES = 8;
/** How often to retry a ledger that is overloaded, or that stops answering after it has answered once. */
const MOST_TRIES = 5;
const PAUSE_SECONDS = 1;

/** The ledger does not accept the caller's key, or not for this command. */
const NOT_ALLOWED: readonly number[] = [401, 403];

interface SentLine {
  readonly line: LineToRecord;
  /** Index among the lines that were handed over together. */
  readonly index: number;
}

interface RecordedAnswer {
  readonly events: readonly object[];
  /** Only for a line of a stream. */
  readonly replayed?: boolean;
  readonly warnings?: readonly CommandWarning[];
}

type Answer = (index: number, outcome: LineOutcome) => void;

/**
 * Records through a running server: the lines of a site as a stream, others in a request each.
 * @throws Error when the ledger does not allow the caller to record (401, 403), failed (500 and above) or cannot be
 *   reached; then nothing more is sent
 */
export function throughHttp(address: LedgerAddress): LineRecorder {
  const ledger = new RemoteLedger(address);
  return {
    lanes: LANES,
    async record(lines, answer) {
      if (lines[0]!.command.target.site !== undefined) return ledger.stream(lines, answer);
      for (const [index, line] of lines.entries()) answer(index, await ledger.record(line));
    },
  };
}

class RemoteLedger {
  #hasAnswered = false;

  readonly #address: LedgerAddress;

  constructor(address: LedgerAddress) {
    this.#address = address;
  }

  /** Records a command with a request of its own. */
  async record({ command, number }: LineToRecord): Promise<LineOutcome> {
    const { route, target, body, idempotencyKey, signature } = command;
    const answer = await this.#post(`/v1/${addressOf(route, target)}`, JSON.stringify(body), {
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
      ...(signature !== undefined && { 'lodebook-signature': signature }),
    });
    if (answer.status === 201) {
      const { warnings } = (await answer.json()) as RecordedAnswer;
      return outcomeOfRecorded(answer.headers.get('idempotent-replayed') === 'true', warnings);
    }
    const problem = await problemIn(answer);
    if (stops(problem)) throw asError(problem, number);
    return problem;
  }

  /**
   * Records lines of one site. A line that the ledger could not take is sent again, together with the later lines
   * refused because of it.
   */
  async stream(lines: readonly LineToRecord[], answer: Answer): Promise<void> {
    let left: readonly SentLine[] = lines.map((line, index) => ({ line, index }));
    for (let tries = 1; left.length > 0; tries++) {
      const { notTaken, failure } = await this.#streamOnce(left, answer);
      if (notTaken.length < left.length) tries = 1;
      left = notTaken;
      if (left.length === 0) return;
      if (tries >= MOST_TRIES) throw failure;
      await pause(PAUSE_SECONDS);
    }
  }

  async #streamOnce(
    sent: readonly SentLine[],
    answer: Answer,
  ): Promise<{ readonly notTaken: readonly SentLine[]; readonly failure: unknown }> {
    const site = encodeURIComponent(sent[0]!.line.command.target.site!);
    const response = await this.#post(`/v1/sites/${site}/commands`, sent.map(({ line }) => textOf(line)).join(''), {
      'content-type': 'application/x-ndjson',
      prefer: 'replayed',
    });
    if (response.status !== 200) throw asError(await problemIn(response), sent[0]!.line.number);
    const notTaken: SentLine[] = [];
    let failure: unknown;
    let answered = 0;
    try {
      for await (const text of textLinesOf(response.body!)) {
        const each = sent[answered++]!;
        const said = JSON.parse(text) as RecordedAnswer | ProblemDocument;
        if ('events' in said) answer(each.index, outcomeOfRecorded(said.replayed === true, said.warnings));
        else if (NOT_ALLOWED.includes(said.status)) throw asError(said, each.line.number);
        else if (said.status < 500 && notTaken.length === 0) answer(each.index, said);
        else {
          if (said.status >= 500) failure ??= asError(said, each.line.number);
          notTaken.push(each);
        }
      }
    } catch (error) {
      if (error instanceof NothingMore) throw error;
      failure ??= this.#unreachable(error);
    }
    if (answered < sent.length) failure ??= this.#unreachable(new Error('the answer ended early'));
    return { notTaken: [...notTaken, ...sent.slice(answered)], failure };
  }

  /** Retries while the ledger is overloaded, or if it stopped answering a moment ago. */
  async #post(path: string, body: string, headers: Record<string, string>): Promise<Response> {
    for (let tries = 1; ; tries++) {
      let waitSeconds = PAUSE_SECONDS;
      try {
        const answer = await fetch(new URL(path, this.#address.url), {
          method: 'POST',
          headers: { authorization: `Bearer ${this.#address.key}`, ...headers },
          body,
        });
        this.#hasAnswered = true;
        if ((answer.status !== 503 && answer.status !== 429) || tries >= MOST_TRIES) return answer;
        await answer.arrayBuffer();
        waitSeconds = Number(answer.headers.get('retry-after') ?? PAUSE_SECONDS);
      } catch (error) {
        if (!this.#hasAnswered || tries >= MOST_TRIES) throw this.#unreachable(error);
      }
      await pause(waitSeconds);
    }
  }

  #unreachable(error: unknown): Error {
    const { cause, message } = error as Error;
    const why = cause instanceof Error && cause.message !== '' ? cause.message : message;
    return new Error(`the ledger at ${this.#address.url} could not be reached: ${why}.`, { cause: error });
  }
}

function textOf({ command: { route, body, idempotencyKey, signature } }: LineToRecord): string {
  return `${JSON.stringify({ command: commandOf(route), idempotencyKey, signature, body })}\n`;
}

function stops({ status }: ProblemDocument): boolean {
  return NOT_ALLOWED.includes(status) || status >= 500 || status === 429;
}

/** The answer of a proxy in between need not be a problem document. */
async function problemIn(answer: Response): Promise<ProblemDocument> {
  const text = await answer.text();
  try {
    const problem = JSON.parse(text) as ProblemDocument;
    if (typeof problem.type === 'string' && typeof problem.detail === 'string') return problem;
  } catch {
    // Told below.
  }
  const detail = `answered ${answer.status} ${answer.statusText}, and no problem document`;
  return { type: 'urn:lodebook:problem:internal-error', title: 'Not a ledger', status: answer.status, detail };
}

/** The ledger failed, or does not allow the caller to record: nothing more must be sent. */
class NothingMore extends Error {
  override readonly name = 'NothingMore';
}

function asError({ type, detail }: ProblemDocument, line: number): NothingMore {
  return new NothingMore(`line ${line}: ${type.split(':').at(-1)}: ${detail}`);
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
}
