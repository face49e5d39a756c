import { readFileSync } from 'node:fs';
import { EXIT, fail } from './exit.js';

/** How long a URL may take to answer, milliseconds. */
const PATIENCE_MS = 10_000;
/** Largest note, in bytes: a checkpoint with many cosignatures has a few kilobytes. */
const LONGEST_NOTE = 65_536;

/** Reads a signed note from a file or URL. Ends the process when it cannot be read: a start must not do without it. */
export async function trustedNote(place: string): Promise<string> {
  if (!/^https?:\/\//.test(place)) {
    try {
      return readFileSync(place, 'utf8');
    } catch (error) {
      fail(`there is no trusted checkpoint to read: ${(error as Error).message}`, EXIT.usedWrongly);
    }
  }
  try {
    const answer = await fetch(place, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = await answer.text();
    if (answer.ok && text.length <= LONGEST_NOTE) return text;
    fail(`${place} answers ${answer.status} and no trusted checkpoint`);
  } catch (error) {
    const { cause, message } = error as Error;
    fail(`${place} cannot be asked for the trusted checkpoint: ${cause instanceof Error ? cause.message : message}`);
  }
}
