import { describe, it } from '@jest/globals';
import { type LabelCondition, type SiteEvent } from '../events.js';
import { labelled, opened, registered, SENT, shipment, taken } from '../testing/custody-events.js';
import { at, EARLIER, given, NOW } from '../testing/site-scenario.js';
import { type SettlementFact } from './slice.js';

const BEFORE = '2025-03-01T07:59:59.999Z';

describe('dispatching batches', () => {
  const dispatch = (consigneeSiteId: string, ...batchIds: string[]) => ({
    kind: 'dispatches' as const,
    body: { shipmentId: 's', consigneeSiteId, batchIds },
  });
  const stock: SiteEvent[] = [opened(), registered('a', 10), registered('b', 20, { cobalt: 2 }), labelled('b', 'l')];
  const there = { sites: new Set(['there']) };

  it('records what leaves, as it leaves', () => {
    const tradeTerms = { exportDuty: false, quantitativeRestriction: false };
    given(...stock)
      .knowing(there)
      .when({
        kind: 'dispatches',
        body: { ...dispatch('there', 'b', 'a').body, transport: 'sea', tradeTerms },
      })
      .then({
        type: 'BatchesDispatched',
        data: {
          shipmentId: 's',
          consigneeSiteId: 'there',
          batches: [
            {
              batchId: 'b',
              material: 'polymetallic-concentrate',
              grossGrams: 20,
              contentGrams: { cobalt: 2 },
              labels: ['l'],
            },
            { batchId: 'a', material: 'polymetallic-concentrate', grossGrams: 10, contentGrams: {}, labels: [] },
          ],
          transport: 'sea',
          tradeTerms,
        },
      });
  });

  it('goes to another site that exists', () => {
    given(...stock)
      .when(dispatch('here', 'a'))
      .thenRefused('not-addressed-here', 'consigneeSiteId');
    given(...stock)
      .knowing(there)
      .when(dispatch('nowhere', 'a'))
      .thenRefused('not-addressed-here', 'consigneeSiteId');
  });

  it('lists a batch once, under a free shipment id', () => {
    given(...stock)
      .knowing(there)
      .when(dispatch('there', 'a', 'a'))
      .thenRefused('invalid-request', 'batchIds[1]');
    given(...stock)
      .knowing({ ...there, ...taken({ kind: 'shipment', id: 's' }) })
      .when(dispatch('there', 'a'))
      .thenRefused('id-taken', 'shipmentId');
  });

  it('does not send a batch that has left', () => {
    const batches = [
      { batchId: 'a', material: 'polymetallic-concentrate', grossGrams: 10, contentGrams: {}, labels: [] },
    ];
    given(...stock, { type: 'BatchesDispatched', data: { shipmentId: 's0', consigneeSiteId: 'there', batches } })
      .knowing(there)
      .when(dispatch('there', 'b', 'a'))
      .thenRefused('batch-not-here', 'batchIds[1]');
  });
});

