import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClaimsVerdict } from '#claims';
import { canonicalText, encodeBase64, leafHash, rootOf } from '#transparency';
import { verifyEvidence, type VerifiedEvidence } from '#audit';
import { ProgrammeLibrary, PROGRAMMES_FOLDER } from '#programmes';
import { run } from '../harness/cli.js';
import { bearer, RunningLedger, type Answer } from '../harness/running-ledger.js';
import { AT, extracted, openTwoSites, vouchForThePit } from '../harness/two-sites.js';

type Line = Record<string, unknown>;

const library = ProgrammeLibrary.load(PROGRAMMES_FOLDER);
// One of its claims is about the country, which is withheld.
const PROGRAMME = 'us-ira-30d';
const VALID_AT = '2026-06-01T00:00:00.000Z';
const TRANSPORT = 'convoy-ZEBRA-7-via-Tanami';
const LABORATORY = 'Assayers-QUOKKA-and-Sons';
const basis = { legalBasis: 'security-exception', until: '2099-01-01T00:00:00.000Z' };

describe('evidence that includes disclosures', () => {
  let ledger: RunningLedger;
  let position: string;
  let logKey: string;
  let own: string;
  let other: string;
  let disclosed: string;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
    await vouchForThePit(ledger);
    own = await ledger.issueKey('wombat', 'custodian');
    other = await ledger.issueKey('hokuto', 'custodian');
    const withheld = [{ path: '/origin/country', ...basis }];
    await ledger.record('sites/pit/batches', {
      ...extracted('ore'),
      occurredAt: '2025-06-01T00:00:00.000Z',
      withheld,
    });
    await ledger.record('sites/pit/assays', {
      batchId: 'ore',
      contentGrams: { lithium: 28_000 },
      method: 'ICP-OES',
      laboratory: LABORATORY,
      occurredAt: AT(3),
      withheld: [{ path: '/laboratory', legalBasis: 'trade-secret', until: '2020-01-01T00:00:00.000Z' }],
    });
    await ledger.record('sites/pit/dispatches', {
      shipmentId: 's-1',
      consigneeSiteId: 'works',
      batchIds: ['ore'],
      transport: TRANSPORT,
      tradeTerms: { exportDuty: false, quantitativeRestriction: false },
      occurredAt: AT(4),
      withheld: [
        { path: '/transport', ...basis },
        { path: '/tradeTerms', ...basis },
      ],
    });
    position = await ledger.record('sites/works/receipts', {
      shipmentId: 's-1',
      batches: [{ batchId: 'ore', grossGrams: 1_000_000, labels: [] }],
      occurredAt: AT(20),
    });
    logKey = (await ledger.get('audit/keys')).body['first'] as unknown as string;
    disclosed = textOf(await evidence(own, '&disclosures=true'));
  });
  afterAll(() => rm(ledger.folder, { recursive: true, force: true }));

  function read(key: string, path: string): Promise<Answer> {
    return ledger.request('GET', `/v1/${path}`, undefined, { ...bearer(key), 'ledger-position': position });
  }
  function evidence(key: string, more = ''): Promise<Answer> {
    return read(key, `batches/ore/evidence?programme=${PROGRAMME}&validAt=${VALID_AT}${more}`);
  }
  function textOf({ status, body }: Answer): string {
    expect([status, body]).toEqual([200, { text: expect.any(String) }]);
    return body['text'] as unknown as string;
  }
  const linesOf = (text: string): Line[] => {
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Line);
  };
  const openedIn = (text: string): Line[] => linesOf(text).filter(({ kind }) => kind === 'disclosure');
  function verify(text: string): Promise<VerifiedEvidence> {
    return verifyEvidence(
      async function* () {
        yield await Promise.resolve(Buffer.from(text));
      },
      logKey,
      library,
    );
  }
  const judged = ({ verdict }: VerifiedEvidence): ClaimsVerdict => (verdict as [ClaimsVerdict])[0];
  function forged(change: (lines: Line[]) => void): string {
    const lines = linesOf(disclosed).slice(0, -1);
    change(lines);
    const texts = lines.map((line) => canonicalText(line));
    const root = encodeBase64(rootOf(texts.map((line) => leafHash(Buffer.from(line)))));
    texts.push(canonicalText({ kind: 'end', lines: String(texts.length), root }));
    return texts.map((line) => `${line}\n`).join('');
  }
  const opening = (lines: Line[], path: string): Line => lines.find((line) => line['path'] === path)!;

  it('has the disclosures that its reader may see, and verdicts based on them', async () => {
    const verified = await verify(disclosed);
    expect(verified.disclosures).toBe(4n);
    expect(openedIn(disclosed).map(({ path, value }) => [path, value])).toEqual([
      ['/origin/country', 'AU'],
      ['/laboratory', LABORATORY],
      ['/tradeTerms', { exportDuty: false, quantitativeRestriction: false }],
      ['/transport', TRANSPORT],
    ]);
    const { body } = await read(own, `batches/ore/claims?programme=${PROGRAMME}&validAt=${VALID_AT}`);
    const { knownAt, explanations, ...asked } = body;
    expect([knownAt, explanations]).not.toContain(undefined);
    expect(judged(verified)).toEqual(asked);
    expect(judged(verified).verdict).toBe('holds');
  });

  it('has none, and verdicts without them, unless they are requested', async () => {
    for (const more of ['', '&disclosures=false']) {
      const text = textOf(await evidence(own, more));
      expect(text).not.toContain(TRANSPORT);
      const verified = await verify(text);
      expect(verified.disclosures).toBe(0n);
      expect(judged(verified)).toMatchObject({ verdict: 'unproven', reasons: [{ because: 'withheld' }] });
    }
    expect((await evidence(own, '&disclosures=yes')).status).toBe(400);
  });

  it('has for others only disclosures whose withholding has expired', async () => {
    const text = textOf(await evidence(other, '&disclosures=true'));
    expect(openedIn(text).map(({ path }) => path)).toEqual(['/laboratory']);
    expect(text).not.toContain(TRANSPORT);
    // It does not see who controls the mine's owner: a partial bundle claims no verdict.
    expect((await verify(text)).verdict).toBeNull();
  });

  it.each<[string, string, string, (lines: Line[]) => void]>([
    ['a wrong value', 'commitment-mismatch', 'value', (lines) => (opening(lines, '/transport')['value'] = 'by rail')],
    [
      'a wrong salt',
      'commitment-mismatch',
      'value',
      (lines) => (opening(lines, '/transport')['salt'] = 'A'.repeat(22)),
    ],
    [
      'a value without a commitment',
      'commitment-malformed',
      'path',
      (lines) => (opening(lines, '/origin/country')['path'] = '/origin/kind'),
    ],
    [
      'the one missing that a verdict rests on',
      'verdict-mismatch',
      expect.stringMatching(/^verdict/) as unknown as string,
      (lines) => lines.splice(lines.indexOf(opening(lines, '/origin/country')), 1),
    ],
  ])('fails with %s, naming the place', async (_, code, field, change) => {
    const failure = { name: 'BundleError', code, field, line: expect.any(Number) };
    await expect(verify(forged(change))).rejects.toMatchObject(failure);
  });

  it('is written by `lodebook export --disclosures` for the operator of the folder', async () => {
    const file = join(ledger.folder, 'disclosed.ndjson');
    await ledger.stop();
    const asked = ['--programme', PROGRAMME, '--valid-at', VALID_AT, '--disclosures'];
    const exported = await run(['export', 'ore', ...asked, '-o', file], { LODEBOOK_DATA: ledger.folder });
    expect([exported.code, exported.stderr]).toEqual([0, '']);
    expect(openedIn(readFileSync(file, 'utf8'))).toEqual(openedIn(disclosed));
    const verified = await run(['verify', file, '--key', logKey]);
    expect(verified.stdout).toContain('disclosed    4 withheld values are those committed to');
    expect(verified.code).toBe(0);
  }, 120_000);
});
