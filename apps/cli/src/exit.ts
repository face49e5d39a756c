/** The exit codes of every command. */
export const EXIT = { done: 0, failed: 1, usedWrongly: 2 } as const;

/** Ends the process with a message for the person at the terminal. */
export function fail(message: string, code: (typeof EXIT)[keyof typeof EXIT] = EXIT.failed): never {
  process.stderr.write(`lodebook: ${message}\n`);
  process.exit(code);
}
