import { type Say } from '#following';
import { type Views } from '../views/views.js';

/** How often it is told what is left to judge, milliseconds. */
const TOLD_EVERY_MS = 10_000;
const SECOND_MS = 1_000;

/** Tells, while there is much to judge, how much is left, and when all is done. */
export class Backlog {
  readonly #views: Pick<Views, 'db'>;
  readonly #say: Say;
  readonly #everyMs: number;
  /** Since when there has been something to judge all the time, by the monotonic clock. */
  #began: number | undefined;
  #told = 0;
  #hasTold = false;

  constructor(views: Pick<Views, 'db'>, say: Say, everyMs = TOLD_EVERY_MS) {
    this.#views = views;
    this.#say = say;
    this.#everyMs = everyMs;
  }

  /** Some were judged, and there may be more. */
  async goesOn(): Promise<void> {
    const now = performance.now();
    if (this.#began === undefined) this.#began = this.#told = now;
    if (now - this.#told < this.#everyMs) return;
    this.#told = now;
    this.#hasTold = true;
    const { left } = await this.#views.db
      .selectFrom('unjudged')
      .select(({ fn }) => fn.countAll<number>().as('left'))
      .executeTakeFirstOrThrow();
    // What hangs on one of them may yet be found to change as well.
    this.#say('info', 'batches are being judged', { left, seconds: this.#seconds(now) });
  }

  /** There was nothing to judge. */
  isOver(): void {
    if (this.#hasTold) this.#say('info', 'all batches are judged', { seconds: this.#seconds(performance.now()) });
    this.#began = undefined;
    this.#hasTold = false;
  }

  #seconds(now: number): number {
    return Math.round((now - (this.#began ?? now)) / SECOND_MS);
  }
}