describe('receiving batches', () => {
  const receive = (grossGrams: number, labels: [string, LabelCondition][] = [], batchId = 'b') => ({
    kind: 'receipts' as const,
    body: {
      shipmentId: 's',
      batches: [{ batchId, grossGrams, labels: labels.map(([labelId, condition]) => ({ labelId, condition })) }],
    },
  });
  const received = (grossGrams: number, nickel: number): SiteEvent => ({
    type: 'BatchesReceived',
    data: {
      shipmentId: 's',
      consignorSiteId: 'there',
      batches: [{ batchId: 'b', material: SENT.material, grossGrams, contentGrams: { nickel }, labels: [] }],
    },
  });
  const arriving = given(opened()).knowing(shipment('there', 'here'));

  it('records what arrived and its labels', () => {
    arriving.when(receive(1000, [['l1', 'intact']])).then({
      type: 'BatchesReceived',
      data: {
        shipmentId: 's',
        consignorSiteId: 'there',
        batches: [
          {
            batchId: 'b',
            material: SENT.material,
            grossGrams: 1000,
            contentGrams: SENT.contentGrams,
            labels: [{ labelId: 'l1', condition: 'intact' }],
          },
        ],
      },
    });
  });

  it('records less as a loss of its share of the content, down to nothing', () => {
    arriving.when(receive(900)).then(received(900, 200));
    arriving.when(receive(0)).then(received(0, 0));
  });

  it('takes 0.5 % more for the scales, with the content dispatched, and not a gram beyond', () => {
    arriving.when(receive(1005)).then(received(1005, 223));
    arriving.when(receive(1006)).thenRefused('heavier-than-dispatched', 'batches[0].grossGrams');
  });

  it('is for the site it was sent to', () => {
    given(opened()).when(receive(1000)).thenRefused('not-addressed-here', 'shipmentId');
    given(opened())
      .knowing(shipment('there', 'elsewhere'))
      .when(receive(1000))
      .thenRefused('not-addressed-here', 'shipmentId');
  });

  it('happens once', () => {
    arriving
      .knowing(taken({ kind: 'receipt', id: 's' }))
      .when(receive(1000))
      .thenRefused('already-received', 'shipmentId');
  });

  it('does not happen before the dispatch', () => {
    arriving.when(receive(1000), { occurredAt: BEFORE }).thenRefused('occurred-out-of-order', 'occurredAt');
    arriving.when(receive(1000), { occurredAt: EARLIER }).thenAccepted();
  });

  it('accounts for every batch sent, and no other', () => {
    const other = { ...SENT, batchId: 'c' };
    const two = given(opened()).knowing(shipment('there', 'here', [SENT, other]));
    two.when(receive(1000)).thenRefused('invalid-request', 'batches');
    two.when(receive(1000, [], 'd')).thenRefused('not-addressed-here', 'batches[0].batchId');
    const [batch] = receive(1000).body.batches;
    two
      .when({ kind: 'receipts', body: { shipmentId: 's', batches: batch ? [batch, batch] : [] } })
      .thenRefused('invalid-request', 'batches[1].batchId');
  });

  it('knows the labels that were on it, each once', () => {
    arriving
      .when(
        receive(1000, [
          ['l1', 'intact'],
          ['l9', 'intact'],
        ]),
      )
      .thenRefused('invalid-request', 'batches[0].labels[1].labelId');
    arriving
      .when(
        receive(1000, [
          ['l1', 'intact'],
          ['l1', 'missing'],
        ]),
      )
      .thenRefused('invalid-request', 'batches[0].labels[1].labelId');
  });
});

describe('refusing a shipment', () => {
  const command = { kind: 'refusals' as const, body: { shipmentId: 's', reason: 'wet' } };
  const arriving = given(opened()).knowing(shipment('there', 'here'));

  it('records the reason', () => {
    arriving.when(command).then({ type: 'ShipmentRefused', data: { shipmentId: 's', reason: 'wet' } });
  });

  it('is for the consignee, once, after the dispatch', () => {
    given(opened()).knowing(shipment('here', 'there')).when(command).thenRefused('not-addressed-here', 'shipmentId');
    arriving
      .knowing(taken({ kind: 'receipt', id: 's' }))
      .when(command)
      .thenRefused('already-received', 'shipmentId');
    arriving.when(command, { occurredAt: BEFORE }).thenRefused('occurred-out-of-order', 'occurredAt');
  });
});

describe('taking a shipment back', () => {
  const command = { kind: 'returns' as const, body: { shipmentId: 's' } };
  const settled = (outcome: SettlementFact['outcome']) => ({
    settlements: new Map([['s', { outcome, occurredAt: NOW }]]),
  });
  const sent = given(at(EARLIER, opened())).knowing(shipment('here', 'there'));

  it('brings back what was dispatched', () => {
    sent
      .knowing(settled('refused'))
      .when(command)
      .then({ type: 'ShipmentReturned', data: { shipmentId: 's', batches: [SENT] } });
  });

  it('is for the consignor', () => {
    given(opened()).when(command).thenRefused('not-addressed-here', 'shipmentId');
    given(opened())
      .knowing({ ...shipment('there', 'here'), ...settled('refused') })
      .when(command)
      .thenRefused('not-addressed-here', 'shipmentId');
  });

  it('needs a refusal, and comes after it', () => {
    sent.when(command).thenRefused('not-addressed-here', 'shipmentId');
    sent.knowing(settled('received')).when(command).thenRefused('already-received', 'shipmentId');
    sent
      .knowing(settled('refused'))
      .when(command, { occurredAt: EARLIER })
      .thenRefused('occurred-out-of-order', 'occurredAt');
  });

  it('happens once', () => {
    sent
      .knowing({ ...settled('refused'), ...taken({ kind: 'return', id: 's' }) })
      .when(command)
      .thenRefused('already-received', 'shipmentId');
  });
});
