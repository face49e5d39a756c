import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { readFileSync, writeFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEMONSTRATION, run, temporaryFolder } from '../harness/cli.js';

const BATCH = 'battery-5-b';

interface Report {
  readonly events: number;
  readonly digest: string;
  readonly root: string;
}

/** Runs a regulator's commands as processes, on the demonstration chain. */
describe('on the command line', () => {
  let folder: string;
  let data: string;
  let bundle: string;
  let key: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    data = join(folder, 'data');
    bundle = join(folder, 'bundle.ndjson');
    expect((await run(['import', DEMONSTRATION], { LODEBOOK_DATA: data })).code).toBe(0);
    expect(await lodebook('export', BATCH, '--output', bundle)).toMatchObject({ code: 0, stdout: '' });
    key = (JSON.parse(readFileSync(bundle, 'utf8').split('\n')[0]!) as { key: string }).key;
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const lodebook = (...args: string[]): ReturnType<typeof run> => run(args, { LODEBOOK_DATA: data });
  const replayed = async (...args: string[]): Promise<Report> => {
    const { code, stdout, stderr } = await lodebook('replay', '--json', ...args);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('lodebook:')]);
    return JSON.parse(stdout) as Report;
  };

  it('verify accepts what export wrote, without a ledger', async () => {
    const elsewhere = { LODEBOOK_DATA: join(folder, 'nothing') };
    const verified = await run(['verify', bundle, '--key', key, '--json'], elsewhere);
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({ verified: true, mode: 'batch', subject: { batchId: BATCH } });
    const shown = await run(['verify', bundle, '--key', key], elsewhere);
    expect(shown.stdout).toMatch(/battery-5-b +eu-battery-2023-1542@1 at .*: \w+/);
  });

  it('verify fails with one byte changed, naming the line, and under another key', async () => {
    const text = readFileSync(bundle, 'utf8');
    const changed = join(folder, 'changed.ndjson');
    const line = 5;
    const at = text.split('\n').slice(0, line).join('\n').length + 40;
    writeFileSync(changed, text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1));
    const failed = await lodebook('verify', changed, '--key', key, '--json');
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({ verified: false, line: line + 1 });
    expect(failed.stderr).toContain(`line ${line + 1}`);
    const forged = await lodebook('verify', bundle, '--key', key.replace(/.....$/, 'AAAAA'));
    expect([forged.code === 1 || forged.code === 2, forged.stdout]).toEqual([true, '']);
  });

  it('replay gives the same digest from the folder and from a file of the whole log, and stops where told', async () => {
    const whole = join(folder, 'whole.ndjson');
    expect((await lodebook('export', '--whole-log', '--output', whole)).code).toBe(0);
    const direct = await replayed();
    expect(await replayed()).toEqual(direct);
    expect(await replayed('--from', whole, '--key', key)).toMatchObject({
      digest: direct.digest,
      root: direct.root,
      events: direct.events,
    });
    const until = await replayed('--until', '700');
    expect(until.events).toBe(701);
    expect(until.digest).not.toBe(direct.digest);
    expect((await lodebook('verify', whole, '--key', key)).stdout).toContain(direct.digest);
  });

  it.each([
    [['replay', '--until', '2999-01-01T00:00:00.000Z'], 2, 'has not come yet'],
    [['replay', '--until', '999999'], 2, 'There is no event 999999 yet'],
    [['replay', '--until', 'yesterday'], 2, 'RFC 3339'],
    [['replay', '--until', '2020-01-01T00:00:00.000Z'], 1, 'its first event was recorded at'],
    [['replay', '--programme', 'no-such'], 2, 'no programme no-such'],
    [['replay', '--from', 'no-such-file'], 2, 'there is no file'],
    [['verify', 'no-such-file', '--key', 'none'], 2, 'there is no file'],
    [['verify', DEMONSTRATION, '--key', 'none'], 2, 'no verifier key'],
    [['export'], 2, 'name a batch'],
    [['export', 'no-such-batch'], 1, 'no-such-batch'],
    [['export', 'b', '--url', 'http://127.0.0.1:1'], 2, 'of a role that reads custody (custodian, reader, regulator)'],
    [['fsck', '--key', 'none'], 2, 'no verifier key'],
  ])('%s is refused', async (args, code, says) => {
    const ended = await lodebook(...args);
    expect(ended.stderr).toContain(says);
    expect(ended.code).toBe(code);
    expect(ended.stdout).toBe('');
  });

  it('verify fails on a file that is not a bundle', async () => {
    const ended = await lodebook('verify', DEMONSTRATION, '--key', key);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/lodebook: [a-z-]+: /);
  });

  it('fsck finds nothing wrong, and reports the first wrong index after a record was changed', async () => {
    const sound = await lodebook('fsck', '--json', '--key', key);
    expect([sound.code, JSON.parse(sound.stdout)]).toMatchObject([0, { findings: [], firstWrongIndex: null }]);
    const altered = join(folder, 'altered');
    await cp(data, altered, { recursive: true });
    const database = new Database(join(altered, 'ledger.db'));
    const row = database
      .prepare(`SELECT position, record FROM events WHERE category = 'site' ORDER BY position LIMIT 1 OFFSET 300`)
      .get() as { position: number; record: Buffer };
    const changed = Buffer.from(row.record.toString().replace('"occurredAt":"2', '"occurredAt":"1'));
    database.prepare('UPDATE events SET record = ? WHERE position = ?').run(changed, row.position);
    const earlier = database
      .prepare<[number], number>(
        `SELECT count(*) FROM events WHERE position < ? AND category NOT IN ('administrator', 'checkpoint')`,
      )
      .pluck()
      .get(row.position)!;
    database.close();
    const found = await run(['fsck'], { LODEBOOK_DATA: altered });
    expect(found.code).toBe(1);
    expect(found.stdout).toContain(`first wrong index: ${earlier}`);
    expect(found.stderr).toContain(`event ${earlier} is not the one that was signed`);
  });
});
