import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalText, encodeBase64, formatVerifierKey, noteSigner, verifyBundle } from './index.js';
import { edited, failureOf, forged, linesOf, verifySample } from './testing/forging.js';
import { fuzzRuns } from '../../../test/properties/runs.js';
import { countingJudge, ORIGIN, sampleBundle, sampleLog, sampleRecords, signer } from './testing/sample-log.js';

const log = sampleLog(sampleRecords(12));
const whole = await sampleBundle('whole-log', log);
/** All of site-a and attestation-1 up to index 8; of site-b revision 1 only. */
const batch = await sampleBundle('batch', log, (index) => index < 9n && (index % 3n !== 1n || index === 4n));

const trustedKey = signer.key;

describe('a forger who fits the end line to his changes', () => {
  it.each<[string, () => Uint8Array, string]>([
    [
      'another format',
      () => edited(batch, 1, (line) => (line['format'] = 'lodebook-evidence/2')),
      'version-unsupported 1 format',
    ],
    ['another origin', () => edited(batch, 1, (line) => (line['origin'] = 'other')), 'origin-mismatch 1 origin'],
    ['another mode', () => edited(batch, 1, (line) => (line['mode'] = 'whole-log')), 'field-malformed 3 leaf'],
    ['a further field', () => edited(batch, 1, (line) => (line['more'] = 1)), 'field-malformed 1'],
    [
      'another subject',
      () => edited(batch, 1, (line) => (line['subject'] = { batchId: 'b-2' })),
      'verdict-mismatch 11 verdict.about',
    ],
    ['a list for subject', () => edited(batch, 1, (line) => (line['subject'] = [])), 'field-malformed 1 subject'],
    ['no checkpoint', () => forged(batch, (lines) => lines.splice(1, 1)), 'order-violated 2 kind'],
    ['a record left out', () => forged(batch, (lines) => lines.splice(4, 1)), 'incomplete 9 streams[1].events'],
    ['a record twice', () => forged(batch, (lines) => lines.splice(4, 0, lines[4]!)), 'order-violated 6 logIndex'],
    [
      'two records swapped',
      () => forged(batch, (lines) => lines.splice(3, 2, lines[4]!, lines[3]!)),
      'order-violated 5 logIndex',
    ],
    [
      'another record',
      () => edited(batch, 5, (line) => ((line['record'] as { type: string }).type = 'BatchHeld')),
      'root-mismatch 5 proof',
    ],
    [
      'a record with more fields',
      () => edited(batch, 5, (line) => ((line['record'] as { x: number }).x = 1)),
      'field-malformed 5 record',
    ],
    [
      'an index beyond the tree',
      () => edited(batch, 9, (line) => (line['logIndex'] = '12')),
      'index-out-of-range 9 logIndex',
    ],
    ['a shorter proof', () => edited(batch, 5, (line) => (line['proof'] as string[]).pop()), 'proof-length 5 proof'],
    [
      'a proof of 10,000 hashes',
      () => edited(batch, 5, (line) => (line['proof'] = Array<string>(10_000).fill('AAAA'))),
      'proof-length 5 proof',
    ],
    [
      'a gap denied',
      () => edited(batch, 10, (line) => ((line['streams'] as { gapless: boolean }[])[2]!.gapless = true)),
      'incomplete 10 streams[2].gapless',
    ],
    ['completeness claimed', () => edited(batch, 10, (line) => (line['notProven'] = [])), 'incomplete 10 notProven[0]'],
    [
      'another verdict',
      () => edited(batch, 11, (line) => ((line['verdict'] as { verdict: string }).verdict = 'broken')),
      'verdict-mismatch 11 verdict.verdict',
    ],
    ['no verdict', () => forged(batch, (lines) => lines.pop()), 'order-violated 11 kind'],
    ['a leaf left out of the whole', () => forged(whole, (lines) => lines.splice(13, 1)), 'incomplete 14'],
    ['a leaf left out in the middle', () => forged(whole, (lines) => lines.splice(5, 1)), 'order-violated 6 logIndex'],
    [
      'a wrong leaf hash',
      () => edited(whole, 5, (line) => (line['leaf'] = encodeBase64(new Uint8Array(32)))),
      'leaf-mismatch 5 leaf',
    ],
  ])('is found out: %s', async (_name, forge, failure) => {
    expect(await failureOf(verifySample(forge()))).toBe(failure);
  });

  it('is found out when he rewrites a leaf and its hash too', async () => {
    const other = sampleRecords(12);
    const rewritten = other.map((record, i) => (i === 4 ? { ...record, type: 'BatchHeld' } : record));
    const bytes = await sampleBundle('whole-log', { ...sampleLog(rewritten), checkpoint: log.checkpoint });
    expect(await failureOf(verifySample(bytes))).toBe('root-mismatch 15');
  });

  it('is found out when he signs with a key of his own', async () => {
    const forger = noteSigner(ORIGIN, new Uint8Array(32).fill(66));
    const own = sampleLog(sampleRecords(5), [forger]);
    expect(await failureOf(verifySample(await sampleBundle('batch', own)))).toBe('signature-missing 2 checkpoint');
    const named = edited(await sampleBundle('batch', own), 1, (line) => (line['key'] = formatVerifierKey(forger.key)));
    expect(await failureOf(verifySample(named))).toBe('key-unknown 1 key');
  });

  it('is found out when he brings proofs of another log', async () => {
    const another = sampleLog(sampleRecords(13));
    const bytes = await sampleBundle('batch', { ...another, checkpoint: log.checkpoint }, (index) => index < 12n);
    expect(await failureOf(verifySample(bytes))).toMatch(/^(root-mismatch|proof-length) [0-9]+ proof$/);
  });
});

describe('any bytes', () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom(...'{}[]",:\n0\\'.split('')).map((c) => Buffer.from(c)),
  );

  it('in place of any stretch of a bundle end in a code of the closed set', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.nat(), fc.nat({ max: 300 }), junk, async (inWhole, from, length, filling) => {
        const original = inWhole ? whole : batch;
        const at = from % original.length;
        const changed = Buffer.concat([original.subarray(0, at), filling, original.subarray(at + length)]);
        if (!changed.equals(original)) expect(await failureOf(verifySample(changed))).toBeDefined();
      }),
      fuzzRuns(4_000),
    );
  });

  it('as values of any field, in canonical form and with a fitting end line, end so as well', async () => {
    const lines = linesOf(batch).length - 1;
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: lines - 1 }),
        fc.nat(),
        fc.jsonValue({ maxDepth: 3 }),
        async (line, pick, value) => {
          let same = false;
          const changed = edited(batch, line + 1, (content) => {
            const names = Object.keys(content);
            const name = names[pick % names.length]!;
            same = canonicalText(content[name]) === canonicalText(value) || name === 'subject';
            content[name] = value;
          });
          const failure = await failureOf(verifySample(changed));
          if (!same) expect(failure).toBeDefined();
        },
      ),
      fuzzRuns(3_000),
    );
  });

  it('alone end so as well', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(junk, { maxLength: 30 }), async (chunks) => {
        expect(await failureOf(verifyBundle(chunks, { trustedKey, judge: countingJudge }))).toBeDefined();
      }),
      fuzzRuns(5_000),
    );
  });
});
