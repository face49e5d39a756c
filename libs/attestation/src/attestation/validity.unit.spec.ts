import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { day } from '../testing/given.js';
import { statusAt, validityOf, type AttestationChange, type ChangeKind } from './validity.js';
import { runs } from '../../../../test/properties/runs.js';

const FROM = day('2025-01-01');
const UNTIL = day('2026-01-01');
const change = (kind: ChangeKind, from: string): AttestationChange => ({ kind, from: day(from) });

describe('the validity of an attestation', () => {
  it('is one stretch while nothing changed it', () => {
    expect(validityOf(FROM, UNTIL, [])).toEqual([{ from: FROM, until: UNTIL, status: 'valid', causes: [] }]);
  });

  it('ends with a revocation, whatever is reinstated after it', () => {
    const revoked = change('revoked', '2025-06-01');
    const stretches = validityOf(FROM, UNTIL, [revoked, change('reinstated', '2025-07-01')]);
    expect(stretches.map(({ status }) => status)).toEqual(['valid', 'revoked', 'revoked']);
    expect(stretches[1]).toMatchObject({ from: revoked.from, causes: [revoked] });
  });

  it('reads a suspension recorded late at its own from, up to the next reinstatement', () => {
    const [may, january] = [change('suspended', '2025-05-01'), change('suspended', '2025-02-01')];
    const stretches = validityOf(FROM, UNTIL, [may, change('reinstated', '2025-07-01'), january]);
    expect(stretches).toEqual([
      { from: FROM, until: january.from, status: 'valid', causes: [] },
      { from: january.from, until: may.from, status: 'suspended', causes: [january] },
      { from: may.from, until: day('2025-07-01'), status: 'suspended', causes: [january, may] },
      { from: day('2025-07-01'), until: UNTIL, status: 'valid', causes: [] },
    ]);
  });

  it('has no part outside the interval it was issued for', () => {
    const changes = [change('suspended', '2024-01-01'), change('reinstated', '2027-01-01')];
    expect(validityOf(FROM, UNTIL, changes)).toEqual([
      { from: FROM, until: UNTIL, status: 'suspended', causes: [changes[0]] },
    ]);
    expect(statusAt(FROM, UNTIL, [], UNTIL)).toBeUndefined();
    expect(validityOf(UNTIL, FROM, changes)).toEqual([]);
  });

  it('is told moment by moment by the last change before it', () => {
    const moments = fc.integer({ min: 1, max: 28 }).map((date) => day(`2025-02-${String(date).padStart(2, '0')}`));
    const changes = fc.array(
      fc.record({
        kind: fc.constantFrom<ChangeKind>('suspended', 'reinstated', 'revoked', 'withdrawn'),
        from: moments,
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(changes, moments, (all, at) => {
        const until = day('2025-03-01');
        const acting = all.filter(({ from }) => from <= at);
        const last = acting
          .filter(({ kind }) => kind === 'suspended' || kind === 'reinstated')
          .reduce<AttestationChange | undefined>(
            (best, next) => (best === undefined || next.from >= best.from ? next : best),
            undefined,
          );
        const expected = acting.some(({ kind }) => kind === 'revoked')
          ? 'revoked'
          : acting.some(({ kind }) => kind === 'withdrawn')
            ? 'withdrawn'
            : last?.kind === 'suspended'
              ? 'suspended'
              : 'valid';
        expect(statusAt(day('2025-02-01'), until, all, at)).toBe(expected);
        const stretches = validityOf(day('2025-02-01'), until, all);
        expect(stretches.map(({ from }) => from)).toEqual(
          [day('2025-02-01'), ...stretches.map((each) => each.until)].slice(0, -1),
        );
        const here = stretches.find((each) => each.from <= at && at < each.until);
        const without = all.filter((each) => here?.causes.includes(each) !== true);
        expect(statusAt(day('2025-02-01'), until, without, at)).toBe('valid');
      }),
      runs(300),
    );
  });
});
