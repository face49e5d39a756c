import { describe, expect, it } from '@jest/globals';
import { asDispatched } from '../account/gone-batches.js';
import { foldAccount } from '../account/evolve-account.js';
import { type SiteEvent } from '../events.js';
import { consumed, held, labelled, opened, registered, SENT } from '../testing/custody-events.js';
import { at, EARLIER, given, recorded, type Dated } from '../testing/site-scenario.js';

const [MARCH, APRIL, MAY, LATER] = ['03', '04', '05', '06'].map((month) => `2025-${month}-15T08:00:00.000Z`) as [
  string,
  string,
  string,
  string,
];
const label = {
  kind: 'labels' as const,
  body: { batchId: 'b', labelId: 'late', standard: 'gs1-128', carrier: 'print' as const, value: '1' },
};
const assay = (cobalt: number) => ({
  kind: 'assays' as const,
  body: { batchId: 'b', contentGrams: { cobalt }, method: 'icp-oes' },
});
const sent = { shipmentId: 's', consigneeSiteId: 'there', batches: [{ ...SENT, labels: ['l1'] }] };
const dispatched: SiteEvent = { type: 'BatchesDispatched', data: sent };
const returned: SiteEvent = { type: 'ShipmentReturned', data: { shipmentId: 's', batches: sent.batches } };
const assayed = (cobalt: number): SiteEvent => ({ type: 'BatchAssayed', data: assay(cobalt).body });
/** Here from March on, on its way from April on. */
const away = [opened(), registered('b', 1000), labelled('b', 'l1'), at(APRIL, dispatched)];

describe('what is recorded late of a batch', () => {
  it('is taken if it is dated while the batch was here', () => {
    for (const occurredAt of [EARLIER, MARCH, APRIL]) {
      given(...away)
        .when(label, { occurredAt })
        .thenAccepted();
      given(...away)
        .when(assay(200), { occurredAt })
        .thenAccepted();
    }
    given(...away)
      .when(label, { occurredAt: MAY })
      .thenRefused('batch-not-here', 'batchId');
    given(opened(), at(MARCH, registered('b', 1000)), at(APRIL, dispatched))
      .when(label, { occurredAt: EARLIER })
      .thenRefused('batch-not-here', 'batchId');
  });

  it('is taken of what came back, for before it left and for after it came back', () => {
    const back = [...away, at(MAY, returned)];
    for (const occurredAt of [MARCH, LATER]) {
      given(...back)
        .when({ ...label, body: { ...label.body, labelId: 'new' } }, { occurredAt, now: LATER })
        .thenAccepted();
    }
    given(...back)
      .when(label, { occurredAt: '2025-04-20T08:00:00.000Z' })
      .thenRefused('occurred-out-of-order', 'occurredAt');
    given(...back, held('b'))
      .when(label, { occurredAt: MARCH })
      .thenRefused('batch-held', 'batchId');
  });

  it('is no label that the batch had when it left', () => {
    given(...away)
      .when({ ...label, body: { ...label.body, labelId: 'l1' } }, { occurredAt: MARCH })
      .thenRefused('id-taken', 'labelId');
    given(...away, at(MARCH, labelled('b', 'late')))
      .when(label, { occurredAt: MARCH })
      .thenRefused('id-taken', 'labelId');
  });

  it('is no assay of before a use, nor of what is used up', () => {
    const used = [opened(), registered('b', 1000), at(APRIL, consumed('b', 1))];
    given(...used)
      .when(assay(200), { occurredAt: MARCH })
      .thenRefused('occurred-out-of-order', 'occurredAt');
    given(...used, at(MAY, dispatched))
      .when(assay(200), { occurredAt: MARCH })
      .thenRefused('occurred-out-of-order', 'occurredAt');
    given(...used)
      .when(assay(200), { occurredAt: APRIL })
      .thenAccepted();
    given(...used, at(MAY, consumed('b', 999)))
      .when(assay(200), { occurredAt: MAY })
      .thenRefused('not-enough-left', 'batchId');
    given(...used, at(MAY, consumed('b', 999)))
      .when(label, { occurredAt: MARCH })
      .thenAccepted();
  });

  it('is measured against what the batch weighed', () => {
    given(...away)
      .when(assay(1001), { occurredAt: MARCH })
      .thenRefused('content-over-gross', 'contentGrams');
  });
});

describe('the account', () => {
  const after = (...events: (SiteEvent | Dated)[]) => foldAccount(recorded(...events));
  const late = [at(MARCH, { type: 'BatchLabelled' as const, data: label.body }), at(MARCH, assayed(150))];

  it('tells whoever receives or takes it back what was recorded late', () => {
    const { batches } = asDispatched(after(...away, ...late), sent);
    expect(batches).toMatchObject([{ labels: ['l1', 'late'], contentGrams: { cobalt: 150 } }]);
    expect(asDispatched(after(...away, ...late), { ...sent, shipmentId: 'other' }).batches).toEqual(sent.batches);
  });

  it('has it of what came back before it was recorded', () => {
    const batch = after(...away, at(MAY, returned), ...late).batches.get('b');
    expect(batch).toMatchObject({ contentGrams: { cobalt: 150 } });
    expect([...(batch?.labels.keys() ?? [])]).toEqual(['l1', 'late']);
  });

  it('keeps the content of the last assay by its date, unless the batch was used since', () => {
    const found = (...events: Dated[]) =>
      after(opened(), registered('b', 1000), ...events).batches.get('b')?.contentGrams;
    expect(found(at(MAY, assayed(300)), at(APRIL, assayed(200)))).toEqual({ cobalt: 300 });
    expect(found(at(MAY, assayed(300)), at(MAY, consumed('b', 500)), at(MAY, assayed(120)))).toEqual({ cobalt: 120 });
  });
});
