import { describe, it } from '@jest/globals';
import { consumed, held, labelled, opened, registered } from '../testing/custody-events.js';
import { at, EARLIER, given, NOW } from '../testing/site-scenario.js';

const stock = [opened(), registered('b', 100, { cobalt: 10 })];

describe('labelling', () => {
  const body = { batchId: 'b', labelId: 'l', standard: 'gs1-128', carrier: 'print' as const, value: '123' };

  it('records the label', () => {
    given(...stock)
      .when({ kind: 'labels', body })
      .then({ type: 'BatchLabelled', data: body });
  });

  it('takes a label id once on a batch', () => {
    given(...stock, labelled('b', 'l'))
      .when({ kind: 'labels', body })
      .thenRefused('id-taken', 'labelId');
    given(...stock, registered('c', 1), labelled('c', 'l'))
      .when({ kind: 'labels', body })
      .thenAccepted();
  });
});

describe('removing a label', () => {
  const body = { batchId: 'b', labelId: 'l', reason: 'illegible' };
  const command = { kind: 'label-removals' as const, body };

  it('records the removal, after which the id is free', () => {
    const removed = { type: 'LabelRemoved' as const, data: body };
    given(...stock, labelled('b', 'l'))
      .when(command)
      .then(removed);
    given(...stock, labelled('b', 'l'), removed)
      .when(command)
      .thenRefused('not-found', 'labelId');
  });

  it('needs the label on the batch, and comes after it', () => {
    given(...stock)
      .when(command)
      .thenRefused('not-found', 'labelId');
    given(...stock, at(NOW, labelled('b', 'l')))
      .when(command, { occurredAt: EARLIER })
      .thenRefused('occurred-out-of-order', 'occurredAt');
  });
});

describe('assaying', () => {
  it('may find more than was known, up to what the batch weighs', () => {
    const body = { batchId: 'b', contentGrams: { cobalt: 60, nickel: 40 }, method: 'icp-oes', laboratory: 'lab' };
    given(...stock)
      .when({ kind: 'assays', body })
      .then({ type: 'BatchAssayed', data: body });
    given(...stock)
      .when({ kind: 'assays', body: { ...body, contentGrams: { cobalt: 60, nickel: 41 } } })
      .thenRefused('content-over-gross', 'contentGrams');
  });

  it('is judged against what is left', () => {
    given(...stock, consumed('b', 50))
      .when({ kind: 'assays', body: { batchId: 'b', contentGrams: { cobalt: 51 }, method: 'icp-oes' } })
      .thenRefused('content-over-gross', 'contentGrams');
  });
});

describe('declaring recycled content', () => {
  it('records the share', () => {
    const body = { batchId: 'b', mineral: 'cobalt' as const, share: '0.16' };
    given(...stock)
      .when({ kind: 'declarations', body })
      .then({ type: 'RecycledContentDeclared', data: body });
  });
});

describe('consuming and disposing', () => {
  it('records the use', () => {
    const consumption = { batchId: 'b', grossGrams: 100, productId: 'pack-1' };
    given(...stock)
      .when({ kind: 'consumptions', body: consumption })
      .then({ type: 'BatchConsumed', data: consumption });
    const disposal = { batchId: 'b', grossGrams: 1, reason: 'spill' };
    given(...stock)
      .when({ kind: 'disposals', body: disposal })
      .then({ type: 'BatchDisposed', data: disposal });
  });

  it.each([
    [101, 'not-enough-left' as const],
    [0, 'invalid-request' as const],
  ])('%d g of 100 g: %s', (grossGrams, code) => {
    given(...stock)
      .when({ kind: 'consumptions', body: { batchId: 'b', grossGrams, productId: 'p' } })
      .thenRefused(code, 'grossGrams');
    given(...stock)
      .when({ kind: 'disposals', body: { batchId: 'b', grossGrams, reason: 'r' } })
      .thenRefused(code, 'grossGrams');
  });
});

describe('holding and releasing', () => {
  const release = { kind: 'releases' as const, body: { batchId: 'b' } };

  it('holds in the name of who commands it', () => {
    given(...stock)
      .when({ kind: 'holds', body: { batchId: 'b', reason: 'inspection' } }, { authority: 'customs' })
      .then({ type: 'BatchHeld', data: { batchId: 'b', authority: 'customs', reason: 'inspection' } });
  });

  it('releases what is held, and then it can be used', () => {
    const released = { type: 'BatchReleased' as const, data: { batchId: 'b' } };
    given(...stock, held('b'))
      .when(release)
      .then(released);
    given(...stock, held('b'), released)
      .when({ kind: 'consumptions', body: { batchId: 'b', grossGrams: 1, productId: 'p' } })
      .thenAccepted();
  });

  it('releases nothing else', () => {
    given(...stock)
      .when(release)
      .thenRefused('invalid-request', 'batchId');
    given(opened()).when(release).thenRefused('batch-not-here', 'batchId');
    given(...stock, consumed('b', 100))
      .when(release)
      .thenRefused('not-enough-left', 'batchId');
    given(...stock, at(NOW, held('b')))
      .when(release, { occurredAt: EARLIER })
      .thenRefused('occurred-out-of-order', 'occurredAt');
  });
});
