/** A correction may withhold in the replacement what the command it corrects may (`docs/audit.md`, "Withheld facts"). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunningLedger, type Answer } from '../harness/running-ledger.js';
import { AT, extracted, openTwoSites } from '../harness/two-sites.js';

const SECRETS = { value: 'https://id.example/01/WOBBEGONG-99', corrected: 'https://id.example/01/POTOROO-12' };
const basis = { legalBasis: 'security-exception', until: '2099-01-01T00:00:00.000Z' };
const linesOf = ({ body }: Answer): string[] =>
  ((body['errors'] ?? []) as unknown as { path: string; code: string }[]).map(({ path, code }) => `${path} ${code}`);
const eventIdOf = ({ body }: Answer): string => (body['events'] as unknown as { eventId: string }[])[0]!.eventId;

describe('withheld facts in a correction', () => {
  let ledger: RunningLedger;
  let own: string;
  let other: string;
  let labelled: string;
  let position: string;
  const label = { batchId: 'ore', labelId: 'l-1', standard: 'gs1-128', carrier: 'print' };

  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
    const keyOf = async (organisation: string): Promise<string> =>
      (await ledger.post(`organisations/${organisation}/api-keys`, { label: 'erp', role: 'custodian' })).body[
        'key'
      ] as unknown as string;
    own = await keyOf('wombat');
    other = await keyOf('hokuto');
    await ledger.record('sites/pit/batches', extracted('ore'));
    const withheld = [{ path: '/value', ...basis }];
    labelled = eventIdOf(
      await ledger.post('sites/pit/labels', { ...label, value: SECRETS.value, withheld, occurredAt: AT(3) }),
    );
    const dispatch = { shipmentId: 's-1', consigneeSiteId: 'works', batchIds: ['ore'], occurredAt: AT(4) };
    await ledger.record('sites/pit/dispatches', dispatch);
    const batches = [{ batchId: 'ore', grossGrams: 1_000_000, labels: [{ labelId: 'l-1', condition: 'intact' }] }];
    position = await ledger.record('sites/works/receipts', { shipmentId: 's-1', batches, occurredAt: AT(20) });
  });
  afterAll(() => ledger.dispose());

  const read = (key: string, path: string): Promise<Answer> =>
    ledger.request('GET', `/v1/${path}`, undefined, { authorization: `Bearer ${key}`, 'ledger-position': position });
  const correct = (replacement: object, withheld?: object[]): Promise<Answer> =>
    ledger.post('sites/pit/corrections', {
      eventId: labelled,
      replacement,
      reason: 'misread',
      ...(withheld && { withheld }),
    });
  const shownTo = async (key: string): Promise<{ standard: string; value: unknown }> =>
    ((await read(key, 'batches/ore')).body['labels'] as unknown as { standard: string; value: unknown }[])[0]!;

  it('replace the corrected values, and remain withheld in the next correction', async () => {
    const withheld = [{ path: '/replacement/value', ...basis }];
    const corrected = await correct({ ...label, value: SECRETS.corrected }, withheld);
    expect(corrected.status).toBe(201);
    position = corrected.headers.get('ledger-position')!;
    expect((await shownTo(own)).value).toBe(SECRETS.corrected);
    const concealed = (await shownTo(other)).value as { commitment: string };
    expect(concealed).toEqual({ commitment: expect.stringMatching(/^[0-9a-f]{64}$/), ...basis });
    const again = await correct({ ...label, standard: 'iso-15459', value: concealed });
    expect(again.status).toBe(201);
    position = again.headers.get('ledger-position')!;
    expect(await shownTo(own)).toMatchObject({ standard: 'iso-15459', value: SECRETS.corrected });
    expect(await shownTo(other)).toMatchObject({ standard: 'iso-15459', value: concealed });
    const { disclosures } = (await read(own, `disclosures/${eventIdOf(corrected)}`)).body as unknown as {
      disclosures: { path: string }[];
    };
    expect(disclosures.map(({ path }) => path)).toEqual(['/replacement/value']);
  });

  it('are limited to what the corrected record may withhold, and must have the form that it requires', async () => {
    const at = (path: string): object[] => [{ path, ...basis }];
    const value = 'https://id.example/01/1';
    expect(linesOf(await correct({ ...label, value }, at('/replacement/standard')))).toEqual([
      'withheld[0].path not-withholdable',
    ]);
    const foreign = { ...label, value, tradeTerms: { exportDuty: false, quantitativeRestriction: false } };
    expect(linesOf(await correct(foreign, at('/replacement/tradeTerms')))).toEqual([
      'withheld[0].path not-withholdable',
    ]);
    expect(linesOf(await correct({ ...label, value: 7 }, at('/replacement/value')))).toEqual([
      'replacement.value not-a-text',
    ]);
    const { value: known } = await shownTo(other);
    expect(linesOf(await correct({ ...label, standard: known, value }))).toEqual(['replacement.standard not-a-text']);
    const forged = { commitment: '0'.repeat(64), ...basis };
    expect(linesOf(await correct({ ...label, value: forged }))).toEqual(['replacement.value not-a-text']);
  });

  it('are in no file but those of the disclosures', () => {
    for (const file of readdirSync(ledger.folder).filter((name) => !name.startsWith('disclosures'))) {
      const bytes = readFileSync(join(ledger.folder, file));
      for (const secret of Object.values(SECRETS)) expect([file, bytes.includes(secret)]).toEqual([file, false]);
    }
  });
});
