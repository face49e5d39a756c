/** Work that is long goes on for so long, milliseconds, before everything else that waits for the event loop has its turn. */
const TURN_MS = 20;

/** Long work of one caller: asked often, it lets the event loop turn now and then. */
export class Turns {
  #began = performance.now();

  async give(): Promise<void> {
    if (performance.now() - this.#began < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#began = performance.now();
  }
}
