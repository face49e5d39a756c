import { describe, expect, it } from '@jest/globals';
import { type Batch } from '../api/answers.js';
import { matchingBatches } from './batch-filter.js';

function batch(batchId: string, value: Batch['labels'][number]['value']): Batch {
  const label = { labelId: `${batchId}-label`, standard: 'gs1-128', carrier: 'barcode', value };
  return {
    batchId,
    material: 'black-mass',
    status: 'at-site',
    siteId: 'kurobe-works',
    grossGrams: 1_000,
    contentGrams: {},
    contentKnown: false,
    composition: {},
    labels: [{ ...label, labelledAt: '2026-01-01T00:00:00.000Z' }],
    held: false,
  };
}
const WITHHELD = {
  commitment: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  legalBasis: 'trade-secret',
  until: '2030-01-01T00:00:00.000Z',
} as const;
const BATCHES = [batch('plain', '(00)395212345000000018'), batch('withheld', WITHHELD), batch('hidden', '~')];

describe('the batches that a text leaves in the list', () => {
  it.each([
    ['', ['plain', 'withheld', 'hidden']],
    ['WITH', ['withheld']],
    ['3952', ['plain']],
    ['black-mass', ['plain', 'withheld', 'hidden']],
    ['kurobe', ['plain', 'withheld', 'hidden']],
    ['~', []],
    ['trade-secret', []],
    ['https://id.example.org/01/09521234543213/10/plain', ['plain']],
  ])('of %j are %j', (typed, expected) => {
    expect(matchingBatches(BATCHES, typed).map(({ batchId }) => batchId)).toEqual(expected);
  });
});
