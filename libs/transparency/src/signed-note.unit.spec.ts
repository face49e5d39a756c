import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  appendCosignature,
  cosign,
  decodeBase64,
  formatCheckpoint,
  formatSigningKey,
  formatVerifierKey,
  KeyRing,
  noteSigner,
  parseCheckpoint,
  parseKeyRotation,
  parseNote,
  parseSigningKey,
  parseVerifierKey,
  rootOf,
  signKeyRotation,
  signNote,
  verifyCheckpoint,
  verifyCosignatures,
  verifyNote,
} from './index.js';
import { codeOf } from './testing/codes.js';
import { fuzzRuns } from '../../../test/properties/runs.js';

const ORIGIN = 'ledger.example/lodebook';
const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const log = noteSigner(ORIGIN, seed(1));
const nextLog = noteSigner(ORIGIN, seed(2));
const stranger = noteSigner('stranger.example', seed(3));
const witness = noteSigner('witness.example/w1', seed(4), 'cosignature');
const root = rootOf([seed(9)]);
const checkpointAt = (size: bigint, ...signers: (typeof log)[]): string =>
  signNote(formatCheckpoint({ origin: ORIGIN, size, root }), ...(signers.length > 0 ? signers : [log]));

describe('keys', () => {
  // The keys of the package documentation of golang.org/x/mod/sumdb/note.
  const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const skey = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const note = `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

  it('of Go read, write, sign and verify as in Go', () => {
    const signer = parseSigningKey(skey);
    expect(formatVerifierKey(signer.key)).toBe(vkey);
    expect(formatVerifierKey(parseVerifierKey(vkey))).toBe(vkey);
    expect(signNote(text, signer)).toBe(note);
    expect(verifyNote(parseNote(note), [parseVerifierKey(vkey)])).toHaveLength(1);
  });

  it('are written and read back, private ones too, of both types', () => {
    for (const type of ['ed25519', 'cosignature'] as const) {
      const signer = parseSigningKey(formatSigningKey('a.example/log', seed(7), type));
      expect(formatVerifierKey(parseVerifierKey(formatVerifierKey(signer.key)))).toBe(formatVerifierKey(signer.key));
      expect(signer.key.type).toBe(type);
    }
  });

  it.each([
    ['', 'x', 'a+b', `${vkey} `, ` ${vkey}`, `${vkey}=`, vkey.replace('c74f', 'C74F'), vkey.replace('c74f', 'c74e')],
    [vkey.replace('Peter', 'Pe ter'), vkey.slice(0, -4), vkey.replace('+AR', '+AB'), vkey.replace('+AR', '+BB'), skey],
    [vkey.replace('Peter', ''), vkey.replace('PeterNeumann', ''), vkey.replace('PeterNeumann', '\u2003')],
  ])('that are none are refused: %s …', (...texts) => {
    for (const text of texts) expect(codeOf(() => parseVerifierKey(text))).toBe('key-malformed');
  });

  it('that are secret do not show in an error', () => {
    let message = '';
    try {
      parseSigningKey(skey.replace('c74f20a3', 'c74f20a4'));
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('key id');
    expect(message).not.toContain('AYEKFALV');
  });
});

describe('checkpoints', () => {
  it('are read as the example of C2SP tlog-cosignature is', () => {
    const example =
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n' +
      '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n' +
      '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n';
    const { origin, size, root, extensions, note } = parseCheckpoint(example);
    expect({ origin, size, extensions }).toEqual({
      origin: 'example.com/behind-the-sofa',
      size: 20852163n,
      extensions: [],
    });
    expect(root).toEqual(decodeBase64('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I='));
    expect(note.signatures.map(({ name, keyId }) => `${name} ${keyId}`)).toEqual([
      'example.com/behind-the-sofa 033de0ae',
      'witness.example.com/w1 8d66cf3f',
    ]);
  });

  it('verify under their key, whoever else signed', () => {
    const text = checkpointAt(5n, stranger, log);
    expect(verifyCheckpoint(text, formatVerifierKey(log.key))).toMatchObject({ origin: ORIGIN, size: 5n, root });
    expect(verifyCheckpoint(text, log.key).signedBy).toEqual([log.key]);
  });

  it('of others do not', () => {
    expect(codeOf(() => verifyCheckpoint(checkpointAt(5n, nextLog), log.key))).toBe('signature-missing');
    expect(codeOf(() => verifyCheckpoint(checkpointAt(5n, log), stranger.key))).toBe('origin-mismatch');
    expect(codeOf(() => verifyCheckpoint(checkpointAt(5n, log), witness.key))).toBe('key-malformed');
    expect(codeOf(() => verifyCheckpoint(checkpointAt(5n).replace('\n5\n', '\n6\n'), log.key))).toBe(
      'signature-invalid',
    );
  });

  const body = formatCheckpoint({ origin: ORIGIN, size: 5n, root });
  it.each<[string, string]>([
    ['leading zero', body.replace('\n5\n', '\n05\n')],
    ['sign', body.replace('\n5\n', '\n+5\n')],
    ['too large', body.replace('\n5\n', `\n${1n << 63n}\n`)],
    ['no size', body.replace('\n5\n', '\n\n')],
    ['short root', body.replace(/\n[^\n]{44}\n$/, '\nAAAA\n')],
    ['two lines', `${ORIGIN}\n5\n`],
    ['empty extension', `${body}\nmore\n`],
    ['another spelling of the root', body.replace(/=\n$/, '\n')],
    ['false empty root', body.replace('\n5\n', '\n0\n')],
  ])('with %s are refused', (_name, text) => {
    expect(codeOf(() => verifyCheckpoint(signNote(text, log), log.key))).toBe('checkpoint-malformed');
  });

  it.each<[string, (text: string) => string]>([
    ['carriage returns', (text) => text.replaceAll('\n', '\r\n')],
    ['no last newline', (text) => text.slice(0, -1)],
    ['two last newlines', (text) => `${text}\n`],
    ['no signature', (text) => text.slice(0, text.indexOf('—'))],
    ['a hyphen for the dash', (text) => text.replace('—', '-')],
    ['a tab', (text) => text.replace('— ', '—\t')],
    ['a lone surrogate', (text) => `\ud800${text}`],
    ['65 signatures', (text) => text + text.slice(text.indexOf('—')).repeat(64)],
    ['half a megabyte', (text) => 'x'.repeat(512 * 1024) + text],
  ])('with %s are refused', (_name, change) => {
    expect(codeOf(() => verifyCheckpoint(change(checkpointAt(5n)), log.key))).toBe('note-malformed');
  });

  it('cannot be written of lines that are none', () => {
    for (const origin of ['', 'a\nb', 'a\u0000', '\ud800']) {
      expect(codeOf(() => formatCheckpoint({ origin, size: 1n, root }))).toBe('checkpoint-malformed');
    }
    expect(codeOf(() => formatCheckpoint({ origin: 'a', size: -1n, root }))).toBe('checkpoint-malformed');
    expect(codeOf(() => formatCheckpoint({ origin: 'a', size: 1n, root: root.subarray(1) }))).toBe(
      'checkpoint-malformed',
    );
  });

  it('changed in any one character fail, or differ in nothing that was verified', () => {
    const original = checkpointAt(5n, log);
    fc.assert(
      fc.property(fc.nat({ max: original.length - 1 }), fc.string({ unit: 'binary', maxLength: 2 }), (at, inserted) => {
        const changed = original.slice(0, at) + inserted + original.slice(at + 1);
        if (changed === original) return;
        expect(codeOf(() => verifyCheckpoint(changed, log.key))).not.toBeUndefined();
      }),
      fuzzRuns(15_000),
    );
  });

  it('of any text end in a code of the closed set', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('', '5', ORIGIN, '— a AAAAAAAA', 'A'.repeat(43) + '='));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        expect(codeOf(() => verifyCheckpoint(lines.join('\n'), log.key))).not.toBeUndefined();
      }),
      fuzzRuns(15_000),
    );
  });
});

describe('cosignatures', () => {
  const bare = checkpointAt(5n);

  it('are appended once verified, read back, and leave the log its signature', () => {
    const cosigned = appendCosignature(bare, cosign(bare, witness, 1_679_315_147n), [witness.key]);
    expect(verifyCosignatures(cosigned, [witness.key])).toEqual([{ witness: witness.key, timestamp: 1_679_315_147n }]);
    expect(verifyCheckpoint(cosigned, log.key).size).toBe(5n);
    expect(verifyCosignatures(bare, [witness.key])).toEqual([]);
  });

  it('replace older ones of the same witness and are not replaced by them', () => {
    const older = cosign(bare, witness, 10n);
    const newer = cosign(bare, witness, 20n);
    const first = appendCosignature(bare, older, [witness.key]);
    const second = appendCosignature(first, newer, [witness.key]);
    expect(verifyCosignatures(second, [witness.key]).map(({ timestamp }) => timestamp)).toEqual([20n]);
    expect(appendCosignature(second, older, [witness.key])).toBe(second);
  });

  it('that are false, foreign or no cosignatures are refused', () => {
    const line = cosign(bare, witness, 10n);
    const other = noteSigner('other.example', seed(5), 'cosignature');
    expect(codeOf(() => appendCosignature(bare, cosign(bare, other, 1n), [witness.key]))).toBe('key-unknown');
    expect(codeOf(() => appendCosignature(checkpointAt(6n), line, [witness.key]))).toBe('signature-invalid');
    expect(codeOf(() => appendCosignature(bare, 'nonsense', [witness.key]))).toBe('note-malformed');
    expect(codeOf(() => appendCosignature(bare, line + line, [witness.key]))).toBe('note-malformed');
    expect(codeOf(() => cosign(bare, log, 1n))).toBe('key-malformed');
    expect(codeOf(() => cosign(bare, witness, -1n))).toBe('signature-malformed');
    expect(codeOf(() => verifyCosignatures(bare, [log.key]))).toBe('key-malformed');
    expect(codeOf(() => signNote('text\n', witness))).toBe('key-malformed');
  });

  it('changed in any byte fail', () => {
    const line = cosign(bare, witness, 10n);
    fc.assert(
      fc.property(fc.nat({ max: line.length - 2 }), fc.integer({ min: 0, max: 0x10f }), (at, code) => {
        const changed = line.slice(0, at) + String.fromCharCode(code) + line.slice(at + 1);
        if (changed === line) return;
        expect(codeOf(() => appendCosignature(bare, changed, [witness.key]))).not.toBeUndefined();
      }),
      fuzzRuns(10_000),
    );
  });
});

describe('key rings', () => {
  const rotation = signKeyRotation(10n, log, nextLog);
  const ring = KeyRing.of(log.key).rotated(rotation);
  const signersOf = (text: string): string[] => verifyCheckpoint(text, ring).signedBy.map(formatVerifierKey);
  const [oldKey, newKey] = [log.key, nextLog.key].map(formatVerifierKey);

  it('verify each checkpoint under the key of its time', () => {
    expect(signersOf(checkpointAt(9n, log))).toEqual([oldKey]);
    expect(signersOf(checkpointAt(11n, nextLog))).toEqual([newKey]);
    expect(signersOf(checkpointAt(10n, log))).toEqual([oldKey]);
    expect(signersOf(checkpointAt(10n, nextLog))).toEqual([newKey]);
    expect(codeOf(() => verifyCheckpoint(checkpointAt(11n, log), ring))).toBe('signature-missing');
    expect(codeOf(() => verifyCheckpoint(checkpointAt(9n, nextLog), ring))).toBe('signature-missing');
    expect(formatVerifierKey(ring.current)).toBe(newKey);
    const { nextKey, ...rest } = parseKeyRotation(rotation);
    expect(rest).toEqual({ origin: ORIGIN, size: 10n });
    expect(formatVerifierKey(nextKey)).toBe(newKey);
  });

  it('follow several rotations in their order', () => {
    const third = noteSigner(ORIGIN, seed(6));
    const longer = ring.rotated(signKeyRotation(20n, nextLog, third));
    const inOffice = [5n, 15n, 25n].map((size) => longer.keysAt(size).map(formatVerifierKey));
    expect(inOffice).toEqual([[oldKey], [newKey], [formatVerifierKey(third.key)]]);
    expect(codeOf(() => ring.rotated(signKeyRotation(9n, nextLog, third)))).toBe('size-out-of-range');
    expect(codeOf(() => ring.rotated(signKeyRotation(20n, log, third)))).toBe('signature-missing');
  });

  it('take no rotation that the present key did not sign, or that the next one did not', () => {
    const text = parseNote(rotation).text;
    const fresh = KeyRing.of(log.key);
    expect(codeOf(() => fresh.rotated(signNote(text, nextLog)))).toBe('signature-missing');
    expect(codeOf(() => fresh.rotated(signNote(text, log)))).toBe('signature-missing');
    expect(codeOf(() => fresh.rotated(rotation.replace('from 10', 'from 11')))).toBe('signature-invalid');
    expect(codeOf(() => KeyRing.of(stranger.key).rotated(rotation))).toBe('origin-mismatch');
    expect(codeOf(() => fresh.rotated(checkpointAt(5n)))).toBe('note-malformed');
    expect(codeOf(() => signKeyRotation(1n, log, stranger))).toBe('key-malformed');
    expect(codeOf(() => verifyCheckpoint(rotation, ring))).toBe('checkpoint-malformed');
  });
});
