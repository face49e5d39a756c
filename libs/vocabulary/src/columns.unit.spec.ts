import { describe, expect, it } from '@jest/globals';
import { FACTS } from '#attestation';
import { bodyOfRow, columnOfFirst, columnsOf } from './columns.js';
import { commandAcceptance } from './acceptance.js';
import { bodyFields, commandOf, type Fact } from './fact.js';
import { sampleSent } from './testing/sample.js';

const ROWS = FACTS.filter((fact) => columnsOf(fact) !== undefined);

/** The cells that say a value, as somebody who reads the columns would fill them in. */
function cellsOf(value: unknown, at = ''): [string, string][] {
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each !== 'object')) return [[at, value.join('; ')]];
    return value.flatMap((each, index) => cellsOf(each, `${at}.${index + 1}`));
  }
  if (typeof value !== 'object' || value === null) return [[at, String(value)]];
  return Object.entries(value).flatMap(([name, each]) => cellsOf(each, at === '' ? name : `${at}.${name}`));
}

function sampleOf(fact: Fact): Record<string, unknown> {
  const { withheld, ...fields } = bodyFields(fact);
  return sampleSent(fields);
}

describe('rows of a table of commands', () => {
  it.each(ROWS.map((fact): [string, Fact] => [fact.type, fact]))('say all of %s', (_, fact) => {
    const sent = sampleOf(fact);
    const cells = new Map(cellsOf(sent));
    expect(bodyOfRow(fact, cells)).toEqual({ body: sent });
    expect(commandAcceptance(fact)(sent)).toBe(true);
    expect([...cells.keys()].map(columnOfFirst).sort()).toEqual(
      columnsOf(fact)!
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('can say every command of a site but corrections, whose data may be any other’s', () => {
    const others = FACTS.filter((fact) => fact.stream === 'site' && !ROWS.includes(fact));
    expect(others.map(commandOf)).toEqual(['corrections']);
  });

  it('leave out what empty cells do not say, and the objects and entries that have nothing left', () => {
    const fact = FACTS.find(({ type }) => type === 'BatchesTransformed')!;
    const cells = new Map([
      ['transformationId', ' t1 '],
      ['inputs.3.batchId', 'b'],
      ['inputs.3.grossGrams', '12'],
      ['inputs.1.batchId', 'a'],
      ['inputs.1.grossGrams', '7'],
      ['inputs.2.batchId', ''],
      ['outputs.1.batchId', 'c'],
      ['outputs.1.scrap', 'TRUE'],
      ['occurredAt', ''],
    ]);
    expect(bodyOfRow(fact, cells)).toEqual({
      body: {
        transformationId: 't1',
        inputs: [
          { batchId: 'a', grossGrams: 7 },
          { batchId: 'b', grossGrams: 12 },
        ],
        outputs: [{ batchId: 'c', contentGrams: {}, scrap: true }],
      },
    });
  });

  it.each([
    ['grossGrams', '1,5', 'must be whole grams, in digits only'],
    ['grossGrams', '1e6', 'must be whole grams, in digits only'],
    ['grossGrams', '9999999999999999', 'must be whole grams, in digits only'],
    ['gramms', '7', 'this command has no such column'],
    ['inputs.1.batchId', 'x', 'this command has no such column'],
    ['constructor', 'x', 'this command has no such column'],
  ])('are refused by the column where %s is %j', (column, text, message) => {
    const fact = FACTS.find(({ type }) => type === 'BatchRegistered')!;
    expect(bodyOfRow(fact, new Map([[column, text]]))).toEqual({ problems: [{ column, message }] });
  });

  it.each(['constructor', 'yes', '1'])('are refused by the column where a flag is %j', (text) => {
    const fact = FACTS.find(({ type }) => type === 'BatchesDispatched')!;
    const problems = [{ column: 'tradeTerms.exportDuty', message: 'must be true or false' }];
    expect(bodyOfRow(fact, new Map([['tradeTerms.exportDuty', text]]))).toEqual({ problems });
  });

  it('say of each column whether the row needs it', () => {
    const fact = FACTS.find(({ type }) => type === 'BatchRegistered')!;
    const needed = columnsOf(fact)!.filter(({ isNeeded }) => isNeeded);
    expect(needed.map(({ name }) => name)).toEqual(['batchId', 'material', 'grossGrams', 'origin.kind']);
  });
});
