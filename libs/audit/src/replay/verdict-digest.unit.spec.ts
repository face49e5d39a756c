import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ClaimLine, type ClaimsVerdict } from '#claims';
import { canonicalText } from '#transparency';
import { VerdictDigest } from './verdict-digest.js';
import { runs } from '../../../../test/properties/runs.js';

/** Characters of one code unit, of two, and beyond the surrogates: UTF-8 orders them otherwise than UTF-16. */
const id = fc.string({
  unit: fc.constantFrom('a', 'B', '-', 'é', '\u0000', '\uffee', '\u{10000}', '\u{1f50b}'),
  minLength: 1,
});
const LINES: readonly ClaimLine[] = [
  { claim: 'custody', verdict: 'holds', citation: 'tab\there' },
  { claim: 'labelling', verdict: 'broken', citation: 'newline\nthere' },
  { claim: 'mass-balance', verdict: 'unproven', citation: '' },
];
const verdictsOfBatch = fc.array(
  fc.record({ claims: fc.subarray([...LINES]), programme: fc.constantFrom('one@1', 'two@3') }),
  { minLength: 1, maxLength: 3 },
);
const batches = fc.uniqueArray(fc.record({ batchId: id, verdicts: verdictsOfBatch }), {
  selector: ({ batchId }) => batchId,
  maxLength: 30,
});

function verdictOf(batchId: string, { claims, programme }: { claims: ClaimLine[]; programme: string }): ClaimsVerdict {
  const reason = {
    claim: 'custody',
    verdict: 'unproven',
    because: 'in-transit',
    batchId,
    eventIds: ['e\t1\n'],
  } as const;
  const at = '2026-01-01T00:00:00.000Z';
  return { batchId, programme, validAt: at, rulesAt: at, verdict: 'unproven', claims, reasons: [reason] };
}

describe('the digest of a ledger’s verdicts', () => {
  it.each([0, 400, 1_000_000])('is that of their sorted texts, with %i characters in memory', (charactersKept) => {
    fc.assert(
      fc.property(batches, (judged) => {
        const digest = new VerdictDigest(charactersKept);
        const texts: { batchId: string; text: string }[] = [];
        for (const { batchId, verdicts } of judged) {
          const own = verdicts.map((each) => verdictOf(batchId, each));
          for (const verdict of own) digest.take(verdict);
          texts.push({ batchId, text: own.map((verdict) => `${canonicalText(verdict)}\n`).join('') });
        }
        texts.sort((a, b) => Buffer.compare(Buffer.from(a.batchId), Buffer.from(b.batchId)));
        const expected = createHash('sha256').update(texts.map(({ text }) => text).join(''));
        expect(digest.digestAtOnce()).toBe(expected.digest('hex'));
        expect(digest.batches).toBe(judged.length);
        digest.close();
      }),
      runs(200),
    );
  });

  it('refuses an id that is not Unicode', () => {
    const digest = new VerdictDigest();
    const verdict = verdictOf('half \ud83d', { claims: [], programme: 'one@1' });
    expect(() => digest.take(verdict)).toThrow(expect.objectContaining({ code: 'lone-surrogate' }));
    digest.close();
  });
});
