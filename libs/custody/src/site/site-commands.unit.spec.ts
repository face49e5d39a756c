import { describe, expect, it } from '@jest/globals';
import { type SiteEvent } from '../events.js';
import { consumed, held, opened, registered } from '../testing/custody-events.js';
import { at, EARLIER, given, NOW } from '../testing/site-scenario.js';
import { needsOf, takesOf, usesReservation, type SiteCommand } from './site-commands.js';

const onOneBatch: SiteCommand[] = [
  { kind: 'splits', body: { batchId: 'b', parts: [{ batchId: 'p', grossGrams: 1 }] } },
  { kind: 'labels', body: { batchId: 'b', labelId: 'l', standard: 'gs1-128', carrier: 'print', value: '1' } },
  { kind: 'label-removals', body: { batchId: 'b', labelId: 'l', reason: 'worn' } },
  { kind: 'assays', body: { batchId: 'b', contentGrams: { cobalt: 1 }, method: 'icp-oes' } },
  { kind: 'declarations', body: { batchId: 'b', mineral: 'cobalt', share: '0.1' } },
  { kind: 'consumptions', body: { batchId: 'b', grossGrams: 1, productId: 'p' } },
  { kind: 'disposals', body: { batchId: 'b', grossGrams: 1, reason: 'spill' } },
  { kind: 'holds', body: { batchId: 'b', reason: 'inspection' } },
];
const batchAmongOthers: [SiteCommand, string][] = [
  [{ kind: 'dispatches', body: { shipmentId: 's', consigneeSiteId: 'there', batchIds: ['b'] } }, 'batchIds[0]'],
  [
    {
      kind: 'transformations',
      body: {
        transformationId: 't',
        process: 'leaching',
        chainOfCustody: 'segregated',
        inputs: [{ batchId: 'b', grossGrams: 1 }],
        outputs: [{ batchId: 'o', material: 'process-solution', grossGrams: 1, contentGrams: {} }],
      },
    },
    'inputs[0].batchId',
  ],
];
const uses: [string, string, SiteCommand][] = [
  ...onOneBatch.map((command): [string, string, SiteCommand] => [command.kind, 'batchId', command]),
  ...batchAmongOthers.map(([command, path]): [string, string, SiteCommand] => [command.kind, path, command]),
];
const there = { sites: new Set(['there']) };

describe.each(uses)('%s', (_kind, path, command) => {
  it('needs the batch at the site', () => {
    given(opened()).knowing(there).when(command).thenRefused('batch-not-here', path);
  });

  it('needs something left of it', () => {
    const usedUp = [opened(), registered('b', 10), consumed('b', 10)];
    given(...usedUp)
      .knowing(there)
      .when(command)
      .thenRefused('not-enough-left', path);
  });

  it('is forbidden while an authority holds the batch', () => {
    given(opened(), registered('b', 10), held('b')).knowing(there).when(command).thenRefused('batch-held', path);
  });

  it('does not happen before the batch came', () => {
    given(opened(), at('2025-06-01T12:00:00.001Z', registered('b', 10)))
      .knowing(there)
      .when(command)
      .thenRefused('occurred-out-of-order', 'occurredAt');
  });
});

describe('any command', () => {
  const command: SiteCommand = { kind: 'consumptions', body: { batchId: 'b', grossGrams: 1, productId: 'p' } };
  const stock = [opened(), registered('b', 10)];

  it('needs a site', () => {
    given().when(command).thenRefused('not-found');
  });

  it('may be ahead of the ledger by five minutes and no more', () => {
    given(...stock)
      .when(command, { occurredAt: '2025-06-01T12:05:00.000Z', now: NOW })
      .thenAccepted();
    given(...stock)
      .when(command, { occurredAt: '2025-06-01T12:05:00.001Z', now: NOW })
      .thenRefused('occurred-out-of-order', 'occurredAt');
  });

  it('may happen at the instant when the batch came', () => {
    given(...stock)
      .when(command, { occurredAt: EARLIER })
      .thenAccepted();
  });

  it('may tell of what happened before the site was opened in the ledger', () => {
    given(at(NOW, opened()), registered('b', 10)).when(command, { occurredAt: EARLIER }).thenAccepted();
  });
});

describe('what commands take and need', () => {
  it('names the ids of a transformation', () => {
    const [transformation] = batchAmongOthers
      .map(([command]) => command)
      .filter(({ kind }) => kind === 'transformations');
    expect(transformation && takesOf(transformation)).toEqual([
      { kind: 'transformation', id: 't' },
      { kind: 'batch', id: 'o' },
    ]);
  });

  it('asks for the ids taken and for the facts of other streams', () => {
    expect(
      needsOf({ kind: 'dispatches', body: { shipmentId: 's', consigneeSiteId: 'there', batchIds: ['b'] } }),
    ).toEqual([
      { fact: 'taken', kind: 'shipment', id: 's' },
      { fact: 'site', siteId: 'there' },
    ]);
    expect(needsOf({ kind: 'returns', body: { shipmentId: 's' } })).toEqual([
      { fact: 'taken', kind: 'return', id: 's' },
      { fact: 'dispatch', shipmentId: 's' },
      { fact: 'settlement', shipmentId: 's' },
    ]);
    expect(needsOf({ kind: 'corrections', body: { eventId: 'e', reason: 'typo', replacement: {} } })).toEqual([
      { fact: 'event', eventId: 'e' },
    ]);
  });

  it.each<[SiteEvent, Parameters<typeof usesReservation>[1], string]>([
    [registered('b', 1), 'batch', 'b'],
    [{ type: 'BatchSplit', data: { batchId: 'b', parts: [{ batchId: 'p', grossGrams: 1 }] } }, 'batch', 'p'],
    [{ type: 'BatchesDispatched', data: { shipmentId: 's', consigneeSiteId: 'x', batches: [] } }, 'shipment', 's'],
    [{ type: 'BatchesReceived', data: { shipmentId: 's', consignorSiteId: 'x', batches: [] } }, 'receipt', 's'],
    [{ type: 'ShipmentRefused', data: { shipmentId: 's', reason: 'wet' } }, 'receipt', 's'],
    [{ type: 'ShipmentReturned', data: { shipmentId: 's', batches: [] } }, 'return', 's'],
  ])('$type uses a reservation', (event, kind, id) => {
    expect(usesReservation(event, kind, id)).toBe(true);
    expect(usesReservation(event, kind, 'another')).toBe(false);
    expect(usesReservation(event, 'transformation', id)).toBe(false);
  });

  it('does not take the opening of a site, or the use of a batch, for a use of its id', () => {
    expect(usesReservation(opened(), 'batch', 'b')).toBe(false);
    expect(usesReservation(consumed('b', 1), 'batch', 'b')).toBe(false);
  });
});
