import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStore, type EventStore } from '#event-store';
import { startEventStoreDbDouble, type EventStoreDbDouble } from '../eventstoredb-double/index.js';
import { run } from '../harness/cli.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { extracted, openTwoSites } from '../harness/two-sites.js';

/** Name and contents of each file, without SQLite's auxiliary files and the ledger's lock. */
function contentsOf(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => !/-(?:wal|shm|lock)$/.test(name));
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

async function recorded(variables: Record<string, string>): Promise<string> {
  const ledger = await RunningLedger.start(variables);
  await openTwoSites(ledger);
  await ledger.get('batches/ore', await ledger.record('sites/pit/batches', extracted('ore')));
  await ledger.stop();
  return ledger.folder;
}

async function copyOf(from: EventStore, to: EventStore): Promise<void> {
  for await (const { stream, revision, id, type, data, metadata } of from.readAll()) {
    await to.append(stream, [{ id, type, data, metadata }], revision === 0n ? 'no-stream' : revision - 1n);
  }
}

describe('a data folder knows its log', () => {
  let double: EventStoreDbDouble;
  let other: EventStoreDbDouble;
  let empty: EventStoreDbDouble;
  let work: string;
  let onServer: string;
  let embedded: string;
  let otherEmbedded: string;
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'lodebook-identity-'));
    writeFileSync(join(work, 'lines.ndjson'), '{"command":"batches","site":"pit","body":{}}\n');
    [double, other, empty] = await Promise.all([
      startEventStoreDbDouble(),
      startEventStoreDbDouble(),
      startEventStoreDbDouble(),
    ]);
    onServer = await recorded({ LODEBOOK_EVENTSTORE_URL: double.url });
    await rm(await recorded({ LODEBOOK_EVENTSTORE_URL: other.url }), { recursive: true });
    [embedded, otherEmbedded] = [await recorded({}), await recorded({})];
  }, 60_000);
  afterAll(async () => {
    await Promise.all([double, other, empty].map((each) => each.stop()));
    for (const folder of [work, onServer, embedded, otherEmbedded]) await rm(folder, { recursive: true, force: true });
  });

  const commands = (): [string, string[]][] => [
    ['serve', ['serve']],
    ['export', ['export', 'ore']],
    ['export --whole-log', ['export', '--whole-log']],
    ['replay', ['replay']],
    ['fsck', ['fsck']],
    ['import', ['import', join(work, 'lines.ndjson')]],
    ['backup', ['backup', join(work, 'backup')]],
  ];

  /** @param only some commands; by default one of each kind: they open a log as its owner, a reader or an examiner */
  async function refuses(
    folder: string,
    variables: Record<string, string>,
    only = ['serve', 'replay', 'fsck'],
  ): Promise<void> {
    const before = contentsOf(folder);
    for (const [name, args] of commands()) {
      if (!only.includes(name)) continue;
      const { code, stderr } = await run(args, { ...variables, LODEBOOK_DATA: folder });
      expect({ name, code, names: /LODEBOOK_EVENTSTORE_URL.*LODEBOOK_DATA/s.test(stderr) }).toEqual({
        name,
        code: 1,
        names: true,
      });
      expect(stderr).not.toContain('ALARM');
      expect({ name, files: contentsOf(folder) }).toEqual({ name, files: before });
    }
  }

  it('refuses to create an empty ledger.db when its log is on EventStoreDB, whatever the command', async () => {
    const all = commands().map(([name]) => name);
    await refuses(onServer, {}, all);
  }, 120_000);

  it('refuses another server, empty or not, and records nothing there', async () => {
    const sizes = (): number[] => [other, empty].map(({ log }) => log.all.length);
    const before = sizes();
    for (const { url } of [other, empty]) await refuses(onServer, { LODEBOOK_EVENTSTORE_URL: url });
    expect(sizes()).toEqual(before);
  }, 120_000);

  it('refuses a server when its log is in ledger.db', async () => {
    await refuses(embedded, { LODEBOOK_EVENTSTORE_URL: empty.url }, ['serve', 'fsck', 'backup']);
  }, 60_000);

  it('refuses the ledger.db of another folder', async () => {
    await refuses(embedded, { LODEBOOK_EVENTSTORE_URL: `sqlite:${join(otherEmbedded, 'ledger.db')}` });
    const exchanged = join(work, 'exchanged');
    cpSync(embedded, exchanged, { recursive: true });
    cpSync(join(otherEmbedded, 'ledger.db'), join(exchanged, 'ledger.db'));
    await refuses(exchanged, {}, ['serve', 'fsck', 'backup']);
  }, 120_000);

  it('accepts a copy of its log, on the other engine too, and recognises it from then on', async () => {
    const folder = join(work, 'moved');
    cpSync(embedded, folder, { recursive: true });
    const moved = await startEventStoreDbDouble();
    const [from, to] = await Promise.all([
      openEventStore('sqlite:', { dataFolder: folder }),
      openEventStore(moved.url, { dataFolder: folder }),
    ]);
    await copyOf(from, to);
    await Promise.all([from.close(), to.close()]);
    await rm(join(folder, 'ledger.db'));
    const ledger = await RunningLedger.start({ LODEBOOK_EVENTSTORE_URL: moved.url }, folder);
    expect((await ledger.get('batches/ore', String(await ledger.ledger.store.head()))).status).toBe(200);
    await ledger.stop();
    const { code, stdout } = await run(['fsck'], { LODEBOOK_DATA: folder, LODEBOOK_EVENTSTORE_URL: moved.url });
    expect([code, stdout]).toEqual([0, expect.stringContaining('sound')]);
    expect((await run(['fsck'], { LODEBOOK_DATA: folder })).stderr).toContain('on EventStoreDB');
    await moved.stop();
  }, 60_000);
});
