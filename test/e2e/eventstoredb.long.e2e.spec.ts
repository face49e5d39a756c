import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { canonicalText } from '#transparency';
import { recordLinesOf } from '../../apps/cli/src/import/import-lines.js';
import { throughDesk } from '../../apps/cli/src/import/through-desk.js';
import { lineGroupsOf } from '../../apps/server/src/index.js';
import { startEventStoreDbDouble, type EventStoreDbDouble } from '../eventstoredb-double/index.js';
import { DEMONSTRATION, run, temporaryFolder } from '../harness/cli.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { extracted, openTwoSites } from '../harness/two-sites.js';

/**
 * The records of a ledger by stream, without what differs from one recording to the next: its own clock, the salts, and the
 * order of sites that have nothing to do with each other.
 */
async function evidenceOf({ ledger }: RunningLedger): Promise<Map<string, string[]>> {
  const records = new Map<string, string[]>();
  for await (const event of ledger.store.readAll({ categories: ['organisation', 'site', 'attestation', 'concern'] })) {
    const metadata = { ...event.metadata, recordedAt: '', salt: '' };
    const record = JSON.parse(new TextDecoder().decode(event.record)) as object;
    const ofStream = records.get(event.stream) ?? [];
    records.set(event.stream, [...ofStream, canonicalText({ ...record, metadata })]);
  }
  return records;
}

describe('on EventStoreDB (a double that speaks its wire protocol)', () => {
  let double: EventStoreDbDouble;
  let variables: Record<string, string>;
  beforeAll(async () => {
    double = await startEventStoreDbDouble();
    variables = { LODEBOOK_EVENTSTORE_URL: double.url };
  });
  afterAll(() => double.stop());

  it('the demonstration chain gives the same log and the same answers as on the embedded store', async () => {
    const [embedded, distributed] = await Promise.all([RunningLedger.start(), RunningLedger.start(variables)]);
    for (const ledger of [embedded, distributed]) {
      const outcome = await recordLinesOf(lineGroupsOf(createReadStream(DEMONSTRATION)), throughDesk(ledger.desk));
      expect(outcome.refused).toEqual([]);
    }
    expect(await evidenceOf(distributed)).toEqual(await evidenceOf(embedded));
    for (const path of [
      'batches?limit=1000',
      'batches/anode-c',
      'batches/battery-5-b/provenance',
      'sites/great-bend-pack/shipments',
    ]) {
      const answers = await Promise.all(
        [embedded, distributed].map(async (ledger) => ledger.get(path, String(await ledger.ledger.store.head()))),
      );
      expect([answers[0]!.status, answers[1]!.body]).toEqual([200, answers[0]!.body]);
    }
    await Promise.all([embedded.dispose(), distributed.dispose()]);
  }, 180_000);

  it('a server starts again on its log, and its clock continues', async () => {
    const fresh = await startEventStoreDbDouble();
    const shared = { LODEBOOK_EVENTSTORE_URL: fresh.url };
    const first = await RunningLedger.start(shared);
    await openTwoSites(first);
    first.ledger.clock.notBefore('2099-01-01T00:00:00.000Z');
    await first.record('sites/pit/batches', extracted('before'));
    await first.stop();
    const second = await RunningLedger.start(shared, first.folder);
    const position = await second.record('sites/pit/splits', {
      batchId: 'before',
      parts: [{ batchId: 'after', grossGrams: 1 }],
    });
    expect((await second.get('batches/after', position)).status).toBe(200);
    for await (const { metadata } of second.ledger.store.readStream('site-pit', { direction: 'backwards', limit: 1 })) {
      expect(metadata['recordedAt']).toBe('2099-01-01T00:00:00.000Z');
    }
    await second.dispose();
    await fresh.stop();
  }, 60_000);

  it('two servers on one log give out an id once, and each sees what the other recorded', async () => {
    const fresh = await startEventStoreDbDouble();
    const shared = { LODEBOOK_EVENTSTORE_URL: fresh.url };
    const [one, two] = await Promise.all([RunningLedger.start(shared), RunningLedger.start(shared)]);
    await openTwoSites(one);
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all([
        one.post('sites/pit/batches', extracted(`raced-${round}`)),
        two.post('sites/pit/batches', extracted(`raced-${round}`)),
        two.post('sites/works/batches', { ...extracted(`raced-${round}`), origin: { kind: 'undocumented' } }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    }
    await one.record('sites/pit/batches', extracted('of-one'));
    const label = { batchId: 'of-one', labelId: 'l', standard: 'gs1-128', carrier: 'barcode', value: 'x' };
    expect((await two.post('sites/pit/labels', label)).status).toBe(201); // its account is behind: it reads the log again
    expect((await one.post('sites/pit/labels', label)).status).toBe(409);
    // 30 commands consume 50 kg each of a batch of 1,000 kg, at both servers at once: 20 can succeed.
    await one.record('sites/pit/batches', extracted('shared'));
    const wishes = Array.from({ length: 30 }, (_, wish) => ({
      batchId: 'shared',
      grossGrams: 50_000,
      productId: `p-${wish}`,
    }));
    const given = await Promise.all(
      wishes.map((wish, index) => (index % 2 === 0 ? one : two).post('sites/pit/consumptions', wish)),
    );
    expect(given.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(new Set(given.map(({ status }) => status))).toEqual(new Set([201, 422]));
    await Promise.all([one.dispose(), two.dispose()]);
    await fresh.stop();
  }, 120_000);

  it.each([
    ['too old', { version: '22.10.5.0' }, /EventStoreDB 23\.10 or later is needed, .* EventStoreDB 22\.10\.5\.0/],
    ['rejecting the password', { users: { ledger: { password: 'right' } } }, /does not know the user or password/],
    ['denying access', { users: { ledger: { password: 'wrong' } } }, /denies this to the user/],
  ])(
    'a server that is %s is refused at the start, with a clear message',
    async (_, options, words) => {
      const other = await startEventStoreDbDouble(options);
      const folder = await temporaryFolder();
      const url = 'users' in options ? other.url.replace('://', '://ledger:wrong@') : other.url;
      const { code, stderr } = await run(['serve'], { LODEBOOK_DATA: folder, LODEBOOK_EVENTSTORE_URL: url });
      expect([code, stderr]).toEqual([1, expect.stringMatching(words)]);
      expect(stderr).not.toMatch(/wrong@|\n\s+at /);
      await other.stop();
      await rm(folder, { recursive: true });
    },
    60_000,
  );
});
