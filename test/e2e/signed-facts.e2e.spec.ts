import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { proveKey } from '#signing';
import { signDetached } from '#transparency';
import { replay, storeSource } from '#audit';
import { RunningLedger, type Answer } from '../harness/running-ledger.js';
import { signingKeyOf, originOf, signatureFor } from '../harness/signing.js';
import { AT, extracted, openTwoSites } from '../harness/two-sites.js';

interface Key {
  readonly keyId: string;
  readonly seed: Uint8Array;
}

function newKey(keyId: string): Key {
  return { keyId, seed: randomBytes(32) };
}

const codeOf = ({ body }: Answer): string => (body['type'] as unknown as string).split(':').at(-1)!;

describe('signed commands', () => {
  let ledger: RunningLedger;
  const key = newKey('pit-2026');
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
  });
  afterAll(() => ledger.dispose());

  const signatureOf = (command: string, body: unknown, by = key, site = 'pit'): string =>
    signatureFor(ledger, 'wombat', { command, site, body }, by);
  const post = (body: unknown, signature?: string): Promise<Answer> =>
    ledger.post('sites/pit/batches', body, signature === undefined ? {} : { 'lodebook-signature': signature });

  it('are refused by keys that are not registered', async () => {
    const body = extracted('too-early');
    expect(codeOf(await post(body, signatureOf('batches', body)))).toBe('signing-key-unknown');
    await ledger.record('organisations/wombat/signing-keys', signingKeyOf(ledger, 'wombat', key.keyId, key.seed));
    expect((await post(body, signatureOf('batches', body))).status).toBe(201);
  });

  it('keep what was signed and the signature in the record', async () => {
    const body = extracted('kept');
    const jws = signatureOf('batches', body);
    const answer = await post(body, jws);
    const { body: history } = await ledger.get('batches/kept/history', answer.headers.get('ledger-position'));
    const { metadata } = (history['items'] as unknown as { record: { metadata: object } }[])[0]!.record;
    expect(metadata).toMatchObject({
      signature: { organisationId: 'wombat', jws, command: { command: 'batches', site: 'pit', body } },
    });
    const reservation = await ledger.get('audit/events?stream=batch-kept');
    expect(reservation.body['text']).toContain('IdReserved');
    expect(reservation.body['text']).not.toContain(jws);
  });

  it('sent again without an idempotency key are the same command', async () => {
    const body = { ...extracted('again'), occurredAt: AT(3) };
    const first = await post(body, signatureOf('batches', body));
    const again = await post(body, signatureOf('batches', body));
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
  });

  it('hold for one body, one target, one command and one key', async () => {
    const body = extracted('one');
    const other = { ...body, grossGrams: 999_999 };
    expect(codeOf(await post(other, signatureOf('batches', body)))).toBe('signature-invalid');
    expect(codeOf(await post(body, signatureOf('batches', body, key, 'works')))).toBe('signature-invalid');
    expect(codeOf(await post(body, signatureOf('splits', body)))).toBe('signature-invalid');
    expect(codeOf(await post(body, signatureOf('batches', body, newKey('pit-2026'))))).toBe('signature-invalid');
    expect(codeOf(await post(body, `${signatureOf('batches', body)}=`))).toBe('signature-invalid');
    expect(codeOf(await post(body, 'none'))).toBe('signature-invalid');
    expect((await ledger.get('batches/one')).status).toBe(404);
  });

  it('hold at one ledger and for one organisation', async () => {
    const body = extracted('bound');
    const command = { command: 'batches', site: 'pit', body };
    const ledgerId = originOf(ledger);
    const signed = (bound: object): string => signDetached({ ...command, ...bound }, key.keyId, key.seed);
    const elsewhere = [
      {},
      { ledger: ledgerId },
      { organisationId: 'wombat' },
      { ledger: `${ledgerId}0`, organisationId: 'wombat' },
      { ledger: ledgerId, organisationId: 'quokka' },
    ];
    for (const bound of elsewhere) expect(codeOf(await post(body, signed(bound)))).toBe('signature-invalid');
    expect((await post(body, signed({ ledger: ledgerId, organisationId: 'wombat' }))).status).toBe(201);
  });

  it('need keys whose possession was proved for this organisation at this ledger', async () => {
    const { keyId, seed } = newKey('proved');
    const register = (body: object): Promise<Answer> => ledger.post('organisations/wombat/signing-keys', body);
    const key = signingKeyOf(ledger, 'wombat', keyId, seed);
    const { proof, ...unproved } = key;
    const missing = await register(unproved);
    expect([missing.status, missing.body['errors']]).toEqual([400, [expect.objectContaining({ path: 'proof' })]]);
    const another = newKey('another');
    const statement = { ledger: originOf(ledger), organisationId: 'wombat', keyId, publicKey: key.publicKey };
    const wrong = [
      signingKeyOf(ledger, 'wombat', keyId, another.seed).proof,
      signDetached(statement, keyId, another.seed),
      signDetached(statement, 'another', seed),
      signingKeyOf(ledger, 'quokka', keyId, seed).proof,
      signingKeyOf(ledger, 'wombat', 'another', seed).proof,
      proveKey({ ledger: 'lodebook/elsewhere', organisationId: 'wombat', keyId }, seed).proof,
    ];
    for (const each of wrong) {
      const answer = await register({ ...unproved, proof: each });
      expect([answer.status, codeOf(answer)]).toEqual([422, 'signature-invalid']);
      expect(answer.body['errors']).toMatchObject([{ path: 'proof' }]);
    }
    expect((await register({ ...unproved, proof })).status).toBe(201);
  });

  it('are demanded of the organisation that chose to demand them, and of no other', async () => {
    await ledger.record('organisations/wombat/signing-policy', { required: true });
    const body = extracted('demanded');
    expect(codeOf(await post(body))).toBe('signature-required');
    expect((await post(body, signatureOf('batches', body))).status).toBe(201);
    const label = { batchId: 'demanded', labelId: 'l-1', standard: 'gs1-128', carrier: 'print', value: '(00)1' };
    expect(codeOf(await ledger.post('sites/pit/labels', label))).toBe('signature-required');
    const opening = { siteId: 'pit-2', name: 'Second pit', country: 'AU', activities: ['mining'] };
    expect(codeOf(await ledger.post('organisations/wombat/sites', opening))).toBe('signature-required');
    const scrap = { ...extracted('scrap'), material: 'end-of-life-batteries', origin: { kind: 'end-of-life' } };
    expect((await ledger.post('sites/works/batches', scrap)).status).toBe(201);
    expect((await ledger.post('sites/pit/holds', { batchId: 'demanded', reason: 'customs' })).status).toBe(201);
  });

  it('are not demanded of an authority that corrects its own records, but of the custodian who corrects a batch', async () => {
    const ministry = { organisationId: 'ministry', name: 'Ministry', country: 'JP', roles: ['regulator'] };
    await ledger.record('organisations', ministry);
    const issued = await ledger.post('organisations/ministry/api-keys', { label: 'inspector', role: 'regulator' });
    const inspector = { authorization: `Bearer ${issued.body['key'] as unknown as string}` };
    const registered = extracted('seized');
    const batch = await post(registered, signatureOf('batches', registered));
    const asked = { batchId: 'seized', reason: 'customs' };
    const hold = await ledger.request('POST', '/v1/sites/pit/holds', asked, inspector);
    const eventOf = (answer: Answer): string => (answer.body['events'] as unknown as { eventId: string }[])[0]!.eventId;
    let corrected = eventOf(hold);
    for (const reason of ['papers missing', 'papers wrong']) {
      const replacement = { batchId: 'seized', authority: 'ministry', reason };
      const correction = { eventId: corrected, replacement, reason: 'misheard' };
      const answer = await ledger.request('POST', '/v1/sites/pit/corrections', correction, inspector);
      expect(answer.status).toBe(201);
      corrected = eventOf(answer);
    }
    const fields = Object.entries(registered).filter(([name]) => name !== 'occurredAt');
    const replacement = { ...Object.fromEntries(fields), grossGrams: 999_999 };
    const correction = { eventId: eventOf(batch), replacement, reason: 'weighed again' };
    expect(codeOf(await ledger.post('sites/pit/corrections', correction))).toBe('signature-required');
    const jws = signatureOf('corrections', correction);
    expect((await ledger.post('sites/pit/corrections', correction, { 'lodebook-signature': jws })).status).toBe(201);
    const request = { library: ledger.ledger.programmes, now: new Date().toISOString() };
    const report = await replay(await storeSource(ledger.ledger.store, undefined, undefined), request);
    expect(report.signatures.findings).toEqual([]);
  });

  it('have the signature beside the body in a stream', async () => {
    const signed = (batchId: string, site?: string): string => {
      const body = extracted(batchId);
      return JSON.stringify({
        command: 'batches',
        body,
        signature: signatureOf('batches', body),
        ...(site && { site }),
      });
    };
    const lines = [signed('s-1'), JSON.stringify({ command: 'batches', body: extracted('s-2') }), signed('s-3')];
    const answer = await fetch(`${ledger.url}/v1/sites/pit/commands`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ledger.key}`, 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
    });
    const answers = (await answer.text()).trim().split('\n');
    expect(answers.map((line) => line.includes('signature-required'))).toEqual([false, true, false]);
  });

  it('are refused with a revoked key, and accepted with another', async () => {
    const later = newKey('pit-2027');
    await ledger.record('organisations/wombat/signing-keys', signingKeyOf(ledger, 'wombat', later.keyId, later.seed));
    const revocation = { from: '2026-01-01T00:00:00.000Z', reason: 'lost' };
    await ledger.record(`organisations/wombat/signing-keys/${key.keyId}/revocations`, revocation);
    const body = extracted('after');
    expect(codeOf(await post(body, signatureOf('batches', body)))).toBe('signing-key-unknown');
    expect((await post(body, signatureOf('batches', body, later))).status).toBe(201);
  });
});
