import { afterEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, serverProcess, temporaryFolder } from '../harness/cli.js';

const folders: string[] = [];
const folder = async (): Promise<string> => {
  const made = await temporaryFolder();
  folders.push(made);
  return made;
};
afterEach(async () => {
  for (const made of folders.splice(0)) await rm(made, { recursive: true, force: true });
});

const ON_EVENTSTOREDB = { LODEBOOK_EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' };
const OIDC = { LODEBOOK_OIDC_ISSUER: 'https://id.example.org', LODEBOOK_OIDC_AUDIENCE: 'ledger' };

/** Invalid values of each variable, with other variables that must be set, and the exit code if it is not 2. */
const WRONG: Record<string, readonly [value: string, others?: Record<string, string>, code?: number][]> = {
  LODEBOOK_DATA: [['/dev/null/data', {}, 1]],
  LODEBOOK_HOST: [['192.0.2.1', {}, 1]],
  LODEBOOK_PORT: [['eighty'], ['65536'], ['-1']],
  LODEBOOK_EVENTSTORE_URL: [['mysql://x'], ['ledger.db']],
  LODEBOOK_VIEWS_URL: [['file:x'], ['sqlite:/tmp/views.db']],
  LODEBOOK_ADMIN_KEY: [['two words'], ['schlüssel']],
  LODEBOOK_SIGNING_KEY: [
    ['/no/such/file.pem'],
    ['/etc/hostname'],
    [generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string],
  ],
  LODEBOOK_STREAM_PREFIX: [['west'], ['two words', ON_EVENTSTOREDB], ['site', ON_EVENTSTOREDB]],
  LODEBOOK_SCHEMES: [['/no/such/folder'], ['/etc/hostname']],
  LODEBOOK_TRUST_PROXY: [['proxy.example.org'], ['10.0.0.0/33']],
  LODEBOOK_RATE_LIMIT: [['many'], ['-1']],
  LODEBOOK_RATE_LIMIT_ADDRESS: [['1.5']],
  LODEBOOK_RATE_LIMIT_PUBLIC: [['few']],
  LODEBOOK_RATE_LIMIT_FAILED: [['1e3']],
  LODEBOOK_MAX_CONNECTIONS: [['many']],
  LODEBOOK_MAX_CONNECTIONS_ADDRESS: [['many']],
  LODEBOOK_OIDC_ISSUER: [
    ['http://id.example.org', OIDC],
    ['https://id.example.org', { LODEBOOK_OIDC_AUDIENCE: '' }],
  ],
  LODEBOOK_OIDC_AUDIENCE: [['ledger']],
  LODEBOOK_OIDC_TOKEN_TYPE: [['id+jwt', OIDC]],
  LODEBOOK_OIDC_CLIENT_ID: [['console']],
  LODEBOOK_OIDC_SCOPE: [
    ['openid', OIDC],
    ['openid  email', { ...OIDC, LODEBOOK_OIDC_CLIENT_ID: 'console' }],
  ],
};

describe('the configuration', () => {
  it('is tested here with wrong values of every variable in the table of the documentation', () => {
    const table = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
    const documented = [...table.matchAll(/^\| `(LODEBOOK_[A-Z_]+)`/gm)].map(([, name]) => name!);
    expect(Object.keys(WRONG).sort()).toEqual(documented.sort());
  });

  it.each([
    [
      'a wrong field',
      'own-audit',
      { assurance: 'brotherly' },
      'assurance: must be one of third-party, second-party, self',
    ],
    ['an unknown field', 'own-audit', { validity: 3 }, 'validity: is unknown'],
    ['another name', 'other-audit', {}, 'holds own-audit.json: name the file so'],
    ['the id of one that comes with the ledger', 'irma', { id: 'irma' }, 'irma comes with the ledger'],
  ])(
    'stops the start on an attestation scheme with %s, with its file and the place in it',
    async (_, name, change, said) => {
      const schemes = await folder();
      const scheme = {
        id: 'own-audit',
        title: 'Audit',
        source: 'https://example.org/',
        assurance: 'second-party',
        covers: ['water'],
        longestValidityMonths: 12,
        longestBackdatingMonths: 3,
      };
      await writeFile(join(schemes, `${name}.json`), JSON.stringify({ ...scheme, ...change }));
      const ended = await run(['serve'], { LODEBOOK_DATA: await folder(), LODEBOOK_SCHEMES: schemes });
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain('LODEBOOK_SCHEMES');
      expect(ended.stderr).toContain(join(schemes, `${name}.json`));
      expect(ended.stderr).toContain(said);
    },
  );

  it.each(Object.keys(WRONG))('stops the start, with its name, on a wrong %s', async (name) => {
    for (const [value, others = {}, code = 2] of WRONG[name]!) {
      const ended = await run(['serve'], { LODEBOOK_DATA: await folder(), ...others, [name]: value });
      // An issuer without an audience, or the reverse, may be reported under either name.
      const named = name.startsWith('LODEBOOK_OIDC_') ? 'LODEBOOK_OIDC_' : name;
      expect([value, ended.code, ended.stderr]).toEqual([value, code, expect.stringContaining(named)]);
    }
  });

  it('stops every command on an unknown variable, and suggests the one that may be meant', async () => {
    const variables = { LODEBOOK_DATA: await folder(), LODEBOOK_SIGNING_KEYS: 'x' };
    for (const command of [['serve'], ['fsck'], ['import', '-'], ['backup', join(await folder(), 'b')]]) {
      const { code, stderr } = await run(command, variables);
      expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean LODEBOOK_SIGNING_KEY?')]);
    }
  });

  it('stops the start on a signing key that the log does not know', async () => {
    const data = await folder();
    await (await serverProcess({ LODEBOOK_DATA: data })).stop();
    const path = join(await folder(), 'other.pem');
    const { privateKey } = generateKeyPairSync('ed25519');
    await writeFile(path, privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const { code, stderr } = await run(['serve'], { LODEBOOK_DATA: data, LODEBOOK_SIGNING_KEY: path });
    expect([code, stderr]).toEqual([2, expect.stringContaining('LODEBOOK_SIGNING_KEY is a key that this log')]);
  });
});
