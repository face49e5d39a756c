interface Slot<Answer> {
  answer: Answer | undefined;
}

/**
 * Answers that arrive in any order and are handed out in the order of their questions; those available in the same turn
 * of the event loop are handed out together. The number in progress is bounded: wait for {@link room} before asking.
 */
export class AnswersInOrder<Answer> {
  #slots: Slot<Answer>[] = [];
  #bytes = 0;
  #state: 'open' | 'ended' | 'abandoned' = 'open';
  #failure: { readonly error: unknown } | undefined;
  #waking = false;
  #wakeTaker: () => void = () => undefined;
  #wakeAsker: () => void = () => undefined;

  readonly #mostAnswers: number;
  readonly #mostBytes: number;

  /**
   * @param mostAnswers that may be outstanding or not yet taken
   * @param mostBytes of unanswered questions, unless there is only one
   */
  constructor(mostAnswers: number, mostBytes: number) {
    this.#mostAnswers = mostAnswers;
    this.#mostBytes = mostBytes;
  }

  /** True when nobody takes answers any more. */
  get abandoned(): boolean {
    return this.#state === 'abandoned';
  }

  /** Whether a question of so many bytes may be asked now. */
  hasRoom(bytes: number): boolean {
    if (this.abandoned) return true;
    return this.#slots.length < this.#mostAnswers && (this.#bytes === 0 || this.#bytes + bytes <= this.#mostBytes);
  }

  /** Resolves when a question of so many bytes may be asked, or nobody takes answers any more. */
  async room(bytes: number): Promise<void> {
    while (!this.hasRoom(bytes)) await new Promise<void>((resolve) => (this.#wakeAsker = resolve));
  }

  /** The place of the next answer. @returns how to answer, once */
  open(bytes: number): (answer: Answer) => void {
    const slot: Slot<Answer> = { answer: undefined };
    this.#slots.push(slot);
    this.#bytes += bytes;
    return (answer) => {
      slot.answer = answer;
      this.#bytes -= bytes;
      this.#wakeAsker();
      if (this.#slots[0] === slot) this.#wakeInTurn();
    };
  }

  /** There are no further questions. */
  end(): void {
    if (this.#state === 'open') this.#state = 'ended';
    this.#wakeInTurn();
  }

  /** There are no further questions, because asking failed: the error is reported after the answers that are there. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.end();
  }

  abandon(): void {
    this.#state = 'abandoned';
    this.#slots = [];
    this.#wakeAsker();
  }

  /** @throws the error given to {@link fail} */
  async *taken(): AsyncGenerator<readonly Answer[]> {
    for (;;) {
      const answers = this.#take();
      if (answers.length > 0) yield answers;
      else if (this.#failure) throw this.#failure.error;
      else if (this.#slots.length === 0 && this.#state !== 'open') return;
      else await new Promise<void>((resolve) => (this.#wakeTaker = resolve));
    }
  }

  #take(): Answer[] {
    const answers: Answer[] = [];
    for (const { answer } of this.#slots) {
      if (answer === undefined) break;
      answers.push(answer);
    }
    this.#slots.splice(0, answers.length);
    if (answers.length > 0) this.#wakeAsker();
    return answers;
  }

  #wakeInTurn(): void {
    if (this.#waking) return;
    this.#waking = true;
    setImmediate(() => {
      this.#waking = false;
      this.#wakeTaker();
    });
  }
}
