import { describe, expect, it } from '@jest/globals';
import {
  commit,
  encodeBase64Url,
  verifyBundle,
  writeBundle,
  type BundleJudge,
  type BundleDisclosure,
} from './index.js';
import { edited, failureOf, forged, verifySample } from './testing/forging.js';
import { countingJudge, hiddenLeaf, ORIGIN, sampleLog, sampleRecords, signer, SUBJECT } from './testing/sample-log.js';

const salt = (byte: number): Uint8Array => new Uint8Array(16).fill(byte);
const withheld = (value: unknown, byte: number): object => ({
  commitment: Buffer.from(commit(value, salt(byte))).toString('hex'),
  legalBasis: 'trade-secret',
  until: '2099-01-01T00:00:00.000Z',
});
const opens = (path: string, value: unknown, byte: number): BundleDisclosure => ({
  path,
  salt: encodeBase64Url(salt(byte)),
  value,
});

const VALUE = { exportDuty: false };
const records = sampleRecords(4).map((record, i) => {
  if (i !== 1) return record;
  const data = { ...record.data, documents: [{ 'a/b~c': withheld('nested', 2) }], terms: withheld(VALUE, 1) };
  return { ...record, data };
});
const log = sampleLog(records);
const disclosures = [opens('/documents/0/a~1b~0c', 'nested', 2), opens('/terms', VALUE, 1)];
/** Lines 3 and 4 are records, 5 and 6 what opens the commitments of the latter, 7 and 8 records, 9 the completeness. */
const bundle = await written(disclosures);

async function written(opened: readonly BundleDisclosure[]): Promise<Uint8Array> {
  const judge = countingJudge({ mode: 'batch', origin: ORIGIN, key: '', subject: SUBJECT });
  records.forEach((record, i) => judge.take(record, BigInt(i)));
  const leaves = log.leaves.map((leaf, i) => (i === 1 ? { ...leaf, disclosures: opened } : leaf));
  const contents = { mode: 'batch', key: signer.key, checkpoint: log.checkpoint, subject: SUBJECT, leaves } as const;
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeBundle({ ...contents, verdict: () => judge.verdict() })) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

describe('a bundle with disclosures', () => {
  it('verifies, and gives the judge what was committed to', async () => {
    const { disclosures: opened, records: proved } = await verifySample(bundle);
    expect([opened, proved]).toEqual([2n, 4n]);
    const given: unknown[] = [];
    const judge = (header: Parameters<typeof countingJudge>[0]): BundleJudge => ({
      ...countingJudge(header),
      disclose: (commitment, value) => void given.push([commitment, value]),
    });
    await verifyBundle([bundle], { trustedKey: signer.key, judge });
    const { data } = records[1]!;
    const documents = data['documents'] as { 'a/b~c': { commitment: string } }[];
    expect(given).toEqual([
      [documents[0]!['a/b~c'].commitment, 'nested'],
      [(data['terms'] as { commitment: string }).commitment, VALUE],
    ]);
  });

  it('verifies without some of them, as one that discloses less', async () => {
    expect((await verifySample(await written([disclosures[1]!]))).disclosures).toBe(1n);
    expect((await verifySample(await written([]))).disclosures).toBe(0n);
  });

  it.each<[string, () => Uint8Array, string]>([
    [
      'another value',
      () => edited(bundle, 6, (line) => (line['value'] = { exportDuty: true })),
      'commitment-mismatch 6 value',
    ],
    [
      'another salt',
      () => edited(bundle, 5, (line) => (line['salt'] = encodeBase64Url(salt(9)))),
      'commitment-mismatch 5 value',
    ],
    [
      'a short salt',
      () => edited(bundle, 5, (line) => (line['salt'] = encodeBase64Url(new Uint8Array(8)))),
      'commitment-malformed 5 value',
    ],
    ['no salt in base64url', () => edited(bundle, 5, (line) => (line['salt'] = '+')), 'field-malformed 5 salt'],
    [
      'a place without commitment',
      () => edited(bundle, 6, (line) => (line['path'] = '/grossGrams')),
      'commitment-malformed 6 path',
    ],
    [
      'a place that is none',
      () => edited(bundle, 6, (line) => (line['path'] = '/terms/commitment/0')),
      'commitment-malformed 6 path',
    ],
    ['the whole record', () => edited(bundle, 5, (line) => (line['path'] = '')), 'order-violated 5 path'],
    ['another event', () => edited(bundle, 5, (line) => (line['event'] = 'x')), 'order-violated 5 event'],
    ['a value twice', () => forged(bundle, (lines) => lines.splice(5, 0, lines[5]!)), 'order-violated 7 path'],
    [
      'a value after another record',
      () => forged(bundle, (lines) => lines.splice(6, 0, ...lines.splice(4, 1))),
      'order-violated 7 event',
    ],
    [
      'a value before any record',
      () => forged(bundle, (lines) => lines.splice(2, 0, lines[4]!)),
      'order-violated 3 kind',
    ],
    ['a further field', () => edited(bundle, 5, (line) => (line['more'] = 1)), 'field-malformed 5'],
  ])('fails with %s', async (_name, forge, failure) => {
    expect(await failureOf(verifySample(forge()))).toBe(failure);
  });

  it('of a hidden record fails', async () => {
    const leaves = log.leaves.map((leaf, i) => (i === 1 ? hiddenLeaf(leaf) : leaf));
    const contents = { key: signer.key, checkpoint: log.checkpoint, subject: SUBJECT, leaves } as const;
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeBundle({ ...contents, mode: 'partial-batch', hidden: 1n })) chunks.push(chunk);
    const line = Buffer.from(bundle).toString().split('\n')[5]!;
    const told = forged(Buffer.concat(chunks), (lines) => lines.splice(4, 0, line));
    expect(await failureOf(verifySample(told))).toBe('order-violated 5 kind');
  });
});
