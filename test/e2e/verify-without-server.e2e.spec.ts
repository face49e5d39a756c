import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { auditedChain } from '../harness/audited-chain.js';
import { run, temporaryFolder } from '../harness/cli.js';
import { RunningLedger } from '../harness/running-ledger.js';

const TELLS_MODULES = pathToFileURL(join(import.meta.dirname, '../harness/loaded-modules.mjs')).href;
const OF_A_SERVER = ['@nestjs/common', '@nestjs/core', 'class-validator', 'fastify'];

describe('lodebook verify', () => {
  let folder: string;
  let key: string;
  let bundle: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    const ledger = await RunningLedger.start();
    try {
      const position = await auditedChain(ledger);
      key = (await ledger.get('audit/keys')).body['first'] as unknown as string;
      bundle = join(folder, 'ore-0.ndjson');
      writeFileSync(bundle, (await ledger.get('batches/ore-0/evidence', position)).body['text'] as unknown as string);
    } finally {
      await ledger.dispose();
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** The packages and the server's files that a command loads. */
  async function loadedBy(name: string, args: readonly string[]): Promise<{ packages: string[]; server: string[] }> {
    const file = join(folder, name);
    const ended = await run(args, { NODE_OPTIONS: `--import ${TELLS_MODULES}`, LOADED_MODULES: file });
    expect(ended).toMatchObject({ code: 0 });
    const modules = readFileSync(file, 'utf8').split('\n');
    const packages = modules.flatMap((each) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(each)?.[1] ?? []);
    return { packages: [...new Set(packages)], server: modules.filter((each) => each.includes('/apps/server/')) };
  }

  it('checks a bundle without loading Nest, Fastify or any file of the server', async () => {
    const { packages, server } = await loadedBy('verify', ['verify', bundle, '--key', key]);
    expect(packages).toContain('commander');
    expect(packages.filter((name) => OF_A_SERVER.includes(name) || name.startsWith('@nestjs/'))).toEqual([]);
    expect(server).toEqual([]);
  });

  it('would be caught loading them, as a command that runs a server is', async () => {
    const { packages, server } = await loadedBy('serve', ['serve', '--help']);
    expect(packages).toEqual(expect.arrayContaining(OF_A_SERVER));
    expect(server).not.toEqual([]);
  });
});
