import { describe, expect, it } from '@jest/globals';
import { BUNDLE_LIMITS, verifyBundle, writeBundle, type BundleJudge, type EvidenceRecord } from './index.js';
import { failureOf, forged, linesOf } from './testing/forging.js';
import { ORIGIN, sampleLog, sampleRecords, signer, SUBJECT } from './testing/sample-log.js';

const PARTS = [{ first: 1 }, { second: [2, 3] }, { third: 'x' }];
const STREAMS = 2_500;

/** Each record in a stream of its own. */
function wideRecords(): EvidenceRecord[] {
  return sampleRecords(STREAMS).map((record, index) => ({ ...record, revision: '0', stream: `batch-${index}` }));
}

async function bundleOf(records: readonly EvidenceRecord[], parts: readonly unknown[]): Promise<Buffer> {
  const { checkpoint, leaves } = sampleLog(records);
  const chunks: Uint8Array[] = [];
  const contents = { mode: 'batch', key: signer.key, checkpoint, subject: SUBJECT, leaves } as const;
  for await (const chunk of writeBundle({ ...contents, verdict: () => parts })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The lines of a kind. */
function linesOfKind(bundle: Uint8Array, kind: string): Record<string, unknown>[] {
  const lines = linesOf(bundle).map((line) => JSON.parse(line) as Record<string, unknown>);
  return lines.filter((line) => line['kind'] === kind);
}

const judging = (parts: readonly unknown[]) => (): BundleJudge => ({ take: () => undefined, verdict: () => parts });
const verify = (bundle: Uint8Array, parts: readonly unknown[] = PARTS) =>
  verifyBundle([bundle], { trustedKey: signer.key, judge: judging(parts) });

describe('A verdict in parts', () => {
  it('is held against the judge part by part', async () => {
    const bundle = await bundleOf(sampleRecords(3), PARTS);
    expect((await verify(bundle)).verdict).toEqual(PARTS);
    expect(linesOfKind(bundle, 'verdict')).toEqual(PARTS.map((verdict) => ({ kind: 'verdict', verdict })));
  });

  it.each([
    ['the first part is gone', (parts: unknown[]) => parts.splice(0, 1), 'verdict-mismatch 7 verdict.second'],
    ['a part in between is gone', (parts: unknown[]) => parts.splice(1, 1), 'verdict-mismatch 8 verdict.third'],
    ['the last part is gone', (parts: unknown[]) => parts.pop(), 'order-violated 9 kind'],
    ['there is one too many', (parts: unknown[]) => parts.push({}), 'order-violated 10 kind'],
    ['two are exchanged', (parts: unknown[]) => parts.reverse(), 'verdict-mismatch 7 verdict.third'],
  ])('fails when %s', async (_, change, failure) => {
    const changed = [...PARTS];
    change(changed);
    expect(await failureOf(verify(await bundleOf(sampleRecords(3), changed)))).toBe(failure);
  });

  it('fails cut off after any of its lines, whole lines and all', async () => {
    const bundle = await bundleOf(sampleRecords(3), PARTS);
    let end = 0;
    for (let line = 1; line <= 9; line++) {
      end = bundle.indexOf(0x0a, end) + 1;
      expect(await failureOf(verify(bundle.subarray(0, end)))).toBe(`bundle-truncated ${line + 1}`);
    }
  });
});

describe('Completeness in parts', () => {
  it('names all streams, a thousand a line', async () => {
    const bundle = await bundleOf(wideRecords(), PARTS);
    const { completeness } = await verify(bundle);
    expect(completeness.streams).toHaveLength(STREAMS);
    const parts = linesOfKind(bundle, 'completeness');
    expect(parts.map((part) => (part['streams'] as unknown[]).length)).toEqual([1_000, 1_000, 500]);
  });

  it.each([
    ['the part in between', 1, 'incomplete'],
    ['the last part', 2, 'order-violated'],
  ])('fails without %s', async (_, offset, code) => {
    const at = STREAMS + 2 + offset;
    const bundle = forged(await bundleOf(wideRecords(), PARTS), (lines) => lines.splice(at, 1));
    expect(await failureOf(verify(bundle))).toMatch(new RegExp(`^${code} ${at + 1} `));
  });

  it('fails with a part twice', async () => {
    const at = STREAMS + 4;
    const bundle = forged(await bundleOf(wideRecords(), PARTS), (lines) => lines.splice(at, 0, lines[at]!));
    expect(await failureOf(verify(bundle))).toBe(`order-violated ${at + 2} kind`);
  });
});

it('is written with lines far below what a verifier takes', async () => {
  const bundle = await bundleOf(wideRecords(), PARTS);
  const longest = Math.max(
    ...bundle
      .toString()
      .split('\n')
      .map((line) => line.length),
  );
  expect(longest).toBeLessThan(BUNDLE_LIMITS.lineBytes / 10);
  expect(bundle.toString()).toContain(ORIGIN);
});
