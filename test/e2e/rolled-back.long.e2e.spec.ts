import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, cpSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { run, serverProcess, temporaryFolder, type ServerProcess } from '../harness/cli.js';

describe('a ledger', () => {
  let place: string;
  let data: string;
  beforeEach(async () => {
    place = await temporaryFolder();
    data = join(place, 'data');
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  const register = async ({ url, key }: ServerProcess, organisationId: string): Promise<void> => {
    const answer = await fetch(`${url}/v1/organisations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ organisationId, name: 'O', country: 'JP', roles: ['miner'] }),
    });
    expect(answer.status).toBe(201);
  };
  const checkpointAt = async ({ url }: ServerProcess, size: number): Promise<string> => {
    for (let tries = 0; tries < 300; tries++) {
      const text = await (await fetch(`${url}/v1/audit/checkpoint`)).text();
      if (text.split('\n')[1] === String(size)) return text;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no checkpoint over ${size} events was signed`);
  };

  it('that was rolled back with its whole folder is detected by a checkpoint kept elsewhere', async () => {
    const first = await serverProcess({ LODEBOOK_DATA: data });
    await register(first, 'one');
    await checkpointAt(first, 1);
    await first.stop();
    const copy = join(place, 'copy');
    cpSync(data, copy, { recursive: true });
    const second = await serverProcess({ LODEBOOK_DATA: data });
    await register(second, 'two');
    const note = await checkpointAt(second, 2);
    await second.stop();
    const kept = join(place, 'kept.txt');
    writeFileSync(kept, note);
    const args = ['--trusted-checkpoint', kept];

    const sound = await serverProcess({ LODEBOOK_DATA: data }, args);
    await sound.stop();
    expect(sound.output()).toMatch(/"events":2,"signed":2,"trusted":\[2\]/);

    rmSync(data, { recursive: true });
    cpSync(copy, data, { recursive: true });
    const says = 'it has 1 events, and had 2 when the trusted checkpoint was signed';
    const refused = await run(['serve', ...args], { LODEBOOK_DATA: data });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(says)]);

    const witness = createServer((_, answer) => answer.end(note)).listen(0, '127.0.0.1');
    await new Promise((resolve) => witness.once('listening', resolve));
    const address = `http://127.0.0.1:${(witness.address() as { port: number }).port}/`;
    const byWitness = await run(['serve', '--trusted-checkpoint', address], { LODEBOOK_DATA: data });
    await new Promise((resolve) => witness.close(resolve));
    expect([byWitness.code, byWitness.stderr]).toEqual([1, expect.stringContaining(says)]);
    expect((await run(['serve', '--trusted-checkpoint', address], { LODEBOOK_DATA: data })).code).toBe(1);

    const another = await serverProcess({ LODEBOOK_DATA: data }); // without the checkpoint: the log forks
    await register(another, 'three');
    await checkpointAt(another, 2);
    await another.stop();
    const forked = await run(['serve', ...args], { LODEBOOK_DATA: data });
    expect([forked.code, forked.stderr]).toEqual([1, expect.stringContaining('is not the one that was signed')]);
    const anew = await run(['serve', ...args], { LODEBOOK_DATA: join(place, 'new') });
    expect([anew.code, anew.stderr]).toEqual([1, expect.stringContaining('never had a key')]);
  }, 240_000);

  it('makes its files readable by their owner only, corrects those that others can read, and says so', async () => {
    const server = await serverProcess({ LODEBOOK_DATA: data });
    await register(server, 'one');
    await server.stop();
    const open = (): string[] =>
      ['.', ...readdirSync(data)].filter((name) => (statSync(join(data, name)).mode & 0o077) !== 0);
    expect(open()).toEqual([]);
    chmodSync(data, 0o755);
    for (const name of ['signing-key.pem', 'ledger.db']) chmodSync(join(data, name), 0o644);
    const again = await serverProcess({ LODEBOOK_DATA: data });
    await again.stop();
    expect(open()).toEqual([]);
    for (const path of [data, join(data, 'signing-key.pem'), join(data, 'ledger.db')])
      expect(again.output()).toContain(`"path":"${path}"`);
    const backup = join(place, 'backup');
    expect((await run(['backup', backup], { LODEBOOK_DATA: data })).code).toBe(0);
    for (const name of readdirSync(backup)) expect(statSync(join(backup, name)).mode & 0o077).toBe(0);
  }, 120_000);
});
