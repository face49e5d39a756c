import { SingleBar, Presets } from 'cli-progress';

/** A bar on a terminal, nothing in a pipe; on stderr, so that the command's output stays clean. */
export class Progress {
  readonly #bar: SingleBar | undefined;

  readonly #what: string;

  /** @param total of the count, if known */
  constructor(what: string, total?: number) {
    this.#what = what;
    if (!process.stderr.isTTY) return;
    const format =
      total === undefined
        ? `${what} {value}`
        : `${what} [{bar}] {percentage}% {duration_formatted} left {eta_formatted}`;
    this.#bar = new SingleBar(
      { format, stream: process.stderr, hideCursor: true, clearOnComplete: true },
      Presets.shades_classic,
    );
    this.#bar.start(total ?? Number.MAX_SAFE_INTEGER, 0);
  }

  /** @param count done so far; the bar does not go beyond its total */
  at(count: number): void {
    this.#bar?.update(count);
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
