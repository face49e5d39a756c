import { describe, expect, it } from '@jest/globals';
import { type LedgerEvent, type SiteEvent } from '../events.js';
import { opened, registered } from '../testing/custody-events.js';
import { recorded } from '../testing/site-scenario.js';
import { Corrections } from './corrections.js';

const correction = (eventId: string, grossGrams: number): SiteEvent => ({
  type: 'RecordCorrected',
  data: { eventId, reason: 'typing error', replacement: { ...registered('b', grossGrams).data } },
});
/** The effective data of the registration, `event-1`, after those corrections (`event-2`, `event-3`…). */
function effective(...given: SiteEvent[]): LedgerEvent<SiteEvent>[] {
  const events = recorded(opened(), registered('b', 1), ...given);
  const corrections = new Corrections();
  for (const event of events) corrections.note(event);
  return events.map((event) => corrections.effective(event));
}
const grossOf = (events: LedgerEvent<SiteEvent>[]) => (events[1]?.data as { grossGrams: number }).grossGrams;

describe('corrections', () => {
  it('put the replacement in place and leave the rest of the event', () => {
    const events = effective(correction('event-1', 2));
    const [, original] = recorded(opened(), registered('b', 1));
    expect(events[1]).toEqual({ ...original, data: registered('b', 2).data });
  });

  it('let the latest win', () => {
    expect(grossOf(effective(correction('event-1', 2), correction('event-1', 3)))).toBe(3);
  });

  it('mean the root when they name a correction', () => {
    const events = effective(correction('event-1', 2), correction('event-2', 3), correction('event-3', 4));
    expect(grossOf(events)).toBe(4);
    expect(events[2]).toEqual(recorded(opened(), registered('b', 1), correction('event-1', 2))[2]);
  });

  it('let the latest in the log win, whichever of the chain it names', () => {
    expect(grossOf(effective(correction('event-1', 2), correction('event-2', 3), correction('event-1', 4)))).toBe(4);
    expect(grossOf(effective(correction('event-1', 2), correction('event-1', 3), correction('event-2', 4)))).toBe(4);
  });

  it('that name themselves or one another end', () => {
    expect(grossOf(effective(correction('event-2', 2)))).toBe(1);
    expect(grossOf(effective(correction('event-3', 2), correction('event-2', 3)))).toBe(1);
  });

  it('survive as JSON', () => {
    const corrections = new Corrections();
    for (const event of recorded(opened(), registered('b', 1), correction('event-1', 2), correction('event-2', 3))) {
      corrections.note(event);
    }
    const json = JSON.stringify(corrections);
    const restored = Corrections.from(JSON.parse(json) as ReturnType<Corrections['toJSON']>);
    expect(restored).toEqual(corrections);
    expect(restored.rootOf('event-3')).toBe('event-1');
    expect(restored.size).toBe(1);
  });
});
