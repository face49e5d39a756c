import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pino } from 'pino';
import { erasureCommand } from '#signing';
import { encodeBase64Url } from '#transparency';
import { fsck, replay, storeSource, type FsckReport } from '#audit';
import { readConfiguration } from '../../apps/server/src/index.js';
import { ADMINISTRATOR_KEY, bearer, RunningLedger, type Answer } from '../harness/running-ledger.js';
import { signatureFor, signingKeyOf } from '../harness/signing.js';
import { AT, extracted, openTwoSites } from '../harness/two-sites.js';

const UNTIL = '2099-01-01T00:00:00.000Z';
const PAST = '2020-01-01T00:00:00.000Z';
const TRUE = 'convoy-ZEBRA-7-via-Tanami';
const FALSE = 'convoy-QUOLL-9-via-Gibson';
const codeOf = ({ body }: Answer): string => (body['type'] as unknown as string).split(':').at(-1)!;
const eventIdOf = ({ body }: Answer): string => (body['events'] as unknown as { eventId: string }[])[0]!.eventId;

describe('withheld values beside the log', () => {
  let ledger: RunningLedger;
  let own: string;
  let other: string;
  let registration: string;
  let event: string;
  let position: string;
  let said: string;

  const read = (key: string, path: string): Promise<Answer> =>
    ledger.request('GET', `/v1/${path}`, undefined, { ...bearer(key), 'ledger-position': position });
  const everythingOf = async (key: string): Promise<string> => {
    const paths = [
      `disclosures/${event}`,
      'batches/ore/history',
      'batches/ore/evidence?disclosures=true',
      'sites/works/shipments',
    ];
    const answers = await Promise.all(paths.map((path) => read(key, path)));
    return JSON.stringify(answers.map(({ body }) => body));
  };
  const alter = (sql: string, ...values: string[]): void => {
    const database = new Database(join(ledger.folder, 'disclosures.db'));
    expect(database.prepare(sql).run(...values).changes).toBe(1);
    database.close();
  };
  const checked = (): Promise<FsckReport> =>
    fsck({
      configuration: readConfiguration({ LODEBOOK_DATA: ledger.folder, LODEBOOK_ADMIN_KEY: ADMINISTRATOR_KEY }),
      library: ledger.ledger.programmes,
      now: new Date().toISOString(),
    });

  beforeEach(async () => {
    said = '';
    ledger = await RunningLedger.start({}, undefined, pino({}, { write: (line: string) => void (said += line) }));
    await openTwoSites(ledger);
    own = await ledger.issueKey('wombat', 'custodian');
    other = await ledger.issueKey('hokuto', 'custodian');
    registration = eventIdOf(await ledger.post('sites/pit/batches', extracted('ore')));
    const dispatch = { shipmentId: 's-1', consigneeSiteId: 'works', batchIds: ['ore'], occurredAt: AT(4) };
    const withheld = [{ path: '/transport', legalBasis: 'security-exception', until: UNTIL }];
    const sent = await ledger.post('sites/pit/dispatches', { ...dispatch, transport: TRUE, withheld });
    event = eventIdOf(sent);
    position = sent.headers.get('ledger-position')!;
  });
  afterEach(() => ledger.dispose());

  it('are shown as committed to, and pass fsck', async () => {
    expect(await everythingOf(own)).toContain(TRUE);
    expect(await everythingOf(other)).not.toContain(TRUE);
    expect((await checked()).findings).toEqual([]);
  });

  it.each([
    ['another value', 'UPDATE disclosures SET value = ?', [JSON.stringify(FALSE)]],
    ['invalid JSON', 'UPDATE disclosures SET value = ?', [FALSE]],
    ['another salt', 'UPDATE disclosures SET salt = ?', [encodeBase64Url(randomBytes(16))]],
    ['no salt', 'UPDATE disclosures SET salt = ?', ['%']],
  ])('that were altered (%s) are shown to nobody, and reported', async (_what, sql, values) => {
    alter(sql, ...values);
    const answers = await everythingOf(own);
    for (const value of [TRUE, FALSE]) expect(answers).not.toContain(value);
    expect((await read(own, `disclosures/${event}`)).status).toBe(404);
    expect(said).toContain('does not match its record’s commitment');
    expect(said).toContain(event);
    for (const value of [TRUE, FALSE]) expect(said).not.toContain(value);
    const { findings, firstWrongIndex } = await checked();
    expect(findings).toEqual([
      { part: 'disclosures', logIndex: null, finding: expect.stringMatching(/is not what the record commits to/) },
    ]);
    expect(findings[0]!.finding).toContain(event);
    expect(firstWrongIndex).toBeNull();
    expect((await ledger.request('DELETE', `/v1/disclosures/${event}`, undefined, bearer(own))).status).toBe(200);
    expect((await checked()).findings).toEqual([]);
  });

  it('that no record withholds are shown to nobody, and reported', async () => {
    for (const [elsewhere, finding] of [
      [registration, /is of nothing that the record withholds/],
      ['00000000-0000-4000-8000-000000000000', /is of no record of this log/],
    ] as const) {
      alter('UPDATE disclosures SET event_id = ?', elsewhere);
      expect((await read(own, `disclosures/${elsewhere}`)).status).toBe(404);
      expect((await checked()).findings).toEqual([
        { part: 'disclosures', logIndex: null, finding: expect.stringMatching(finding) },
      ]);
    }
  });

  it('that were reassigned to another organisation are reported', async () => {
    alter('UPDATE disclosures SET organisation_id = ?', 'hokuto');
    const { findings } = await checked();
    expect(findings.map(({ finding }) => finding)).toEqual([
      expect.stringMatching(/is kept as one of hokuto, and is one of wombat/),
    ]);
  });

  it('that were put back after their erasure are reported, and removed by the next start', async () => {
    const database = new Database(join(ledger.folder, 'disclosures.db'));
    const row = database.prepare('SELECT * FROM disclosures').get() as Record<string, unknown>;
    database.close();
    expect((await ledger.request('DELETE', `/v1/disclosures/${event}`, undefined, bearer(own))).status).toBe(200);
    const again = new Database(join(ledger.folder, 'disclosures.db'));
    const columns = Object.keys(row);
    again
      .prepare(`INSERT INTO disclosures (${columns.join()}) VALUES (${columns.map((name) => `@${name}`).join()})`)
      .run(row);
    again.close();
    expect((await checked()).findings).toEqual([
      { part: 'disclosures', logIndex: null, finding: expect.stringMatching(/the log says that it was erased/) },
    ]);
    const { folder } = ledger;
    await ledger.stop();
    ledger = await RunningLedger.start({}, folder);
    expect((await checked()).findings).toEqual([]);
  });

  it('are withheld for as long as the record says, whatever the stored value says', async () => {
    const database = new Database(join(ledger.folder, 'disclosures.db'));
    const columns = (database.pragma('table_info(disclosures)') as { name: string }[]).map(({ name }) => name);
    for (const name of ['until', 'legal_basis', 'path'].filter((each) => columns.includes(each)))
      database.prepare(`UPDATE disclosures SET ${name} = ?`).run(PAST);
    database.close();
    expect(await everythingOf(other)).not.toContain(TRUE);
    const { body } = await read(own, `disclosures/${event}`);
    expect(body['disclosures']).toMatchObject([
      { path: '/transport', legalBasis: 'security-exception', until: UNTIL, value: TRUE },
    ]);
  });
});

