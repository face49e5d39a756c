import { SingleBar, Presets } from 'cli-progress';

/** A bar on a terminal, nothing in a pipe; on stderr, so that the command's output stays clean. */
export class Progress {
  readonly #bar: SingleBar | undefined;

  readonly #what: string;
  readonly #total: number;
  #phase: string | undefined;

  /** @param total of the count, if known */
  constructor(what: string, total?: number) {
    this.#what = what;
    this.#total = total ?? Number.MAX_SAFE_INTEGER;
    if (!process.stderr.isTTY) return;
    const format =
      total === undefined
        ? `${what}{phase} {value}`
        : `${what}{phase} [{bar}] {percentage}% {duration_formatted} left {eta_formatted}`;
    this.#bar = new SingleBar(
      { format, stream: process.stderr, hideCursor: true, clearOnComplete: true },
      Presets.shades_classic,
    );
    this.#bar.start(this.#total, 0, { phase: '' });
  }

  /** @param count done so far; the bar does not go beyond its total */
  at(count: number): void {
    this.#bar?.update(count);
  }

  /** Of the work's phases one after the other: each begins from 0, and the time left is that of the phase. */
  of(phase: string, count: number): void {
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#bar?.stop();
      this.#bar?.start(this.#total, 0, { phase: `, ${phase}` });
    }
    this.at(count);
  }

  /** Prints a line above the bar. */
  say(line: string): void {
    if (this.#bar) process.stderr.write('\r\x1b[K');
    process.stderr.write(`${line}\n`);
    this.#bar?.render();
  }

  end(result: string): void {
    this.#bar?.stop();
    process.stderr.write(`${this.#what}: ${result}\n`);
  }
}
