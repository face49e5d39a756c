import { setTimeout as delay } from 'node:timers/promises';
import { CommandRefused } from '#recording';
import { type ImportOutcome, ImportStopped } from './import-lines.js';

/** How often an import is begun, and how long it waits between two attempts, milliseconds. */
const MOST_TRIES = 20;
const PAUSE_MS = 1_000;

/**
 * Begins an import again from its first line where the ledger was overloaded: on a busy machine the read tables that a
 * command waits for may be long in coming. Lines that were recorded are not recorded twice; those that were refused because
 * an earlier one had not been recorded are decided anew.
 * @param options.again called before each further attempt
 * @throws ImportStopped for any other reason, or after twenty attempts
 */
export async function importPatiently(
  run: () => Promise<ImportOutcome>,
  { pauseMs = PAUSE_MS, again = () => undefined }: { pauseMs?: number; again?: () => void } = {},
): Promise<ImportOutcome> {
  for (let tries = 1; ; tries++) {
    try {
      return await run();
    } catch (error) {
      if (!isOverload(error) || tries >= MOST_TRIES) throw error;
      again();
      await delay(pauseMs);
    }
  }
}

function isOverload(error: unknown): boolean {
  return error instanceof ImportStopped && error.cause instanceof CommandRefused && error.cause.code === 'overloaded';
}
