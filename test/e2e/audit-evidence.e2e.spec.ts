import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATOR } from '#access';
import { BUNDLE_FORMAT, formatVerifierKey, noteSigner } from '#transparency';
import {
  AuditError,
  Evidence,
  openReadOnlyLog,
  replay,
  signedLog,
  verifyEvidence,
  writeWholeLog,
  type VerifiedEvidence,
} from '#audit';
import { LedgerQueries, ProvenanceQueries } from '#read-model';
import { ProgrammeLibrary, PROGRAMMES_FOLDER } from '#programmes';
import { problemOf } from '../../apps/server/src/index.js';
import { auditedChain } from '../harness/audited-chain.js';
import { RunningLedger, type Json } from '../harness/running-ledger.js';
import { LONG } from '../properties/runs.js';

const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
const text = (value: Json | undefined): string => value as unknown as string;

/** Verifies as `lodebook verify` does, without access to the ledger. */
function verify(bundle: string | Uint8Array, key: string, limits = {}): Promise<VerifiedEvidence> {
  async function* read(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from(bundle as string));
  }
  return verifyEvidence(read, key, library, limits);
}

async function keyOf(ledger: RunningLedger): Promise<string> {
  return text((await ledger.get('audit/keys')).body['first']);
}

describe('evidence', () => {
  let ledger: RunningLedger;
  let position: string;
  let key: string;
  let bundle: string;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    position = await auditedChain(ledger, 11);
    key = await keyOf(ledger);
    bundle = await bundleOf('ore-0', '?validAt=2026-04-01T00:00:00.000Z');
  });
  afterAll(() => ledger.dispose());

  async function bundleOf(batchId: string, query = ''): Promise<string> {
    const { status, body } = await ledger.get(`batches/${batchId}/evidence${query}`, position);
    expect(status).toBe(200);
    return text(body['text']);
  }
  const lines = (): string[] => bundle.split('\n').slice(0, -1);
  const withLine = (at: number, line: string): string =>
    `${lines()
      .map((each, index) => (index === at ? line : each))
      .join('\n')}\n`;

  it('of a chain too large for one bundle is refused before it begins; of a chain of exactly the limit it is not', async () => {
    const { audit, views, programmes, clock } = ledger.ledger;
    const queries = new LedgerQueries(views);
    const provenances = new ProvenanceQueries(views);
    const { bytes } = await provenances.chainSize({ sees: 'everything' }, 'ore-0', 1_000);
    expect(bytes).toBeGreaterThan(100);
    const question = { batchId: 'ore-0', programme: undefined, validAt: undefined, disclosures: false };
    const nothing = { openingsIn: () => [] };
    const begun = async (most: number): Promise<unknown> => {
      const evidence = new Evidence(audit.tree, queries, provenances, programmes, clock, nothing, most);
      return evidence.bundle(OPERATOR, question, await signedLog(audit, queries));
    };
    await expect(begun(bytes)).resolves.toBeDefined();
    const refusal: unknown = await begun(bytes - 1).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AuditError);
    expect(refusal).toMatchObject({ code: 'too-large' });
    expect((refusal as AuditError).message).toContain(String(bytes - 1));
    expect(problemOf(refusal)).toMatchObject({ code: 'too-large', status: 413 });
  });

  it('of a batch verifies offline, with the verdicts of the ledger', async () => {
    const verified = await verify(bundle, key);
    const verdicts = verified.verdict as Json[];
    expect(verdicts).toHaveLength(5);
    for (const verdict of verdicts) {
      const query = `programme=${text(verdict['programme'])}&validAt=2026-04-01T00:00:00.000Z`;
      const { knownAt, explanations, ...asked } = (await ledger.get(`batches/ore-0/claims?${query}`, position)).body;
      expect([knownAt, explanations]).not.toContain(undefined);
      expect(verdict).toEqual(asked);
    }
    expect(verified.completeness.notProven).toContain('absent-streams');
  });

  it('is limited to one programme or one moment on request', async () => {
    const one = await verify(await bundleOf('ore-10', '?programme=oecd-due-diligence'), key);
    expect(one.verdict).toMatchObject([{ batchId: 'ore-10', programme: 'oecd-due-diligence@1' }]);
    for (const query of ['?validAt=now', '?knownAt=1', '?programme=a&programme=b']) {
      expect((await ledger.get(`batches/ore-0/evidence${query}`)).status).toBe(400);
    }
    expect((await ledger.get('batches/nobody/evidence')).status).toBe(404);
    expect((await ledger.get('batches/ore-0/evidence?programme=nobody')).status).toBe(404);
    expect((await fetch(`${ledger.url}/v1/batches/ore-0/evidence`)).status).toBe(401);
  });

  it('fails when any byte is changed, and names the line', async () => {
    const bytes = Buffer.from(bundle);
    const step = LONG ? 1 : Math.ceil(bytes.length / 150);
    for (let at = 0; at < bytes.length; at += step) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      await expect(verify(changed, key)).rejects.toMatchObject({ name: 'BundleError', line: expect.any(Number) });
    }
  });

  it('fails when it is truncated, or a record is missing', async () => {
    for (let length = 0; length < bundle.length; length += 997) {
      await expect(verify(bundle.slice(0, length), key)).rejects.toMatchObject({ name: 'BundleError' });
    }
    const without = `${lines()
      .filter((_, index) => index !== 4)
      .join('\n')}\n`;
    await expect(verify(without, key)).rejects.toMatchObject({ name: 'BundleError' });
  });

  it.each([
    ['of another version', 'version-unsupported', (line: string) => line.replace(BUNDLE_FORMAT, 'lodebook-evidence/9')],
    ['of another log', 'origin-mismatch', (line: string) => line.replace(/"origin":"[^"]+"/, '"origin":"other/log"')],
  ])('fails when it is %s', async (_, code, change) => {
    await expect(verify(withLine(0, change(lines()[0]!)), key)).rejects.toMatchObject({ code, line: 1 });
  });

  it('fails with a key that is not the log’s, and with a forged key in the file', async () => {
    const { origin } = JSON.parse(lines()[0]!) as { origin: string };
    const forged = formatVerifierKey(noteSigner(origin, new Uint8Array(32).fill(3)).key);
    await expect(verify(bundle, forged)).rejects.toMatchObject({ code: 'key-unknown', line: 1 });
    const header = lines()[0]!.replace(/"key":"[^"]+"/, `"key":"${forged}"`);
    await expect(verify(withLine(0, header), key)).rejects.toMatchObject({ code: 'key-unknown' });
    await expect(verify(withLine(0, header), forged)).rejects.toMatchObject({ code: 'signature-missing', line: 2 });
  });

  it('fails with proofs of another log', async () => {
    const other = await RunningLedger.start();
    const last = await auditedChain(other, 11);
    const theirs = text((await other.get('batches/ore-0/evidence', last)).body['text']).split('\n');
    await expect(verify(withLine(3, theirs[3]!), key)).rejects.toMatchObject({ line: 4 });
    await other.dispose();
  });

  it('is rejected early when it never ends', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield await Promise.resolve(Buffer.alloc(1 << 20, 0x5b));
    }
    await expect(verifyEvidence(endless, key, library)).rejects.toMatchObject({ code: 'line-too-long', line: 1 });
    await expect(verify(bundle, key, { bytes: 1_000 })).rejects.toMatchObject({ code: 'bundle-too-large' });
  });

  it('of the whole log verifies, with the digest of its replay', async () => {
    await ledger.ledger.audit.signedSize(BigInt(ledger.ledger.projector.logSize));
    const log = await openReadOnlyLog({ eventStoreUrl: 'sqlite:', dataFolder: ledger.folder });
    const source = await log.source();
    const request = { library, now: new Date().toISOString() };
    const { journal } = ledger.ledger.audit;
    const chunks: Uint8Array[] = [];
    for await (const chunk of await writeWholeLog(source, journal.last!, journal.ring, request)) chunks.push(chunk);
    const verified = await verify(Buffer.concat(chunks), key);
    const { digest, batches } = await replay(source, request);
    expect(verified.verdict).toEqual({ digest, batches });
    expect(verified.completeness.notProven).toEqual([]);
    const changed = Buffer.concat(chunks).toString().replace('assay misread', 'assay mislaid');
    await expect(verify(changed, key)).rejects.toMatchObject({ code: 'leaf-mismatch' });
    await log.close();
  });
});
