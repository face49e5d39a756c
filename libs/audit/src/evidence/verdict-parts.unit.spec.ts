import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ClaimsVerdict, type Reason } from '#claims';
import { canonicalText } from '#transparency';
import { verdictParts, wholeVerdicts } from './verdict-parts.js';

/** Of a bundle's line, far below what a verifier takes. */
const LONGEST_PART = 1 << 20;

function reason(events: number, number: number): Reason {
  const eventIds = Array.from({ length: events }, (_, index) => `${number}-${index}`.padEnd(36, '0'));
  return { claim: 'custody', verdict: 'unproven', because: 'in-transit', batchId: `b-${number}`, eventIds };
}

function verdict(programme: string, eventsOfReasons: readonly number[]): ClaimsVerdict {
  const at = '2026-01-01T00:00:00.000Z';
  const claims = [{ claim: 'custody', verdict: 'unproven', citation: 'here' }] as const;
  const reasons = eventsOfReasons.map(reason);
  return { batchId: 'b', programme, validAt: at, rulesAt: at, verdict: 'unproven', claims, reasons };
}

describe('The parts of verdicts', () => {
  it('are one each where the reasons are few', () => {
    const verdicts = [verdict('one@1', []), verdict('other@1', [1, 2])];
    expect([...verdictParts(verdicts)]).toEqual(verdicts);
  });

  it('make the verdicts whole again, and none grows with reasons or events', () => {
    const events = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1_900, max: 6_100 }));
    const verdicts = fc.array(fc.array(events, { maxLength: 12 }), { maxLength: 3 });
    fc.assert(
      fc.property(verdicts, (all) => {
        const whole = all.map((reasons, index) => verdict(`p${index}@1`, reasons));
        const parts = [...verdictParts(whole)];
        expect(wholeVerdicts(parts)).toEqual(whole);
        for (const part of parts) expect(canonicalText(part).length).toBeLessThan(LONGEST_PART);
      }),
      { numRuns: 5 },
    );
    const many = verdict(
      'p@1',
      Array.from({ length: 100_000 }, () => 1),
    );
    const parts = [...verdictParts([many])];
    expect(parts.length).toBeGreaterThan(90);
    expect(Math.max(...parts.map((part) => canonicalText(part).length))).toBeLessThan(LONGEST_PART);
    expect(wholeVerdicts(parts)).toEqual([many]);
  });
});
