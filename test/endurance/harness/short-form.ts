import { describe, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endAllLedgers } from './ledger-process.js';
import { type EnduranceProgram } from './program.js';

/** Runs the short form of a program as a test: the program itself fails when a promise is broken. */
export function inShortForm(program: EnduranceProgram): void {
  const missing = program.missing?.();
  describe(`endurance: ${program.name}`, () => {
    const title = `${program.tries} (${program.rounds.short} × ${program.round})`;
    if (missing !== undefined) {
      process.stderr.write(`endurance: ${program.name} is skipped: ${missing}\n`);
      it.skip(title, () => undefined);
      return;
    }
    it(
      title,
      async () => {
        const root = await mkdtemp(join(tmpdir(), 'lodebook-endurance-'));
        const seed = Number(process.env['FC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
        const notes: string[] = [];
        try {
          await program.run({
            rounds: program.rounds.short,
            seed,
            folder: () => mkdtemp(join(root, 'run-')),
            note: (text) => void notes.push(text),
          });
        } catch (error) {
          process.stderr.write(`endurance: ${program.name} with FC_SEED=${seed} did:\n  ${notes.join('\n  ')}\n`);
          throw error;
        } finally {
          endAllLedgers();
          await rm(root, { recursive: true, force: true });
        }
      },
      240_000,
    );
  });
}
