import { describe, expect, it } from '@jest/globals';
import { type ClaimLine, type Verdict } from '#claims';
import { claimDifferences } from './claim-differences.js';

const citation = 'A law';
const labelling = (verdict: Verdict): ClaimLine => ({ claim: 'labelling', verdict, citation });
const documented = (document: 'carbon-footprint' | 'battery-passport', verdict: Verdict): ClaimLine => ({
  claim: 'documented',
  document,
  verdict,
  citation,
});

describe('the differences between the lines of two verdicts', () => {
  it('are none between a verdict and itself', () => {
    const claims = [labelling('holds'), labelling('broken'), documented('carbon-footprint', 'unproven')];
    expect(claimDifferences({ claims }, { claims })).toEqual([]);
  });

  it('tell one document from another', () => {
    const before = [documented('carbon-footprint', 'unproven'), documented('battery-passport', 'unproven')];
    const after = [documented('carbon-footprint', 'holds'), documented('battery-passport', 'unproven')];
    expect(claimDifferences({ claims: before }, { claims: after })).toEqual([
      { claim: 'documented', document: 'carbon-footprint', from: 'unproven', to: 'holds' },
    ]);
  });

  it('tell the labels that one rule asks for from those of the next', () => {
    const before = [labelling('broken'), labelling('holds')];
    const after = [labelling('holds'), labelling('holds')];
    expect(claimDifferences({ claims: before }, { claims: after })).toEqual([
      { claim: 'labelling', from: 'broken', to: 'holds' },
    ]);
  });

  it('name lines that only one of them has', () => {
    const claims = [labelling('holds')];
    expect(claimDifferences(undefined, { claims })).toEqual([{ claim: 'labelling', from: null, to: 'holds' }]);
    expect(claimDifferences({ claims }, undefined)).toEqual([{ claim: 'labelling', from: 'holds', to: null }]);
  });
});
