import { describe, expect, it } from '@jest/globals';
import { controlAt, underCommonControl, withControllers, type DeclaredControl } from './control.js';

const [JAN, FEB, MAR] = ['2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'] as const;
const owned = (share: string, from: string, controller?: string, country = 'JP'): DeclaredControl => ({
  kind: 'ownership',
  country,
  share,
  from,
  ...(controller === undefined ? {} : { controller }),
});

describe('the control of an organisation at a moment', () => {
  it('is what was declared last of each tie, by when it begins and then by the order of the log', () => {
    const declared = [owned('0.3', JAN), owned('0.4', MAR), owned('0.1', JAN), owned('0.5', JAN, undefined, 'CN')];
    expect(controlAt(declared, FEB).map(({ country, share }) => [country, share])).toEqual([
      ['JP', '0.1'],
      ['CN', '0.5'],
    ]);
    expect(controlAt(declared, MAR).map(({ share }) => share)).toEqual(['0.4', '0.5']);
    expect(controlAt(declared, '2025-12-31T23:59:59.999Z')).toEqual([]);
  });

  it('ends with a share of nothing', () => {
    expect(controlAt([owned('0.3', JAN), owned('0.000', FEB)], FEB)).toEqual([]);
  });
});

describe('common control', () => {
  const ledger: Record<string, DeclaredControl[]> = {
    mine: [owned('0.6', JAN, 'holding')],
    auditor: [owned('0.25', FEB, 'trust')],
    trust: [{ ...owned('0', JAN, 'holding'), kind: 'licence', share: '1' }],
    minority: [owned('0.249999', JAN, 'holding')],
    national: [{ ...owned('1', JAN, 'holding'), kind: 'jurisdiction' }],
    circle: [owned('1', JAN, 'round')],
    round: [owned('1', JAN, 'circle')],
  };
  const under = (one: string, other: string, at: string = MAR): boolean =>
    underCommonControl(one, other, (id) => ledger[id] ?? [], at);

  it('is being one, owning the other, or having an owner in common, through others too, from when it begins', () => {
    expect([under('mine', 'mine'), under('mine', 'holding'), under('holding', 'mine')]).toEqual([true, true, true]);
    expect([under('mine', 'auditor', JAN), under('mine', 'auditor', FEB)]).toEqual([false, true]);
  });

  it('is neither a minority nor a state', () => {
    expect([under('mine', 'minority'), under('mine', 'national'), under('mine', 'stranger')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('is found where organisations own each other in a circle', () => {
    expect([...withControllers('circle', (id) => ledger[id] ?? [], MAR)]).toEqual(['circle', 'round']);
    expect(under('circle', 'mine')).toBe(false);
  });
});
