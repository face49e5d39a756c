import { describe, expect, it } from '@jest/globals';
import { unconfirmedIn } from '../account/corrections.js';
import { foldAccount } from '../account/evolve-account.js';
import { type BatchesTransformed, type SiteEvent } from '../events.js';
import { opened, registered } from '../testing/custody-events.js';
import { given, recorded } from '../testing/site-scenario.js';
import { RELIED_ON } from './confirm-correction.js';

const registration = registered('b', 100, { cobalt: 10 });
const transformed: SiteEvent & { data: BatchesTransformed } = {
  type: 'BatchesTransformed',
  data: {
    transformationId: 't',
    process: 'leaching',
    chainOfCustody: 'segregated',
    inputs: [{ batchId: 'b', grossGrams: 100 }],
    outputs: [
      { batchId: 'x', material: 'm', grossGrams: 50, contentGrams: { cobalt: 5 } },
      { batchId: 'y', material: 'm', grossGrams: 50, contentGrams: { cobalt: 5 } },
    ],
  },
};
const [x, y] = transformed.data.outputs;
/** Of the registration, `event-1`, or another event. */
const correction = (
  changes: Record<string, unknown>,
  eventId = 'event-1',
  of: SiteEvent = registration,
): SiteEvent => ({
  type: 'RecordCorrected',
  data: { eventId, reason: 'typing error', replacement: { ...of.data, ...changes } },
});
const confirmed = (eventId: string): SiteEvent => ({ type: 'CorrectionConfirmed', data: { eventId } });
const confirm = (eventId: string) => ({ kind: 'confirmations' as const, body: { eventId } });
const OTHERS = { confirmer: { independent: true, entitled: true } };
const recycled = { origin: { kind: 'end-of-life' } };

describe('confirming a correction', () => {
  const corrected = given(opened(), registration, correction(recycled)).knowingItsEvents();

  it('records which', () => {
    corrected
      .knowing(OTHERS)
      .when(confirm('event-2'))
      .then({ type: 'CorrectionConfirmed', data: { eventId: 'event-2' } });
  });

  it('is for others than who made it, and for those whose word counts', () => {
    corrected
      .knowing({ confirmer: { independent: false, entitled: true } })
      .when(confirm('event-2'))
      .thenRefused('not-independent');
    corrected
      .knowing({ confirmer: { independent: true, entitled: false } })
      .when(confirm('event-2'))
      .thenRefused('not-accredited');
  });

  it('needs a correction of this site, in force, of something that awaits it', () => {
    const knowing = (...events: SiteEvent[]) =>
      given(opened(), registration, ...events)
        .knowingItsEvents()
        .knowing(OTHERS);
    corrected.knowing(OTHERS).when(confirm('event-1')).thenRefused('not-found', 'eventId');
    corrected.knowing(OTHERS).when(confirm('event-9')).thenRefused('not-found', 'eventId');
    knowing(correction({ grossGrams: 90 }))
      .when(confirm('event-2'))
      .thenRefused('invalid-request', 'eventId');
    knowing(correction(recycled), confirmed('event-2'))
      .when(confirm('event-2'))
      .thenRefused('invalid-request', 'eventId');
    knowing(correction(recycled), correction({ origin: { kind: 'undocumented' } }))
      .when(confirm('event-2'))
      .thenRefused('invalid-request', 'eventId');
  });

  it('may name an earlier correction that says the same of what counts', () => {
    given(opened(), registration, correction(recycled), correction({ ...recycled, grossGrams: 90 }))
      .knowingItsEvents()
      .knowing(OTHERS)
      .when(confirm('event-2'))
      .thenAccepted();
  });

  it('cannot be corrected', () => {
    given(opened(), registration, correction(recycled), confirmed('event-2'))
      .knowingItsEvents()
      .when({ kind: 'corrections', body: { eventId: 'event-3', reason: 'no', replacement: { eventId: 'event-2' } } })
      .thenRefused('not-found', 'eventId');
  });
});

describe('what awaits a confirmation', () => {
  const relied = RELIED_ON.get('BatchRegistered')!;
  const awaiting = (of: SiteEvent, ...events: SiteEvent[]) => {
    const stream = recorded(opened(), of, ...events);
    const corrected = foldAccount(stream).corrections.of('event-1');
    const steps = corrected && unconfirmedIn(of.data, corrected, RELIED_ON.get(of.type)!);
    return steps && Object.fromEntries(Object.entries(steps).map(([reliance, { eventId }]) => [reliance, eventId]));
  };
  const ofTransformation = (changes: Record<string, unknown>) => correction(changes, 'event-1', transformed);

  it.each([
    ['process', { process: 'recycling' }],
    ['process', { outputs: [x, { ...y, scrap: true }] }],
    ['custody-model', { chainOfCustody: 'identity-preserved' }],
    ['inputs', { inputs: [{ batchId: 'c', grossGrams: 100 }] }],
  ])('%s: %o', (reliance, changes) => {
    expect(awaiting(transformed, ofTransformation(changes))).toEqual({ [reliance]: 'event-2' });
  });

  it.each([
    [
      'masses',
      {
        inputs: [{ batchId: 'b', grossGrams: 90 }],
        outputs: [
          { ...y, grossGrams: 10 },
          { ...x, scrap: false },
        ],
      },
    ],
    ['reagents', { reagentGrams: 17 }],
  ])('no numbers, and no order: %s', (_, changes) => {
    expect(awaiting(transformed, ofTransformation(changes))).toBeUndefined();
  });

  it('is the first correction that says so, until it is confirmed or taken back', () => {
    const again = correction({ ...recycled, grossGrams: 90 });
    const back = correction({});
    expect(awaiting(registration, correction(recycled), again)).toEqual({ origin: 'event-2' });
    expect(awaiting(registration, correction(recycled), again, confirmed('event-2'))).toBeUndefined();
    expect(awaiting(registration, correction(recycled), again, back)).toBeUndefined();
    expect(awaiting(registration, correction(recycled), confirmed('event-2'), back)).toEqual({ origin: 'event-4' });
    expect(awaiting(registration, correction(recycled), back, correction(recycled))).toEqual({ origin: 'event-4' });
  });

  it('is the country and the activities of a site, in whatever order', () => {
    const site = RELIED_ON.get('SiteOpened')!;
    const place = { country: 'JP', activities: ['mining', 'refining'] };
    expect(site(place)).toEqual(site({ activities: ['refining', 'mining'], country: 'JP', name: 'other' }));
    expect(site(place)).not.toEqual(site({ ...place, country: 'AU' }));
  });

  it('never throws on data of another form', () => {
    for (const data of [undefined, null, 1, [], { origin: 1 }, { origin: { kind: { a: [] } } }])
      expect(() => relied(data)).not.toThrow();
    for (const data of [{ outputs: 1 }, { outputs: [null, 1] }, { inputs: [{ batchId: {} }] }])
      expect(() => RELIED_ON.get('BatchesTransformed')!(data)).not.toThrow();
  });
});
