import { describe, expect, it } from '@jest/globals';
import { CommandRefused } from '#recording';
import { ImportStopped, type ImportOutcome } from './import-lines.js';
import { importPatiently } from './patient-import.js';

const OUTCOME: ImportOutcome = { recorded: 2, thereAlready: 1, refused: [] };

/** An import that is stopped by each of the causes in turn, and then succeeds. */
function stoppedBy(causes: unknown[]): { run: () => Promise<ImportOutcome>; begun: () => number } {
  let begun = 0;
  const run = (): Promise<ImportOutcome> => {
    const cause = causes[begun++];
    return cause === undefined ? Promise.resolve(OUTCOME) : Promise.reject(new ImportStopped(cause, OUTCOME));
  };
  return { run, begun: () => begun };
}

const overloaded = (): CommandRefused => new CommandRefused('overloaded', 'The tables are behind.');

describe('a patient import', () => {
  it('begins again while the ledger is overloaded', async () => {
    const { run, begun } = stoppedBy([overloaded(), overloaded()]);
    let again = 0;
    expect(await importPatiently(run, { pauseMs: 1, again: () => void again++ })).toBe(OUTCOME);
    expect(begun()).toBe(3);
    expect(again).toBe(2);
  });

  it('stops at whatever else stops it', async () => {
    const { run, begun } = stoppedBy([overloaded(), new Error('the disk is full')]);
    await expect(importPatiently(run, { pauseMs: 1 })).rejects.toThrow('the disk is full');
    expect(begun()).toBe(2);
  });

  it('stops after twenty attempts', async () => {
    const { run, begun } = stoppedBy(Array.from({ length: 30 }, overloaded));
    await expect(importPatiently(run, { pauseMs: 1 })).rejects.toThrow(ImportStopped);
    expect(begun()).toBe(20);
  });
});
