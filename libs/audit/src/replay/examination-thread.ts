import { Worker } from 'node:worker_threads';
import { type ClaimsVerdict } from '#claims';
import { type Examination, type ExaminationOrder, type ExaminedLog } from './log-examination.js';
import { errorOf, type FromExamination, type Signed, type ToExamination } from './replay-messages.js';
import { type ReplayPage } from './replay-page.js';
import { type StoredTree } from './replay-source.js';
import { ReplayError } from './until.js';
import { type BatchLines, type VerdictSink, VerdictLines } from './verdict-digest.js';

const ENTRY = new URL('./examination.worker.js', import.meta.url);

/** Messages that the thread has not yet done with: enough for it never to wait, and a bound on what waits in memory. */
const MOST_AHEAD = 8;
/** Checkpoints given at a time. */
const CHECKPOINTS_GIVEN = 256;
/** Characters of verdicts sent at a time. */
const CHARACTERS_SENT = 256 * 1024;

/**
 * The second thread of a replay: it hashes and compares with what was signed what the first folds, and puts into the digest
 * what the first judges. What it gets is what the first has read: both see the same bytes. Runs the build, not the sources.
 */
export class ExaminationThread {
  readonly #worker = new Worker(ENTRY);
  readonly #signal: AbortSignal | undefined;
  readonly #abort = (): void => this.#fail(ReplayError.aborted());
  #ahead = 0;
  #failure: Error | undefined;
  #checkpoints: AsyncIterator<Signed, unknown> | undefined;
  #examined: ExaminedLog | undefined;
  #digested = 0;
  #digest: string | undefined;
  #wake: () => void = () => undefined;

  /** @param signal aborts whatever is waited for */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
    signal?.addEventListener('abort', this.#abort);
    this.#worker.on('message', (message: FromExamination) => this.#take(message));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('The second thread of the replay ended.')));
  }

  examine({ checkpoints, origin, onlyRoot = false }: ExaminationOrder, stored?: StoredTree): Examination {
    this.#checkpoints = checkpoints[Symbol.asyncIterator]();
    this.#examined = undefined;
    this.#post({ kind: 'examine', origin, stored, onlyRoot });
    return {
      take: ({ first, bytes, ends, share }: ReplayPage) => this.#send({ kind: 'page', first, bytes, ends, share }),
      finish: async () => {
        this.#post({ kind: 'end-of-log' });
        await this.#until(() => this.#examined !== undefined);
        return this.#examined!;
      },
    };
  }

  /** Where verdicts go that the thread puts into the digest. */
  digest(): VerdictSink {
    const lines = new VerdictLines();
    let batches = 0;
    let waiting: BatchLines[] = [];
    let characters = 0;
    let listsSent = 0;
    const send = (): Promise<void> => {
      const message = { kind: 'verdicts', lines: waiting, lists: lines.lists.slice(listsSent) } as const;
      listsSent = lines.lists.length;
      waiting = [];
      characters = 0;
      return this.#send(message);
    };
    return {
      get batches() {
        return batches;
      },
      take: (verdict: ClaimsVerdict) => {
        const { batchId } = verdict;
        const text = lines.lineOf(verdict);
        const last = waiting.at(-1);
        characters += text.length;
        if (last?.batchId === batchId) {
          last.text += text;
          return undefined;
        }
        batches++;
        // Those of a batch are sent together.
        const sent = characters > CHARACTERS_SENT ? send() : undefined;
        waiting.push({ batchId, text });
        return sent;
      },
      digest: async (step) => {
        await send();
        this.#post({ kind: 'end-of-verdicts' });
        for (let told = 0; this.#digest === undefined;) {
          await this.#until(() => this.#digest !== undefined || this.#digested > told);
          await step((told = this.#digested));
        }
        return this.#digest;
      },
      close: () => undefined,
    };
  }

  /** Ends the thread, whatever it is doing. */
  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#abort);
    await this.#worker.terminate();
  }

  async #send(message: ToExamination): Promise<void> {
    this.#ahead++;
    this.#post(message);
    await this.#until(() => this.#ahead < MOST_AHEAD);
  }

  #post(message: ToExamination): void {
    this.#worker.postMessage(message);
  }

  /** @throws what went wrong in the thread, or with it */
  async #until(holds: () => boolean): Promise<void> {
    while (this.#failure === undefined && !holds()) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#failure !== undefined) throw this.#failure;
  }

  #take(message: FromExamination): void {
    if (message.kind === 'taken') this.#ahead--;
    else if (message.kind === 'examined') this.#examined = message.log;
    else if (message.kind === 'digested') this.#digested = message.batches;
    else if (message.kind === 'digest') this.#digest = message.digest;
    else if (message.kind === 'failed') return this.#fail(errorOf(message.failure));
    else void this.#giveCheckpoints();
    this.#wake();
  }

  async #giveCheckpoints(): Promise<void> {
    try {
      const signed: Signed[] = [];
      while (signed.length < CHECKPOINTS_GIVEN) {
        const next = await this.#checkpoints!.next();
        if (next.done === true) break;
        signed.push({ size: next.value.size, root: next.value.root });
      }
      this.#post({ kind: 'checkpoints', signed });
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}
