import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openAgreementChain } from '../harness/agreement-chain.js';
import { keyFor, openHiddenChain, SECRET } from '../harness/hidden-chain.js';
import { RunningLedger } from '../harness/running-ledger.js';
import { AT } from '../harness/two-sites.js';

interface Statement {
  attestationId: string;
  issuerOrganisationId: string;
  siteId: string;
  missing: { verdict: string; because?: string; batchId?: string; siteId?: string };
}
interface Answer {
  verdict: string;
  restsOn?: { claims: { claim: string; right?: string; statements: Statement[] }[]; truncated: boolean };
}
const ASKED = `programme=us-japan-cma-2023&validAt=${AT(20)}`;

async function ask(ledger: RunningLedger, key: string, path: string): Promise<{ status: number; text: string }> {
  const position = String(await ledger.ledger.store.head());
  const answer = await fetch(`${ledger.url}/v1/batches/${path}`, {
    headers: { authorization: `Bearer ${key}`, 'ledger-position': position },
  });
  return { status: answer.status, text: await answer.text() };
}
function statementsOn(right: string, text: string): Statement[] | undefined {
  return (JSON.parse(text) as Answer).restsOn?.claims.find((line) => line.right === right)?.statements;
}

describe('what a verdict rests on', () => {
  let ledger: RunningLedger;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openAgreementChain(ledger);
  });
  afterAll(() => ledger.dispose());

  it('is shown with the verdict on request: who attests until when, and what would be missing without it', async () => {
    const { text } = await ask(ledger, ledger.key, `cell/claims?${ASKED}&restsOn=true`);
    const { restsOn, ...verdict } = JSON.parse(text) as Answer;
    expect(verdict).toEqual(JSON.parse((await ask(ledger, ledger.key, `cell/claims?${ASKED}`)).text));
    expect(verdict.verdict).toBe('holds');
    expect(restsOn?.truncated).toBe(false);
    const statement = {
      issuerOrganisationId: 'auditor',
      scheme: 'state-inspection',
      assurance: 'third-party',
      from: AT(1),
      until: '2027-01-01T00:00:00.000Z',
    };
    const gap = { verdict: 'unproven', because: 'attestation-gap' };
    expect(statementsOn('forced-labour', text)).toEqual([
      {
        ...statement,
        attestationId: 'att-recycler',
        siteId: 'recycler',
        missing: { ...gap, siteId: 'recycler', batchId: 'mass', from: AT(2), until: AT(3) },
      },
      {
        ...statement,
        attestationId: 'att-cells',
        siteId: 'cells',
        missing: { ...gap, siteId: 'cells', batchId: 'mass', from: AT(10), until: AT(20) },
      },
    ]);
    expect(text).not.toContain('att-elsewhere');
  });

  it('is refused for an invalid value of restsOn', async () => {
    expect((await ask(ledger, ledger.key, `cell/claims?${ASKED}&restsOn=perhaps`)).status).toBe(400);
  });

  it('names attestation, attestor and site only to those who may know them, as other answers do', async () => {
    const hidden = await RunningLedger.start();
    try {
      await openHiddenChain(hidden);
      const path = `cathode/claims?${ASKED}&restsOn=true`;
      const whole = statementsOn('child-labour', (await ask(hidden, hidden.key, path)).text);
      expect(whole).toMatchObject([
        {
          attestationId: `${SECRET}-attestation`,
          issuerOrganisationId: `${SECRET}-auditor`,
          siteId: `${SECRET}-pit`,
          missing: { because: 'attestation-gap', siteId: `${SECRET}-pit`, batchId: `${SECRET}-ore` },
        },
      ]);
      const shown = await ask(hidden, await keyFor(hidden, 'maker', 'reader'), path);
      expect(shown.text).not.toContain(SECRET);
      const [statement] = statementsOn('child-labour', shown.text) ?? [];
      expect(statement).toMatchObject({ scheme: 'rmap', from: AT(1), until: AT(9) });
      for (const id of [statement?.attestationId, statement?.issuerOrganisationId, statement?.siteId])
        expect(id).toContain('~');
      expect(statement?.missing.siteId).toBe(statement?.siteId);
    } finally {
      await hidden.dispose();
    }
  });
});
