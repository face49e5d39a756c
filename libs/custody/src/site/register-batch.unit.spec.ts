import { describe, it } from '@jest/globals';
import { type BatchRegistered } from '../events.js';
import { opened, taken } from '../testing/custody-events.js';
import { given } from '../testing/site-scenario.js';

const body: BatchRegistered = {
  batchId: 'b',
  material: 'spodumene concentrate',
  grossGrams: 100,
  contentGrams: { lithium: 3 },
  origin: { kind: 'extracted', country: 'AU' },
};
const register = (changes: Partial<BatchRegistered> = {}) => ({
  kind: 'batches' as const,
  body: { ...body, ...changes },
});

describe('registering a batch', () => {
  it('records it', () => {
    given(opened('mining')).when(register()).then({ type: 'BatchRegistered', data: body });
  });

  it('keeps its documents, and nothing the event does not have', () => {
    const documents = [{ sha256: 'a'.repeat(64) }];
    const sent = { ...body, documents, occurredAt: 'somewhen' };
    given(opened('mining'))
      .when({ kind: 'batches', body: sent })
      .then({ type: 'BatchRegistered', data: { ...body, documents } });
  });

  it('takes an id once in the whole ledger', () => {
    given(opened('mining'))
      .knowing(taken({ kind: 'batch', id: 'b' }))
      .when(register())
      .thenRefused('id-taken', 'batchId');
  });

  it('needs a mine for what is extracted', () => {
    given(opened('refining', 'recycling')).when(register()).thenRefused('activity-mismatch', 'origin.kind');
  });

  it('needs a recycler for what has reached its end of life', () => {
    const endOfLife = register({ origin: { kind: 'end-of-life' } });
    given(opened('mining')).when(endOfLife).thenRefused('activity-mismatch', 'origin.kind');
    given(opened('recycling')).when(endOfLife).thenAccepted();
  });

  it('takes undocumented material anywhere', () => {
    given(opened('trading'))
      .when(register({ origin: { kind: 'undocumented' } }))
      .thenAccepted();
  });

  it('contains no more than it weighs', () => {
    given(opened('mining'))
      .when(register({ contentGrams: { lithium: 60, cobalt: 40 } }))
      .thenAccepted();
    given(opened('mining'))
      .when(register({ contentGrams: { lithium: 60, cobalt: 41 } }))
      .thenRefused('content-over-gross', 'contentGrams');
  });

  it('weighs something', () => {
    given(opened('mining'))
      .when(register({ grossGrams: 0, contentGrams: {} }))
      .thenRefused('invalid-request', 'grossGrams');
  });
});
