import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ClaimsVerdict } from '#claims';
import { canonicalText } from '#transparency';
import { VerdictTexts } from './verdict-text.js';
import { runs } from '../../../../test/properties/runs.js';

const text = fc.string({ unit: 'grapheme' });
const line = fc.record({ claim: text, citation: text, verdict: text, lower: text }, { requiredKeys: ['claim'] });
const verdict = fc.record(
  {
    batchId: text,
    programme: text,
    validAt: text,
    rulesAt: text,
    verdict: text,
    claims: fc.array(line),
    reasons: fc.array(fc.record({ claim: text, eventIds: fc.array(text) })),
    standsUntil: text,
  },
  { requiredKeys: ['batchId', 'programme', 'validAt', 'rulesAt', 'verdict', 'claims', 'reasons'] },
) as fc.Arbitrary<unknown> as fc.Arbitrary<ClaimsVerdict>;

describe('the text of a verdict', () => {
  it('is its canonical JSON, also when lines were written before', () => {
    fc.assert(
      fc.property(verdict, (one) => {
        const texts = new VerdictTexts();
        expect(texts.of(one)).toBe(canonicalText(one));
        const other = { ...one, batchId: 'another', verdict: 'broken' as const };
        expect(texts.of(other)).toBe(canonicalText(other));
      }),
      runs(200),
    );
  });
});
