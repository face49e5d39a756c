import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { canonicalText, type EvidenceRecord } from '#transparency';
import { keyFor, openHiddenChain } from '../harness/hidden-chain.js';
import { bearer, RunningLedger, type Json } from '../harness/running-ledger.js';
import { AT } from '../harness/two-sites.js';
import { runs } from '../properties/runs.js';

interface Logged {
  readonly logIndex: number;
  readonly record: EvidenceRecord;
}

const leafOf = (record: unknown): string =>
  createHash('sha256').update('\0').update(canonicalText(record)).digest('hex');

describe('a reader who knows all but one field of a hidden record', () => {
  let ledger: RunningLedger;
  let maker: string;
  let trader: string;
  let position: string;
  let log: Logged[];
  /** Log indexes of the records that the maker is shown whole, and all words in its answers. */
  const whole = new Set<number>();
  const words = new Set<string>();
  let texts = '';

  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openHiddenChain(ledger);
    maker = await keyFor(ledger, 'maker', 'custodian');
    trader = await keyFor(ledger, 'trader', 'custodian');
    const concern = { concernId: 'late-wages', siteId: 'plant', rights: ['child-labour'], source: 'worker' };
    position = await ledger.record('concerns', { ...concern, occurredAt: AT(10) }, bearer(trader));
    const { body } = await ledger.request('GET', '/v1/audit/events', undefined, { 'ledger-position': position });
    const lines = (body['text'] as unknown as string).trim().split('\n');
    log = lines.map((line) => JSON.parse(line) as Logged);
    for (const path of await pathsOf(maker)) read(await textOf(maker, path));
  });
  afterAll(() => ledger.dispose());

  async function textOf(key: string, path: string): Promise<string> {
    const answer = await fetch(`${ledger.url}/v1/${path}`, {
      headers: { ...bearer(key), 'ledger-position': position },
    });
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.text();
  }

  /** Every path that says something of the chain, for every batch that the key sees. */
  async function pathsOf(key: string): Promise<string[]> {
    const { items } = JSON.parse(await textOf(key, 'batches')) as { items: { batchId: string }[] };
    const ofBatches = items.flatMap(({ batchId }) =>
      ['', '/history', '/provenance', '/claims?programme=oecd-due-diligence', '/evidence'].map(
        (rest) => `batches/${encodeURIComponent(batchId)}${rest}`,
      ),
    );
    return [
      'batches',
      'concerns',
      'sites/plant',
      'sites/works',
      'organisations/trader',
      'sites/plant/shipments',
      ...ofBatches,
    ];
  }

  function read(text: string): void {
    texts += text;
    for (const [word] of text.matchAll(/[\w~.:+/=-]{4,}/g)) words.add(word);
    for (const line of text.split('\n').filter((each) => each.startsWith('{'))) {
      const { kind, logIndex } = JSON.parse(line) as { kind?: string; logIndex?: string };
      if (kind === 'record') whole.add(Number(logIndex));
    }
  }
  const hidden = (): Logged[] => log.filter(({ logIndex }) => !whole.has(logIndex));
  const saltOf = ({ record }: Logged): string => record.metadata['salt'] as string;

  it('has 128 bits to guess in each record of the log, which differ between records', () => {
    const salts = log.map(saltOf);
    for (const salt of salts) expect(salt).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(new Set(salts).size).toBe(log.length);
    expect([whole.size > 2, hidden().length > 10]).toEqual([true, true]);
  });

  it('is given neither these bits nor an id that depends on the whole record', () => {
    // A reservation has the command id of the event it was made for, which may be shown.
    const shown = new Set(
      log.filter((each) => whole.has(each.logIndex)).map((each) => each.record.metadata['commandId']),
    );
    for (const each of hidden()) {
      const { id, metadata } = each.record;
      if (shown.has(metadata['commandId'])) continue;
      for (const told of [saltOf(each), id, metadata['commandId'] as string]) {
        expect([each.record.type, texts.includes(told)]).toEqual([each.record.type, false]);
      }
    }
  });

  it('cannot recompute a leaf hash from anything that it is given, whichever field it lacks', async () => {
    const leaves = new Map<number, string>();
    for (const { logIndex, record } of hidden()) leaves.set(logIndex, leafOf(record));
    const { body } = await ledger.get(`audit/proofs/inclusion?index=${hidden()[0]!.logIndex}`);
    expect(body['leafHash']).toBe(leaves.get(hidden()[0]!.logIndex));
    fc.assert(
      fc.property(fc.constantFrom(...hidden()), fc.constantFrom(...words), (each, word) => {
        const { metadata } = each.record;
        const known = Object.fromEntries(Object.entries(metadata).filter(([field]) => field !== 'salt'));
        const guesses = [known, { ...known, salt: word }];
        for (const guess of guesses) {
          expect(leafOf({ ...each.record, metadata: guess })).not.toBe(leaves.get(each.logIndex));
        }
      }),
      runs(2_000),
    );
  });

  it('is not told who raised a concern about it, which only the raiser and a regulator know', async () => {
    const raised = log.find(({ record }) => record.type === 'ConcernRaised' && record.stream === 'concern-late-wages')!;
    expect(raised.record.metadata['actor']).toMatchObject({ organisation: 'trader' });
    expect(whole.has(raised.logIndex)).toBe(false);
    const evidence = (await textOf(maker, 'batches/cathode/evidence')).trim().split('\n');
    const lines = evidence.map(
      (line) => JSON.parse(line) as { kind: string; logIndex?: string; record?: EvidenceRecord },
    );
    expect(lines.find(({ logIndex }) => logIndex === String(raised.logIndex))).toMatchObject({ kind: 'hidden' });
    const told = JSON.parse(await textOf(maker, 'concerns')) as { items: Json[] };
    expect(told.items).toMatchObject([{ concernId: 'late-wages', siteId: 'plant' }]);
    expect(JSON.stringify(told)).not.toContain('trader');
    const own = JSON.parse(await textOf(trader, 'concerns')) as { items: Json[] };
    expect(own.items).toMatchObject([{ concernId: 'late-wages' }]);
  });
});
