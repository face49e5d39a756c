import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  appendCosignature,
  cosign,
  KeyRing,
  noteSigner,
  signKeyRotation,
  verifyBundle,
  writeBundle,
  type BundleJudge,
} from './index.js';
import { failureOf, linesOf, verifySample } from './testing/forging.js';
import { LONG, runs } from '../../../test/properties/runs.js';
import {
  countingJudge,
  ORIGIN,
  sampleBundle,
  sampleLog,
  sampleRecords,
  signer,
  SUBJECT,
} from './testing/sample-log.js';

const log = sampleLog(sampleRecords(12));
const whole = await sampleBundle('whole-log', log);
/** All of site-a and attestation-1 up to index 8; of site-b revision 1 only. */
const batch = await sampleBundle('batch', log, (index) => index < 9n && (index % 3n !== 1n || index === 4n));

const trustedKey = signer.key;

describe('a bundle', () => {
  it('of the whole log verifies and leaves nothing open', async () => {
    const verified = await verifySample(whole);
    expect(verified).toMatchObject({
      header: { mode: 'whole-log', origin: ORIGIN, subject: SUBJECT },
      records: 12n,
      completeness: { notProven: [], streams: [] },
      verdict: [{ about: 'b-1', grams: 66_000, seen: 12, verdict: 'holds' }],
    });
    expect(verified.checkpoint.size).toBe(12n);
  });

  it('of a batch verifies and says what it leaves open', async () => {
    const { completeness, records } = await verifySample(batch);
    expect(records).toBe(7n);
    expect(completeness).toEqual({
      notProven: ['absent-streams', 'stream-tails', 'stream-gaps'],
      streams: [
        { stream: 'attestation-1', events: '3', gapless: true },
        { stream: 'site-a', events: '3', gapless: true },
        { stream: 'site-b', events: '1', gapless: false },
      ],
    });
    const gapless = await sampleBundle('batch', log, (index) => index % 3n === 0n);
    expect((await verifySample(gapless)).completeness.notProven).toEqual(['absent-streams', 'stream-tails']);
  });

  it('of an empty log, or of no records, verifies', async () => {
    expect((await verifySample(await sampleBundle('whole-log', sampleLog([])))).records).toBe(0n);
    expect((await verifySample(await sampleBundle('batch', log, () => false))).records).toBe(0n);
  });

  it('verifies however its bytes are cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }), async (lengths) => {
        const chunks: Uint8Array[] = [];
        for (let at = 0, i = 0; at < batch.length; at += lengths[i++ % lengths.length]!) {
          chunks.push(batch.subarray(at, at + lengths[i % lengths.length]!));
        }
        const joined = Buffer.concat(chunks).equals(batch);
        const failure = await failureOf(verifyBundle(chunks, { trustedKey, judge: countingJudge }));
        expect(failure === undefined).toBe(joined);
      }),
      runs(50),
    );
    const bytes = Array.from(batch, (byte) => Uint8Array.of(byte));
    expect(await failureOf(verifyBundle(bytes, { trustedKey, judge: countingJudge }))).toBeUndefined();
  });

  it('verifies with cosignatures, and under a key that was rotated since', async () => {
    const witness = noteSigner('witness.example', new Uint8Array(32).fill(8), 'cosignature');
    const checkpoint = appendCosignature(log.checkpoint, cosign(log.checkpoint, witness, 5n), [witness.key]);
    const cosigned = await sampleBundle('batch', { ...log, checkpoint });
    const ring = KeyRing.of(trustedKey).rotated(
      signKeyRotation(20n, signer, noteSigner(ORIGIN, new Uint8Array(32).fill(2))),
    );
    const verified = await verifyBundle([cosigned], { trustedKey: ring, judge: countingJudge });
    expect(verified.checkpoint.note.signatures).toHaveLength(2);
  });
});

