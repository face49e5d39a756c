import { describe, it } from '@jest/globals';
import { opened, registered, taken } from '../testing/custody-events.js';
import { given } from '../testing/site-scenario.js';

const split = (...parts: [string, number][]) => ({
  kind: 'splits' as const,
  body: { batchId: 'b', parts: parts.map(([batchId, grossGrams]) => ({ batchId, grossGrams })) },
});
const stock = [opened(), registered('b', 100, { cobalt: 10 })];

describe('splitting a batch', () => {
  it('records the parts', () => {
    const command = split(['p', 60], ['q', 30]);
    given(...stock)
      .when(command)
      .then({ type: 'BatchSplit', data: command.body });
  });

  it('can use all of it, to the gram', () => {
    given(...stock)
      .when(split(['p', 60], ['q', 40]))
      .thenAccepted();
    given(...stock)
      .when(split(['p', 60], ['q', 41]))
      .thenRefused('not-enough-left', 'parts');
  });

  it('makes each part once, of something, under a free id', () => {
    given(...stock)
      .when(split(['p', 1], ['p', 1]))
      .thenRefused('invalid-request', 'parts[1].batchId');
    given(...stock)
      .when(split(['p', 0]))
      .thenRefused('invalid-request', 'parts[0].grossGrams');
    given(...stock)
      .knowing(taken({ kind: 'batch', id: 'b' }))
      .when(split(['p', 1], ['b', 1]))
      .thenRefused('id-taken', 'parts[1].batchId');
  });
});
