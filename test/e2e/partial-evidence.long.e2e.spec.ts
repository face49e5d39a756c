import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalText, encodeBase64, leafHash, rootOf, type EvidenceRecord } from '#transparency';
import { verifyEvidence, type VerifiedEvidence } from '#audit';
import { ProgrammeLibrary, PROGRAMMES_FOLDER } from '#programmes';
import { run } from '../harness/cli.js';
import { keyFor, openHiddenChain, SECRET } from '../harness/hidden-chain.js';
import { bearer, RunningLedger, type Answer, type Json } from '../harness/running-ledger.js';
import { signatureFor, signingKeyOf } from '../harness/signing.js';
import { AT } from '../harness/two-sites.js';

type Line = Readonly<Record<string, unknown>>;

const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
const QUERY = '?programme=us-japan-cma-2023&validAt=2026-04-01T00:00:00.000Z';

describe('evidence for an organisation that may not know the whole chain', () => {
  let ledger: RunningLedger;
  let position: string;
  let logKey: string;
  let maker: string;
  let bundle: string;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openHiddenChain(ledger);
    maker = await keyFor(ledger, 'maker', 'custodian');
    const seeds = { 'trader-key': new Uint8Array(32).fill(7), 'entrusted-key': new Uint8Array(32).fill(8) };
    const secret = signingKeyOf(ledger, `${SECRET}-mining`, `${SECRET}-key`, seeds['trader-key']);
    await ledger.record(`organisations/${SECRET}-mining/signing-keys`, secret);
    const own = signingKeyOf(ledger, 'trader', 'trader-key', seeds['trader-key']);
    await ledger.record('organisations/trader/signing-keys', own);
    // Registered by an organisation that the maker does not know: the bundle must not include this record.
    const foreign = await keyFor(ledger, `${SECRET}-auditor`, 'administrator');
    const other = signingKeyOf(ledger, 'trader', 'entrusted-key', seeds['entrusted-key']);
    await ledger.record('organisations/trader/signing-keys', other, bearer(foreign));
    for (const keyId of ['trader-key', 'entrusted-key'] as const) {
      const body = {
        attestationId: `by-${keyId}`,
        scheme: 'rmap',
        siteId: 'plant',
        rights: ['child-labour'],
        validFrom: AT(1),
        validUntil: AT(9),
        issuerOrganisationId: 'trader',
        documentSha256: 'e'.repeat(64),
        occurredAt: AT(9),
      };
      if (keyId === 'trader-key') {
        const accreditation = { scheme: 'rmap', from: AT(1), occurredAt: AT(1) };
        await ledger.record('organisations/trader/accreditations', accreditation);
      }
      const command = { command: 'attestations', body };
      const signature = signatureFor(ledger, 'trader', command, { keyId, seed: seeds[keyId] });
      position = await ledger.record('attestations', body, { 'lodebook-signature': signature });
    }
    logKey = (await ledger.get('audit/keys')).body['first'] as unknown as string;
    bundle = textOf(await evidence(maker, 'cathode', QUERY));
  });
  afterAll(() => ledger.dispose());

  function evidence(key: string, batchId: string, query = ''): Promise<Answer> {
    const headers = { ...bearer(key), 'ledger-position': position };
    return ledger.request('GET', `/v1/batches/${batchId}/evidence${query}`, undefined, headers);
  }
  function textOf({ status, body }: Answer): string {
    expect([status, body]).toEqual([200, { text: expect.any(String) }]);
    return body['text'] as unknown as string;
  }
  const linesOf = (text: string): Line[] => {
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Line);
  };
  const of = (text: string, kind: string): Line[] => linesOf(text).filter((line) => line['kind'] === kind);
  function verify(text: string): Promise<VerifiedEvidence> {
    return verifyEvidence(
      async function* () {
        yield await Promise.resolve(Buffer.from(text));
      },
      logKey,
      library,
    );
  }
  /** A forged bundle, with an end line that matches its contents. */
  function forged(change: (lines: Record<string, unknown>[]) => void): string {
    const lines = linesOf(bundle).slice(0, -1) as Record<string, unknown>[];
    change(lines);
    const texts = lines.map((line) => canonicalText(line));
    const root = encodeBase64(rootOf(texts.map((line) => leafHash(Buffer.from(line)))));
    texts.push(canonicalText({ kind: 'end', lines: String(texts.length), root }));
    return texts.map((line) => `${line}\n`).join('');
  }

  it('proves the records that it may know, and that the others are in the log', async () => {
    const verified = await verify(bundle);
    const hidden = of(bundle, 'hidden');
    expect(verified).toMatchObject({
      header: { mode: 'partial-batch', subject: { batchId: 'cathode' } },
      hidden: BigInt(hidden.length),
      verdict: null,
    });
    expect(verified.completeness.notProven).toContain('hidden-records');
    expect(linesOf(bundle)[0]).toMatchObject({ mode: 'partial-batch', hidden: String(hidden.length) });
    const whole = textOf(await evidence(ledger.key, 'cathode', QUERY));
    const shown = of(bundle, 'record');
    const all = new Map(of(whole, 'record').map((line) => [line['logIndex'], line]));
    expect(shown.length).toBeGreaterThan(5);
    expect(hidden.length).toBeGreaterThan(5);
    for (const { logIndex, record, proof } of shown) expect(all.get(logIndex)).toMatchObject({ record, proof });
    for (const { logIndex, leaf, proof } of hidden) {
      const { record } = all.get(logIndex)!;
      expect(leaf).toBe(encodeBase64(leafHash(Buffer.from(canonicalText(record)))));
      expect(proof).toEqual(all.get(logIndex)!['proof']);
    }
  });

  it('holds every record of its chain that it may know whole, and nothing of the contents of the others', async () => {
    const whole = of(textOf(await evidence(ledger.key, 'cathode', QUERY)), 'record');
    const secret = whole.filter((line) => JSON.stringify(line).includes(SECRET));
    const expected = new Set(secret.map((line) => line['logIndex']));
    // The keys of an organisation that signed nothing shown are not included, not even as a hash. The registration of that
    // organisation belongs to the chain too, and is among the hidden records.
    const keys = secret.filter((line) => {
      const { stream, type } = line['record'] as EvidenceRecord;
      return stream === `organisation-${SECRET}-mining` && type === 'SigningKeyRegistered';
    });
    for (const line of keys) expected.delete(line['logIndex']);
    expect(keys).toHaveLength(1);
    expect(new Set(of(bundle, 'hidden').map((line) => line['logIndex']))).toEqual(expected);
    expect(bundle.toLowerCase()).not.toContain(SECRET);
    for (const told of ['-23.4321', '-68.1234', '"kept"', 'd'.repeat(64), 'c'.repeat(64)]) {
      expect(bundle).not.toContain(told);
    }
  });

  it('includes signing keys only as far as their records may be known', async () => {
    const keys = of(bundle, 'record').map((line) => line['record'] as EvidenceRecord);
    const registered = keys.filter(({ type }) => type === 'SigningKeyRegistered');
    expect(registered.map(({ data }) => data['keyId'])).toEqual(['trader-key']);
    expect((await verify(bundle)).signatures).toEqual({ verified: 1, revoked: 0, unchecked: 1 });
    const whole = textOf(await evidence(ledger.key, 'cathode', QUERY));
    expect((await verify(whole)).signatures).toEqual({ verified: 2, revoked: 0, unchecked: 0 });
  });

  it('is found by a pseudonym, and does not reveal what it stands for', async () => {
    const { body } = await ledger.request('GET', '/v1/batches/cathode/provenance', undefined, {
      ...bearer(maker),
      'ledger-position': position,
    });
    const ore = (body['batches'] as unknown as Json[])[2]!['batchId'] as unknown as string;
    expect(ore).toMatch(/^batch~/);
    const text = textOf(await evidence(maker, ore, QUERY));
    expect(text.toLowerCase()).not.toContain(SECRET);
    expect(await verify(text)).toMatchObject({ header: { subject: { batchId: ore } }, verdict: null });
  });

  it('is not found for batches that it does not see, or for an unknown moment or programme', async () => {
    const stranger = await keyFor(ledger, 'stranger', 'reader');
    for (const [key, path, query] of [
      [stranger, 'cathode', ''],
      [maker, `${SECRET}-ore`, ''],
      [maker, 'kept', ''],
      [maker, 'cathode', '?validAt=2026-03-01T00:00:00.000Z'],
      [maker, 'cathode', '?programme=nobody'],
    ] as const) {
      expect([path, query, (await evidence(key, path, query)).status]).toEqual([path, query, 404]);
    }
  });

  it('is complete, and byte for byte what a regulator gets, when it may know every record', async () => {
    const stranger = await keyFor(ledger, 'stranger', 'reader');
    const regulator = await keyFor(ledger, 'maker', 'regulator');
    const text = textOf(await evidence(stranger, 'own', QUERY));
    expect(text).toBe(textOf(await evidence(regulator, 'own', QUERY)));
    expect(await verify(text)).toMatchObject({ header: { mode: 'batch' }, hidden: 0n });
    const whole = textOf(await evidence(regulator, 'cathode', QUERY));
    expect(whole).toBe(textOf(await evidence(ledger.key, 'cathode', QUERY)));
    expect(of(whole, 'hidden')).toEqual([]);
  });

  it.each<[string, string, (lines: Record<string, unknown>[]) => void]>([
    [
      'is called whole',
      'order-violated',
      ([header]) => {
        header!['mode'] = 'batch';
        delete header!['hidden'];
      },
    ],
    ['counts less', 'incomplete', ([header]) => (header!['hidden'] = '1')],
    ['claims a verdict', 'verdict-mismatch', (lines) => (lines.at(-1)!['verdict'] = [{ verdict: 'holds' }])],
    [
      'has another leaf hash',
      'root-mismatch',
      (lines) => (lines.find(({ kind }) => kind === 'hidden')!['leaf'] = encodeBase64(new Uint8Array(32))),
    ],
    ['lacks a proof', 'field-malformed', (lines) => delete lines.find(({ kind }) => kind === 'hidden')!['proof']],
    [
      'holds a signature that is not of its record',
      'root-mismatch',
      (lines) => {
        const signed = lines.find((line) => JSON.stringify(line).includes('"jws"'))!;
        const { metadata } = signed['record'] as { metadata: { signature: { jws: string } } };
        metadata.signature.jws = `${metadata.signature.jws.slice(0, -4)}AAAA`;
      },
    ],
  ])('fails when it %s', async (_, code, change) => {
    await expect(verify(forged(change))).rejects.toMatchObject({ name: 'BundleError', code });
  });

  it('is reported by `lodebook verify` as partial, without a verdict', async () => {
    const file = join(ledger.folder, 'partial.ndjson');
    writeFileSync(file, bundle);
    const hidden = String(of(bundle, 'hidden').length);
    const plain = await run(['verify', file, '--key', logKey]);
    expect(plain.code).toBe(0);
    expect(plain.stdout).toContain(`hidden       ${hidden} events`);
    expect(plain.stdout).toContain(`not judged   "cathode": ${hidden} records are hidden, no verdict can be checked`);
    expect(plain.stdout).toContain('of 1 commands the keys are not shown');
    expect(plain.stdout).not.toMatch(/holds$|unproven|broken/m);
    expect(plain.stderr).not.toContain('every byte holds');
    const json = await run(['verify', file, '--key', logKey, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ verified: true, mode: 'partial-batch', hidden, verdict: null });
    writeFileSync(
      file,
      forged(([header]) => (header!['hidden'] = '1')),
    );
    const refused = await run(['verify', file, '--key', logKey]);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('incomplete: line');
  }, 120_000);
});
