import { describe, it } from '@jest/globals';
import { type BatchRegistered } from '../events.js';
import { opened, taken } from '../testing/custody-events.js';
import { given } from '../testing/site-scenario.js';

const body: BatchRegistered = {
  batchId: 'b',
  material: 'spodumene-concentrate',
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
    const endOfLife = register({ material: 'end-of-life-batteries', origin: { kind: 'end-of-life' } });
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
      .when(register({ material: 'polymetallic-ore', contentGrams: { lithium: 60, cobalt: 40 } }))
      .thenAccepted();
    given(opened('mining'))
      .when(register({ material: 'polymetallic-ore', contentGrams: { lithium: 60, cobalt: 41 } }))
      .thenRefused('content-over-gross', 'contentGrams');
  });

  it('contains no more than the formula of the material holds, but for the tolerance of an assay', () => {
    const spodumene = (lithium: number) => register({ grossGrams: 1_000_000, contentGrams: { lithium } });
    // 6.94 of 186.09 g of LiAlSi2O6, 0.5 % of that, and less than a gram for rounding.
    given(opened('mining')).when(spodumene(37_482)).thenAccepted();
    given(opened('mining')).when(spodumene(37_483)).thenRefused('content-over-stoichiometry', 'contentGrams.lithium');
  });

  it('contains a mineral that no formula of the material names as an impurity only', () => {
    const withNickel = (nickel: number) => register({ grossGrams: 10_000, contentGrams: { nickel } });
    given(opened('mining')).when(withNickel(100)).thenAccepted();
    given(opened('mining')).when(withNickel(102)).thenRefused('content-over-stoichiometry', 'contentGrams.nickel');
  });

  it('says in a text what no code of the table names, and then only', () => {
    given(opened('mining'))
      .when(register({ material: 'other', otherMaterial: 'a new salt', contentGrams: { lithium: 99 } }))
      .thenAccepted();
    given(opened('mining'))
      .when(register({ material: 'other' }))
      .thenRefused('invalid-request', 'otherMaterial');
    given(opened('mining'))
      .when(register({ otherMaterial: 'a new salt' }))
      .thenRefused('invalid-request', 'otherMaterial');
  });

  it('takes no product for waste', () => {
    given(opened('recycling'))
      .when(register({ origin: { kind: 'end-of-life' } }))
      .thenRefused('not-waste', 'material');
  });

  it('may estimate the content until it is assayed', () => {
    given(opened('mining'))
      .when(register({ provisional: true }))
      .then({ type: 'BatchRegistered', data: { ...body, provisional: true } });
  });

  it('weighs something', () => {
    given(opened('mining'))
      .when(register({ grossGrams: 0, contentGrams: {} }))
      .thenRefused('invalid-request', 'grossGrams');
  });
});
