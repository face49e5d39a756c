import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openAgreementChain } from '../harness/agreement-chain.js';
import { keyFor } from '../harness/hidden-chain.js';
import { bearer, RunningLedger, type Answer } from '../harness/running-ledger.js';
import { AT } from '../harness/two-sites.js';

interface Subject {
  readonly claim: string;
  readonly right?: string;
}
interface Line extends Subject {
  readonly verdict: string;
}
interface Reason extends Subject {
  readonly because: string;
  readonly eventIds: readonly string[];
}

const PROGRAMME = 'us-japan-cma-2023';
const codeOf = ({ body }: Answer): string => (body['type'] as unknown as string).split(':').at(-1)!;
const eventIdOf = ({ body }: Answer): string => (body['events'] as unknown as { eventId: string }[])[0]!.eventId;

/** What one party states proves nothing until another has confirmed it; what authorities hold or annul changes verdicts. */
describe('a second party', () => {
  let ledger: RunningLedger;
  const keys: Record<string, string> = {};

  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openAgreementChain(ledger);
    for (const [organisationId, role] of [
      ['customs', 'regulator'],
      ['novice', 'attestor'],
      ['sibling', 'attestor'],
      ['outsider', 'miner'],
    ] as const) {
      const body = { organisationId, name: organisationId, country: 'JP', roles: [role], occurredAt: AT(1) };
      await ledger.record('organisations', body);
    }
    await ledger.record('organisations/sibling/accreditations', { scheme: 'state-inspection', from: AT(1) });
    for (const [organisation, role, name] of [
      ['saisei', 'custodian', 'recycler'],
      ['mesa', 'custodian', 'maker'],
      ['auditor', 'attestor', 'auditor'],
      ['novice', 'attestor', 'novice'],
      ['sibling', 'attestor', 'sibling'],
      ['customs', 'regulator', 'regulator'],
    ] as const)
      keys[name] = await keyFor(ledger, organisation, role);
  });
  afterAll(() => ledger.dispose());

  const by = (who: string): Record<string, string> => bearer(keys[who]!);
  const post = (path: string, body: object, who: string): Promise<Answer> => ledger.post(path, body, by(who));
  async function done(path: string, body: object, who: string): Promise<string> {
    const answer = await post(path, body, who);
    expect([path, answer.status, answer.body]).toEqual([path, 201, expect.anything()]);
    return eventIdOf(answer);
  }
  async function claims(batch: string, programme = PROGRAMME): Promise<{ claims: Line[]; reasons: Reason[] }> {
    const position = String(await ledger.ledger.store.head());
    const { status, body } = await ledger.get(
      `batches/${batch}/claims?programme=${programme}&validAt=${AT(25)}`,
      position,
    );
    expect(status).toBe(200);
    return body as never;
  }
  /** The verdict on a claim and why. */
  async function judged(batch: string, claim: string, right?: string): Promise<[string, ...string[]]> {
    const answer = await claims(batch);
    const is = (each: Subject): boolean => each.claim === claim && each.right === right;
    return [answer.claims.find(is)!.verdict, ...answer.reasons.filter(is).map(({ because }) => because)];
  }
  /** A record of this type in the stream of the site. */
  async function recordOf(siteId: string, type: string): Promise<{ id: string; data: Record<string, unknown> }> {
    for await (const event of ledger.ledger.store.readStream(`site-${siteId}`)) if (event.type === type) return event;
    throw new Error(`no ${type} at ${siteId}`);
  }

  describe('confirming a correction of what verdicts rest on', () => {
    let correction: string;

    it('makes it count: until then claims that rest on it are unproven', async () => {
      expect(await judged('cell', 'custody')).toEqual(['holds']);
      const { id: eventId, data } = await recordOf('recycler', 'BatchRegistered');
      const replacement = { ...data, origin: { kind: 'end-of-life', feedstock: 'phones' } };
      correction = await done('sites/recycler/corrections', { eventId, replacement, reason: 'Feedstock' }, 'recycler');
      expect(await judged('cell', 'custody')).toEqual(['holds']); // no verdict rests on it, so it needs no confirmation

      const other = { ...data, origin: { kind: 'extracted', country: 'JP' } };
      const refused = await post(
        'sites/recycler/corrections',
        { eventId, replacement: other, reason: 'x' },
        'recycler',
      );
      expect(codeOf(refused)).toBe('activity-mismatch'); // the site does not mine

      const { id: opening, data: site } = await recordOf('recycler', 'SiteOpened');
      correction = await done(
        'sites/recycler/corrections',
        { eventId: opening, replacement: { ...site, country: 'US' }, reason: 'The works across the border' },
        'recycler',
      );
      const [verdict, ...because] = await judged('cell', 'trade-terms');
      expect([verdict, because]).toEqual(['unproven', ['correction-unconfirmed']]);
      const { reasons } = await claims('cell');
      expect(reasons.find((each) => each.because === 'correction-unconfirmed')!.eventIds).toEqual([correction]);
    });

    it('is refused to the corrector, to attestors without accreditation and to organisations under common control', async () => {
      const confirm = (who: string, eventId = correction): Promise<Answer> =>
        post('sites/recycler/confirmations', { eventId }, who);
      expect((await confirm('recycler')).status).toBe(403);
      expect((await confirm('maker')).status).toBe(403);
      expect(codeOf(await confirm('novice'))).toBe('not-accredited');
      const own = await keyFor(ledger, 'saisei', 'regulator');
      const byOwn = await ledger.post('sites/recycler/confirmations', { eventId: correction }, bearer(own));
      expect(codeOf(byOwn)).toBe('not-independent');
      const control = {
        kind: 'ownership',
        country: 'JP',
        share: '0.6',
        controllerOrganisationId: 'saisei',
        from: AT(1),
      };
      await ledger.record('organisations/sibling/control', control);
      expect(codeOf(await confirm('sibling'))).toBe('not-independent');
      expect(codeOf(await confirm('auditor', '00000000-0000-4000-8000-000000000000'))).toBe('not-found');
      expect((await judged('cell', 'trade-terms'))[0]).toBe('unproven');
    });

    it('is open to an accredited attestor or a regulator, once', async () => {
      const before = (await claims('cell')) as unknown as { knownAt: { logIndex: number } };
      await done('sites/recycler/confirmations', { eventId: correction }, 'auditor');
      const [verdict, ...because] = await judged('cell', 'trade-terms');
      expect(because).not.toContain('correction-unconfirmed');
      expect(verdict).not.toBe('unproven');
      const again = await post('sites/recycler/confirmations', { eventId: correction }, 'regulator');
      expect(codeOf(again)).toBe('invalid-request'); // there is nothing left to confirm
      const then = await ledger.get(
        `batches/cell/claims?programme=${PROGRAMME}&validAt=${AT(25)}&knownAt=${before.knownAt.logIndex}`,
      );
      expect(JSON.stringify(then.body)).toContain('correction-unconfirmed');

      const { id: opening, data } = await recordOf('recycler', 'SiteOpened');
      const back = { eventId: opening, replacement: data, reason: 'It was right before' };
      const reverted = await done('sites/recycler/corrections', back, 'recycler');
      if ((await judged('cell', 'trade-terms'))[1] === 'correction-unconfirmed')
        await done('sites/recycler/confirmations', { eventId: reverted }, 'regulator');
      expect(await judged('cell', 'trade-terms')).toEqual(['holds']);
    });
  });

  it('annuls a finding, which from then on counts as if it had never been made', async () => {
    const labour = (): Promise<[string, ...string[]]> => judged('apart', 'labour', 'child-labour');
    await done(
      'concerns',
      { concernId: 'c', siteId: 'elsewhere', rights: ['child-labour'], source: 'worker' },
      'maker',
    );
    const finding = { substantiated: true, rights: ['child-labour'], from: AT(12), until: AT(15) };
    const eventId = await done('concerns/c/findings', finding, 'regulator');
    expect(await labour()).toEqual(['broken', 'finding']);
    const { knownAt } = (await claims('apart')) as unknown as { knownAt: { logIndex: number } };
    const annulment = { eventId, reason: 'The court of appeal set it aside' };
    expect((await post('concerns/c/annulments', annulment, 'maker')).status).toBe(403);
    const annulled = await done('concerns/c/annulments', annulment, 'regulator');
    expect(await labour()).toEqual(['holds']);
    expect(codeOf(await post('concerns/c/annulments', annulment, 'regulator'))).toBe('not-found');
    const then = await ledger.get(
      `batches/apart/claims?programme=${PROGRAMME}&validAt=${AT(25)}&knownAt=${knownAt.logIndex}`,
    );
    expect(JSON.stringify(then.body)).toContain('"because":"finding"');
    const { body } = await ledger.get('concerns?site=elsewhere', String(await ledger.ledger.store.head()));
    expect(body['items']).toMatchObject([
      { findings: [{ eventId, annulled: { reason: annulment.reason, eventId: annulled } }] },
    ]);
  });

  it('suspends an attestation, which its issuer cannot lift', async () => {
    const labour = (): Promise<[string, ...string[]]> => judged('apart', 'labour', 'forced-labour');
    expect(await labour()).toEqual(['holds']);
    const suspension = { from: AT(12), reason: 'The wage records are forged' };
    expect((await post('attestations/att-elsewhere/suspensions', suspension, 'maker')).status).toBe(403);
    expect((await post('attestations/att-elsewhere/suspensions', suspension, 'sibling')).status).toBe(404);
    await done('attestations/att-elsewhere/suspensions', suspension, 'regulator');
    expect(await labour()).toEqual(['broken', 'attestation-suspended']);
    const lifted = { from: AT(12, 12), reason: 'They are not' };
    expect(codeOf(await post('attestations/att-elsewhere/reinstatements', lifted, 'auditor'))).toBe('invalid-request');
    const { body } = await ledger.get('attestations?site=elsewhere', String(await ledger.ledger.store.head()));
    expect(body['items']).toMatchObject([
      { status: 'suspended', changes: [{ change: 'suspended', authority: 'customs', reason: suspension.reason }] },
    ]);
    await done('attestations/att-elsewhere/reinstatements', lifted, 'regulator');
    expect(await labour()).toEqual(['broken', 'attestation-suspended']); // it was suspended from day 12 until noon
  });

  it('holds a site: nothing can be recorded there, and claims about what is there say so', async () => {
    expect(await judged('apart', 'custody')).toEqual(['holds']);
    const held = await done(
      'sites/elsewhere/site-holds',
      { reason: 'The mass account is inspected', occurredAt: AT(15) },
      'regulator',
    );
    expect(await judged('apart', 'custody')).toEqual(['unproven', 'held']);
    expect((await claims('apart')).reasons.find(({ because }) => because === 'held')!.eventIds).toEqual([held]);
    const act = { batchId: 'apart', grossGrams: 1, reason: 'sweepings' };
    expect(codeOf(await post('sites/elsewhere/disposals', act, 'maker'))).toBe('site-held');
    expect((await post('sites/elsewhere/site-releases', {}, 'maker')).status).toBe(403);
    const { body } = await ledger.get('sites/elsewhere', String(await ledger.ledger.store.head()));
    expect(body['hold']).toMatchObject({ authority: 'customs', reason: 'The mass account is inspected' });
    await done('sites/elsewhere/site-releases', { occurredAt: AT(15, 12) }, 'regulator');
    expect(await judged('apart', 'custody')).toEqual(['holds']);
  });

  it('holds a shipment: it can be neither received nor refused, and claims about its contents say so', async () => {
    const shipment = { shipmentId: 'late', consigneeSiteId: 'cells', batchIds: ['apart'], occurredAt: AT(16) };
    await done('sites/elsewhere/dispatches', shipment, 'maker');
    expect(await judged('apart', 'custody')).toEqual(['unproven', 'in-transit']);
    const hold = { shipmentId: 'late', reason: 'Customs asks for the waybill', occurredAt: AT(17) };
    const held = await done('sites/cells/shipment-holds', hold, 'regulator');
    const [verdict, ...because] = await judged('apart', 'custody');
    expect([verdict, because]).toEqual(['unproven', expect.arrayContaining(['held'])]);
    expect((await claims('apart')).reasons.find((each) => each.because === 'held')!.eventIds).toEqual([held]);
    const receipt = { shipmentId: 'late', batches: [{ batchId: 'apart', grossGrams: 1_000, labels: [] }] };
    expect(codeOf(await post('sites/cells/receipts', receipt, 'maker'))).toBe('shipment-held');
    expect(codeOf(await post('sites/cells/refusals', { shipmentId: 'late', reason: 'x' }, 'maker'))).toBe(
      'shipment-held',
    );
    await done('sites/cells/shipment-releases', { shipmentId: 'late', occurredAt: AT(18) }, 'regulator');
    await done('sites/cells/receipts', { ...receipt, occurredAt: AT(19) }, 'maker');
    expect((await judged('apart', 'custody'))[1]).not.toBe('held');
  });

  it('learns who controls an organisation only from that organisation or the registry', async () => {
    const declared = { kind: 'board', country: 'CN', share: '0.3', from: AT(1) };
    const ofOther = await post('organisations/saisei/control', declared, 'maker');
    expect([ofOther.status, ofOther.body]).toEqual([
      404,
      (await post('organisations/nobody/control', declared, 'maker')).body,
    ]);
    expect((await post('organisations/mesa/control', declared, 'regulator')).status).toBe(403);
    expect((await post('organisations/mesa/control', { ...declared, share: '1.5' }, 'maker')).status).toBe(400);
    const eventId = await done('organisations/mesa/control', declared, 'maker');
    const { body } = await ledger.get('organisations/mesa', String(await ledger.ledger.store.head()));
    expect(body['control']).toEqual([{ kind: 'board', country: 'CN', share: '0.3', from: AT(1), eventId }]);
  });
});