describe('one changed byte', () => {
  // A bundle of few records, so that every bit of every byte can be turned: about 1,500 bytes.
  const small = sampleLog(sampleRecords(2));
  it.each(['whole-log', 'batch'] as const)('anywhere in a bundle of mode %s fails, naming the place', async (mode) => {
    const original = await sampleBundle(mode, small, (index) => index < 1n || mode === 'whole-log');
    expect(await failureOf(verifySample(original))).toBeUndefined();
    const lineAt = (at: number): number => linesOf(original.subarray(0, at)).length + 1;
    const everyBit = LONG;
    for (let at = 0; at < original.length; at++) {
      for (const bit of everyBit ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8]) {
        const changed = Uint8Array.from(original);
        changed[at]! ^= 1 << bit;
        const failure = await failureOf(verifySample(changed));
        expect(failure).toBeDefined();
        // The place is the changed line itself, or a later one that no longer follows from it.
        const place = Number(failure!.split(' ')[1]);
        expect(place).toBeGreaterThanOrEqual(lineAt(at) - 1);
      }
    }
  });

  it('taken out or put in fails as well', async () => {
    const original = await sampleBundle('batch', small);
    for (let at = 0; at < original.length; at += 7) {
      const without = Buffer.concat([original.subarray(0, at), original.subarray(at + 1)]);
      expect(await failureOf(verifySample(without))).toBeDefined();
      const within = Buffer.concat([original.subarray(0, at), Uint8Array.of(0x20), original.subarray(at)]);
      expect(await failureOf(verifySample(within))).toBeDefined();
    }
    for (const tail of ['\n', ' ', '{}\n', '\0']) {
      const failure = await failureOf(verifySample(Buffer.concat([original, Buffer.from(tail)])));
      expect(failure).toMatch(/^bundle-(trailing|truncated) 8/);
    }
  });

  it('fails wherever the file ends too soon', async () => {
    for (let length = 0; length < batch.length; length += 17) {
      expect(await failureOf(verifySample(batch.subarray(0, length)))).toMatch(/^bundle-truncated/);
    }
  });
});

describe('limits', () => {
  it('end a hostile file early', async () => {
    expect(await failureOf(verifySample(batch, { lineBytes: 400 }))).toMatch(/^line-too-long/);
    expect(await failureOf(verifySample(batch, { lines: 5 }))).toBe('too-many-lines 6');
    expect(await failureOf(verifySample(batch, { bytes: batch.length - 1 }))).toBe('bundle-too-large 1');
    expect(await failureOf(verifySample(batch, { bytes: batch.length }))).toBeUndefined();
  });

  it('stop a file without newlines, or deep without end, at one line', async () => {
    let pulled = 0;
    function* endless(): Generator<Uint8Array> {
      for (;;) {
        pulled += 1 << 20;
        yield new Uint8Array(1 << 20).fill(0x5b);
      }
    }
    const endlessly = verifyBundle(endless(), { trustedKey, judge: countingJudge });
    expect(await failureOf(endlessly)).toBe('line-too-long 1');
    expect(pulled).toBeLessThanOrEqual(6 << 20);
    const deep = Buffer.from(`{"kind":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}\n`);
    expect(await failureOf(verifySample(deep))).toBe('too-deep 1');
  });

  it('hold for the writer as well', async () => {
    const [leaf] = log.leaves;
    const contents = { mode: 'whole-log', key: signer.key, checkpoint: log.checkpoint, subject: {} } as const;
    const huge = { ...leaf!, record: Buffer.from(`{"data":"${'x'.repeat(5 << 20)}"}`) };
    const write = async (leaves: typeof log.leaves, mode: 'batch' | 'whole-log' = 'whole-log'): Promise<void> => {
      for await (const chunk of writeBundle({ ...contents, mode, leaves, verdict: () => [1] }))
        expect(chunk).toBeDefined();
    };
    expect(await failureOf(write([huge]))).toBe('line-too-long 3');
    const bare = { logIndex: leaf!.logIndex, record: leaf!.record };
    const unproved = writeBundle({ ...contents, mode: 'batch', leaves: [bare], verdict: () => [1] });
    const writeUnproved = async (): Promise<void> => {
      for await (const chunk of unproved) expect(chunk).toBeDefined();
    };
    expect(await failureOf(writeUnproved())).toBe('incomplete 3 proof');
  });
});

describe('a judge', () => {
  it('that fails makes the verification fail, at the record it could not take', async () => {
    const failing = (): BundleJudge => ({
      take: (_record, logIndex) => {
        if (logIndex === 3n) throw new TypeError('cannot fold');
      },
      verdict: () => [1],
    });
    expect(await failureOf(verifyBundle([batch], { trustedKey, judge: failing }))).toBe('judge-failed 5 record');
    for (const parts of [[], [undefined]]) {
      const mute = (): BundleJudge => ({ take: () => undefined, verdict: () => parts });
      expect(await failureOf(verifyBundle([batch], { trustedKey, judge: mute }))).toBe('judge-failed 11 verdict');
    }
  });
});