describe('an erasure under a signing policy', () => {
  let ledger: RunningLedger;
  let own: string;
  let event: string;
  const seed = randomBytes(32);
  const signed = (eventId: string, by = { keyId: 'w', seed }): string =>
    signatureFor(ledger, 'wombat', erasureCommand(eventId), by);
  const erase = (jws?: string): Promise<Answer> =>
    ledger.request('DELETE', `/v1/disclosures/${event}`, undefined, {
      ...bearer(own),
      ...(jws !== undefined && { 'lodebook-signature': jws }),
    });

  beforeEach(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
    own = await ledger.issueKey('wombat', 'custodian');
    await ledger.record('sites/pit/batches', extracted('ore'));
    const label = { batchId: 'ore', labelId: 'l-1', standard: 'gs1-128', carrier: 'print', occurredAt: AT(3) };
    const withheld = [{ path: '/value', legalBasis: 'personal-data', until: UNTIL }];
    event = eventIdOf(await ledger.post('sites/pit/labels', { ...label, value: TRUE, withheld }));
    await ledger.record('organisations/wombat/signing-keys', signingKeyOf(ledger, 'wombat', 'w', seed));
  });
  afterEach(() => ledger.dispose());

  it('needs the organisation’s signature over this erasure, and is refused as commands are', async () => {
    await ledger.record('organisations/wombat/signing-policy', { required: true });
    const refusals = [
      await erase(),
      await erase(signed('00000000-0000-4000-8000-000000000000')),
      await erase(signed(event, { keyId: 'w', seed: randomBytes(32) })),
      await erase(signed(event, { keyId: 'nobody', seed })),
    ];
    expect(refusals.map(codeOf)).toEqual([
      'signature-required',
      'signature-invalid',
      'signature-invalid',
      'signing-key-unknown',
    ]);
    const kept = await ledger.request('GET', `/v1/disclosures/${event}`, undefined, bearer(own));
    expect(kept.status).toBe(200);
    expect((await erase(signed(event))).status).toBe(200);
    const request = { library: ledger.ledger.programmes, now: new Date().toISOString() };
    const report = await replay(await storeSource(ledger.ledger.store, undefined, undefined), request);
    expect(report.signatures).toEqual({ verified: 1, counts: {}, findings: [] });
  });

  it('needs no signature where the organisation demands none, and keeps one that was sent', async () => {
    expect((await erase(signed(event))).status).toBe(200);
    const request = { library: ledger.ledger.programmes, now: new Date().toISOString() };
    const report = await replay(await storeSource(ledger.ledger.store, undefined, undefined), request);
    expect(report.signatures.verified).toBe(1);
  });
});
