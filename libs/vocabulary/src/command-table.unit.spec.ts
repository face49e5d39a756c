import { describe, expect, it } from '@jest/globals';
import { FACTS } from '#attestation';
import { SITE_FACTS } from '#custody';
import { columnsOf } from './columns.js';
import { CommandTable, NotATable } from './command-table.js';
import { targetNames, targetOf } from './fact.js';

const OF_A_SITE = SITE_FACTS.filter((fact) => targetOf(fact).join() === 'site');

describe('a table of commands', () => {
  it('has a command a row, with the cells that it needs', () => {
    const header = ['command', 'batchId', 'grossGrams', 'idempotencyKey', 'labelId', ' standard '];
    const table = new CommandTable(OF_A_SITE, header, ['site']);
    expect(table.lineOf(['consumptions', 'b1', '700', 'k-1', '', ''])).toEqual({
      line: { command: 'consumptions', idempotencyKey: 'k-1', body: { batchId: 'b1', grossGrams: 700 } },
    });
    expect(table.lineOf(['labels', 'b1', '', '', 'l1', 'GS1'])).toEqual({
      line: { command: 'labels', body: { batchId: 'b1', labelId: 'l1', standard: 'GS1' } },
    });
    expect(table.lineOf(['labels', 'b1'])).toEqual({ line: { command: 'labels', body: { batchId: 'b1' } } });
  });

  it('says of a row by its column what cannot be read', () => {
    const table = new CommandTable(OF_A_SITE, ['command', 'batchId', 'grossGrams'], ['site']);
    expect(table.lineOf(['labels', 'b1', '7'])).toEqual({
      problems: [{ column: 'grossGrams', message: 'this command has no such column' }],
    });
    const [problem] = (table.lineOf(['melt', 'b1', '7']) as { problems: { column: string; message: string }[] })
      .problems;
    expect(problem).toEqual({ column: 'command', message: expect.stringContaining('assays, batches,') });
    expect(table.lineOf(['', 'b1', '7'])).toEqual({
      problems: [{ column: 'command', message: 'must name a command' }],
    });
    expect(table.lineOf(['labels', 'b1', '', 'x'])).toEqual({ problems: [expect.objectContaining({ column: '' })] });
  });

  it('tells commands of one name apart by what stands beside them', () => {
    const table = new CommandTable(FACTS, ['command', 'site', 'organisation', 'batchId', 'siteId', 'reason']);
    expect(table.lineOf(['batches', 'pit', '', 'b1', '', ''])).toEqual({
      line: { command: 'batches', site: 'pit', body: { batchId: 'b1', contentGrams: {}, origin: {} } },
    });
    expect(table.lineOf(['batches', '', '', 'b1', '', ''])).toEqual({
      problems: [{ column: 'command', message: 'needs site in the same row' }],
    });
  });

  it.each([
    [['batchId'], 'column “command”'],
    [['command', 'batchId', 'batchId'], '“batchId” is there twice'],
    [['command', 'gramms'], 'No command has a column “gramms”'],
    [['command', 'inputs.0.batchId'], 'No command has a column “inputs.0.batchId”'],
    [['command', 'site'], 'No command has a column “site”'],
    [['command', ''], 'No command has a column “”'],
  ])('is none whose first row is %j', (header, why) => {
    expect(() => new CommandTable(OF_A_SITE, header, ['site'])).toThrow(NotATable);
    expect(() => new CommandTable(OF_A_SITE, header, ['site'])).toThrow(why);
  });

  it('takes a column that some addresses and some bodies have for what the command of the row needs', () => {
    const shared = FACTS.flatMap((fact) => columnsOf(fact) ?? []).filter(({ name }) =>
      targetNames(FACTS).includes(name),
    );
    expect([...new Set(shared.map(({ name }) => name))]).toEqual(['scheme']);
    const table = new CommandTable(FACTS, ['command', 'attestationId', 'scheme']);
    expect(table.lineOf(['attestations', 'a1', 'rmi'])).toEqual({
      line: expect.objectContaining({ body: expect.objectContaining({ scheme: 'rmi' }) }),
    });
  });

  it('has no column of a body named as one of its own', () => {
    const names = FACTS.flatMap((fact) => columnsOf(fact) ?? []).map(({ name }) => name);
    expect(names.filter((name) => ['command', 'idempotencyKey'].includes(name))).toEqual([]);
  });
});
