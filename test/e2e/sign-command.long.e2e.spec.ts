import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { erasureCommand } from '#signing';
import { run, type Ended } from '../harness/cli.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { originOf, signatureFor } from '../harness/signing.js';
import { extracted, openTwoSites } from '../harness/two-sites.js';

const SEED = new Uint8Array(32).fill(9);
/** PKCS #8 of an Ed25519 key: RFC 8410, section 7. */
const PEM = `-----BEGIN PRIVATE KEY-----\n${Buffer.concat([
  Buffer.from('302e020100300506032b657004220420', 'hex'),
  SEED,
]).toString('base64')}\n-----END PRIVATE KEY-----\n`;

describe('lodebook sign', () => {
  let ledger: RunningLedger;
  let key: string;
  let lines: string;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
    await ledger.ledger.audit.signedSize(1n);
    key = join(ledger.folder, 'key.pem');
    writeFileSync(key, PEM);
    lines = join(ledger.folder, 'lines.ndjson');
    writeFileSync(lines, JSON.stringify({ site: 'pit', command: 'batches', body: extracted('signed') }));
  });
  afterAll(() => ledger.dispose());

  const sign = (...options: string[]): Promise<Ended> => run(['sign', '--key', key, ...options], {});
  const organisation = ['--organisation', 'wombat'];

  it('prints the body that registers a key, and signs for the ledger it asks and the organisation', async () => {
    const url = ['--url', ledger.url];
    const { stdout, code } = await sign(...organisation, ...url, '--public');
    expect(code).toBe(0);
    await ledger.record('organisations/wombat/signing-keys', JSON.parse(stdout));
    const signed = await sign(...organisation, ...url, lines);
    expect(signed.code).toBe(0);
    const { body, signature } = JSON.parse(signed.stdout) as { body: unknown; signature: string };
    await ledger.record('sites/pit/batches', body, { 'lodebook-signature': signature });
  });

  it('signs the same without a network when the ledger is named', async () => {
    const named = await sign(...organisation, '--ledger', originOf(ledger), lines);
    expect(named.stdout).toBe((await sign(...organisation, '--url', ledger.url, lines)).stdout);
    const elsewhere = await sign(...organisation, '--ledger', 'lodebook/elsewhere', lines);
    expect([elsewhere.code, elsewhere.stdout === named.stdout]).toEqual([0, false]);
  });

  it('signs an erasure', async () => {
    const event = '00000000-0000-4000-8000-000000000000';
    const erasure = await sign(...organisation, '--ledger', originOf(ledger), '--key-id', 'w', '--erase', event);
    const expected = signatureFor(ledger, 'wombat', erasureCommand(event), { keyId: 'w', seed: SEED });
    expect(erasure).toMatchObject({ code: 0, stdout: `${expected}\n` });
  });

  it('signs nothing when the ledger is not given, cannot be reached or is not the one named', async () => {
    expect(await sign(...organisation, lines)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('--ledger'),
    });
    const other = await sign(...organisation, '--ledger', 'lodebook/elsewhere', '--url', ledger.url, lines);
    expect([other.code, other.stdout]).toEqual([1, '']);
    expect(other.stderr).toContain(`is ${originOf(ledger)}, not lodebook/elsewhere`);
    const nobody = await sign(...organisation, '--url', 'http://127.0.0.1:9', lines);
    expect([nobody.code, nobody.stdout]).toEqual([1, '']);
  });
});
