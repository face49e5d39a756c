import { describe, expect, it } from '@jest/globals';
import { canonicalText, encodeBase64, verifyBundle, writeBundle, type BundleJudge } from './index.js';
import { edited, failureOf, forged, linesOf, verifySample } from './testing/forging.js';
import { hiddenLeaf, partialBundle, sampleBundle, sampleLog, sampleRecords, signer } from './testing/sample-log.js';
import { LONG } from '../../../test/properties/runs.js';

const log = sampleLog(sampleRecords(12));
const picked = (index: bigint): boolean => index < 9n && index % 3n !== 1n;
/** Of site-a the records 0, 3 and 6, of attestation-1 those 2, 5 and 8; two of the latter are hidden, lines 4 and 6. */
const partial = await partialBundle(log, picked, (index) => index === 2n || index === 5n);
const batch = await sampleBundle('batch', log, picked);

const hidden = (at: number): string => {
  const { logIndex, leafHash, proof } = hiddenLeaf(log.leaves[at]!);
  const hashes = proof.map(encodeBase64);
  return canonicalText({ kind: 'hidden', leaf: encodeBase64(leafHash), logIndex: String(logIndex), proof: hashes });
};

describe('a bundle that hides records', () => {
  it('verifies, says how many, and has no verdict', async () => {
    const verified = await verifySample(partial);
    expect(verified).toMatchObject({ header: { mode: 'partial-batch' }, records: 4n, hidden: 2n, verdict: [] });
    expect(verified.completeness).toEqual({
      notProven: ['absent-streams', 'stream-tails', 'stream-gaps', 'hidden-records'],
      streams: [
        { stream: 'attestation-1', events: '1', gapless: false },
        { stream: 'site-a', events: '3', gapless: true },
      ],
    });
    expect((await verifySample(batch)).hidden).toBe(0n);
  });

  it('holds nothing of a hidden record but its hash, not even the stream when all of that is hidden', async () => {
    const all = await partialBundle(log, picked, (index) => index % 3n === 2n);
    const text = Buffer.from(all).toString();
    expect(text).toContain('site-a');
    expect(text).not.toContain('attestation-1');
    for (const index of [2, 5, 8]) expect(text).not.toContain(`b-${index}"`);
    expect((await verifySample(all)).hidden).toBe(3n);
  });

  it('gives the judge what is shown, and asks it for no verdict', async () => {
    const seen: bigint[] = [];
    const judge = (): BundleJudge => ({
      take: (_record, logIndex) => void seen.push(logIndex),
      verdict: () => {
        throw new Error('asked for a verdict');
      },
    });
    await verifyBundle([partial], { trustedKey: signer.key, judge });
    expect(seen).toEqual([0n, 3n, 6n, 8n]);
  });

  it('fails with any bit changed, naming the line or a later one', async () => {
    const everyBit = LONG;
    for (let at = 0; at < partial.length; at += everyBit ? 1 : 3) {
      const changed = Uint8Array.from(partial);
      changed[at]! ^= 1 << (at % 8);
      const failure = await failureOf(verifySample(changed));
      expect(failure).toBeDefined();
      expect(Number(failure!.split(' ')[1])).toBeGreaterThanOrEqual(linesOf(partial.subarray(0, at)).length);
    }
  });
});

describe('a forger who fits the end line to his changes', () => {
  it.each<[string, () => Uint8Array, string]>([
    [
      'hides a record in a bundle that claims to be whole',
      () => forged(batch, (lines) => lines.splice(3, 1, hidden(2))),
      'order-violated 4 kind',
    ],
    [
      'calls a bundle whole that hides records',
      () =>
        edited(partial, 1, (line) => {
          line['mode'] = 'batch';
          delete line['hidden'];
        }),
      'order-violated 4 kind',
    ],
    [
      'calls a bundle whole and counts what it hides',
      () => edited(partial, 1, (line) => (line['mode'] = 'batch')),
      'field-malformed 1',
    ],
    [
      'calls a whole one partial',
      () =>
        edited(batch, 1, (line) => {
          line['mode'] = 'partial-batch';
          line['hidden'] = '1';
        }),
      'incomplete 9',
    ],
    [
      'calls a whole one partial that hides nothing',
      () =>
        edited(batch, 1, (line) => {
          line['mode'] = 'partial-batch';
          line['hidden'] = '0';
        }),
      'field-malformed 1 hidden',
    ],
    ['does not count', () => edited(partial, 1, (line) => delete line['hidden']), 'field-malformed 1 hidden'],
    ['counts too few', () => edited(partial, 1, (line) => (line['hidden'] = '1')), 'incomplete 9'],
    ['hides one more', () => forged(partial, (lines) => lines.splice(2, 1, hidden(0))), 'incomplete 9'],
    ['leaves a hidden leaf out', () => forged(partial, (lines) => lines.splice(3, 1)), 'incomplete 8'],
    [
      'hides a leaf twice',
      () => forged(partial, (lines) => lines.splice(4, 0, lines[3]!)),
      'order-violated 5 logIndex',
    ],
    [
      'hides a leaf beyond the tree',
      () => edited(partial, 6, (line) => (line['logIndex'] = '12')),
      'index-out-of-range 6 logIndex',
    ],
    [
      'brings another leaf hash',
      () => edited(partial, 4, (line) => (line['leaf'] = encodeBase64(new Uint8Array(32)))),
      'root-mismatch 4 proof',
    ],
    [
      'brings the hash of another leaf of the log',
      () => edited(partial, 4, (line) => (line['leaf'] = encodeBase64(hiddenLeaf(log.leaves[1]!).leafHash))),
      'root-mismatch 4 proof',
    ],
    [
      'brings half a hash',
      () => edited(partial, 4, (line) => (line['leaf'] = encodeBase64(new Uint8Array(16)))),
      'hash-malformed 4 leaf',
    ],
    ['brings no hash', () => edited(partial, 4, (line) => delete line['leaf']), 'field-malformed 4 leaf'],
    ['brings no proof', () => edited(partial, 4, (line) => delete line['proof']), 'field-malformed 4 proof'],
    ['brings an empty proof', () => edited(partial, 4, (line) => (line['proof'] = [])), 'proof-length 4 proof'],
    [
      'denies that records are hidden',
      () => edited(partial, 9, (line) => (line['notProven'] as string[]).pop()),
      'incomplete 9 notProven[3]',
    ],
    [
      'claims a verdict all the same',
      () => edited(partial, 10, (line) => (line['verdict'] = { about: 'b-1', verdict: 'holds' })),
      'verdict-mismatch 10 verdict',
    ],
  ])('is found out when he %s', async (_name, forge, failure) => {
    expect(await failureOf(verifySample(forge()))).toBe(failure);
  });
});

describe('the writer', () => {
  it('does not write a count of hidden leaves that is not so', async () => {
    const [first, second] = log.leaves;
    const contents = { mode: 'partial-batch', key: signer.key, checkpoint: log.checkpoint, subject: {} } as const;
    const leaves = [hiddenLeaf(first!), hiddenLeaf(second!)];
    const write = async (): Promise<void> => {
      for await (const chunk of writeBundle({ ...contents, hidden: 1n, leaves })) expect(chunk).toBeDefined();
    };
    expect(await failureOf(write())).toBe('incomplete 1 hidden');
  });
});
