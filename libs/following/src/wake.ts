/** Wakes one sleeper; a call while nobody sleeps ends the next sleep at once. */
export class Wake {
  #called = false;
  #end: (() => void) | undefined;

  async sleep(ms: number): Promise<void> {
    if (!this.#called) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#called = false;
    this.#end = undefined;
  }

  now(): void {
    this.#called = true;
    this.#end?.();
  }
}
