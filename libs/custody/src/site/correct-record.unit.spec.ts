import { describe, it } from '@jest/globals';
import { type BatchesReceived, type BatchesTransformed, type SiteEvent } from '../events.js';
import { held, opened, registered, SENT } from '../testing/custody-events.js';
import { given } from '../testing/site-scenario.js';

const correct = (eventId: string, replacement: Record<string, unknown>) => ({
  kind: 'corrections' as const,
  body: { eventId, reason: 'typing error', replacement },
});
const registration = registered('b', 100, { cobalt: 10 });
/** The event's data with changes, as a replacement: plain JSON, whole. */
const replacing = (event: SiteEvent, changes: Record<string, unknown>) => ({ ...event.data, ...changes });

describe('correcting a record', () => {
  const stream = given(opened('refining'), registration).knowingItsEvents();

  it('records the replacement', () => {
    const replacement = replacing(registration, { grossGrams: 90 });
    stream.when(correct('event-1', replacement)).then({
      type: 'RecordCorrected',
      data: { eventId: 'event-1', reason: 'typing error', replacement },
    });
  });

  it('needs an event of this stream', () => {
    stream.when(correct('event-9', { ...registration.data })).thenRefused('not-found', 'eventId');
  });

  it('replaces by what could have been recorded', () => {
    stream
      .when(correct('event-1', replacing(registration, { grossGrams: 9 })))
      .thenRefused('content-over-gross', 'replacement.contentGrams');
    stream
      .when(correct('event-1', replacing(registration, { origin: { kind: 'extracted' } })))
      .thenRefused('activity-mismatch', 'replacement.origin.kind');
  });

  it('takes of the inputs of a transformation only batches that were at the site', () => {
    const inputs = [{ batchId: 'b', grossGrams: 100 }];
    const transformed: SiteEvent = {
      type: 'BatchesTransformed',
      data: { transformationId: 't', process: 'leaching', chainOfCustody: 'segregated', inputs, outputs: [] },
    };
    const elsewhere = [...inputs, { batchId: 'theirs', grossGrams: 1 }];
    const transforming = given(opened('refining'), registration, transformed).knowingItsEvents();
    const correction = correct('event-2', replacing(transformed, { inputs: elsewhere }));
    transforming.when(correction).thenAccepted();
    transforming
      .knowing({ neverHere: new Set(['theirs']) })
      .when(correction)
      .thenRefused('batch-not-here', 'replacement.inputs[1].batchId');
  });

  it('leaves less than was used, if that is what happened', () => {
    given(opened(), registration, { type: 'BatchConsumed', data: { batchId: 'b', grossGrams: 100, productId: 'p' } })
      .knowingItsEvents()
      .when(correct('event-1', replacing(registration, { grossGrams: 50 })))
      .thenAccepted();
  });

  it('corrects a correction, by what the event at its root is', () => {
    const replacement = replacing(registration, { grossGrams: 90 });
    const corrected = given(opened(), registration, {
      type: 'RecordCorrected',
      data: { eventId: 'event-1', reason: 'typing error', replacement },
    }).knowingItsEvents();
    corrected.when(correct('event-2', replacing(registration, { grossGrams: 80 }))).thenAccepted();
    corrected
      .when(correct('event-2', replacing(registration, { batchId: 'c' })))
      .thenRefused('invalid-request', 'replacement.batchId');
  });
});

describe('identity', () => {
  const transformed: SiteEvent & { data: BatchesTransformed } = {
    type: 'BatchesTransformed',
    data: {
      transformationId: 't',
      process: 'leaching',
      chainOfCustody: 'segregated',
      inputs: [{ batchId: 'b', grossGrams: 100 }],
      outputs: [
        { batchId: 'x', material: 'polymetallic-concentrate', grossGrams: 50, contentGrams: { cobalt: 5 } },
        { batchId: 'y', material: 'polymetallic-concentrate', grossGrams: 50, contentGrams: { cobalt: 5 } },
      ],
    },
  };
  const received: SiteEvent & { data: BatchesReceived } = {
    type: 'BatchesReceived',
    data: {
      shipmentId: 's',
      consignorSiteId: 'there',
      batches: ['b', 'c'].map((batchId) => ({ ...SENT, batchId, labels: [] })),
    },
  };
  const split: SiteEvent = {
    type: 'BatchSplit',
    data: { batchId: 'b', parts: [{ batchId: 'p', grossGrams: 1 }] },
  };
  const dispatched: SiteEvent = {
    type: 'BatchesDispatched',
    data: { shipmentId: 's', consigneeSiteId: 'there', batches: [SENT] },
  };
  const [x, y] = transformed.data.outputs;

  it.each<[string, SiteEvent, Record<string, unknown>, string]>([
    ['the site', opened(), { siteId: 'there' }, 'siteId'],
    ['its organisation', opened(), { organisationId: 'other' }, 'organisationId'],
    ['a batch registered', registration, { batchId: 'c' }, 'batchId'],
    ['a transformation', transformed, { transformationId: 'u' }, 'transformationId'],
    ['an output', transformed, { outputs: [x, { ...y, batchId: 'z' }] }, 'outputs[1].batchId'],
    ['an output left out', transformed, { outputs: [x] }, 'outputs'],
    ['an output twice', transformed, { outputs: [x, x] }, 'outputs[1].batchId'],
    ['a part', split, { parts: [{ batchId: 'q', grossGrams: 1 }] }, 'parts[0].batchId'],
    ['the consignee', dispatched, { consigneeSiteId: 'elsewhere' }, 'consigneeSiteId'],
    ['a batch sent', dispatched, { batches: [] }, 'batches'],
    ['the consignor', received, { consignorSiteId: 'elsewhere' }, 'consignorSiteId'],
    ['a batch received', received, { batches: [{ ...SENT, batchId: 'd' }] }, 'batches[0].batchId'],
    ['the authority of a hold', held('b'), { authority: 'acme' }, 'authority'],
  ])('cannot be corrected: %s', (_what, event, changes, field) => {
    given(opened(), event)
      .knowingItsEvents()
      .when(correct('event-1', replacing(event, changes)))
      .thenRefused('invalid-request', `replacement.${field}`);
  });

  it('leaves the inputs of a transformation free, as long as they could have been', () => {
    const made = given(opened(), transformed).knowingItsEvents();
    const inputs = (...batchIds: string[]) =>
      correct('event-1', replacing(transformed, { inputs: batchIds.map((batchId) => ({ batchId, grossGrams: 1 })) }));
    made.when(inputs('c', 'd')).thenAccepted();
    made.when(inputs('c', 'c')).thenRefused('invalid-request', 'replacement.inputs[1].batchId');
    made.when(inputs('x')).thenRefused('invalid-request', 'replacement.inputs[0].batchId');
  });

  it('lets outputs be told in another order, and no more in them than they weigh', () => {
    const made = given(opened(), transformed).knowingItsEvents();
    made.when(correct('event-1', replacing(transformed, { outputs: [y, x] }))).thenAccepted();
    made
      .when(correct('event-1', replacing(transformed, { outputs: [x, { ...y, grossGrams: 4 }] })))
      .thenRefused('content-over-gross', 'replacement.outputs[1].contentGrams');
  });

  it('lets a receipt have held fewer batches', () => {
    given(opened(), received)
      .knowingItsEvents()
      .when(correct('event-1', replacing(received, { batches: received.data.batches.slice(1) })))
      .thenAccepted();
  });
});
