import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../../../test/properties/runs.js';
import { commandLineOf } from '../../../server/src/index.js';
import { lineToRecord, LinesInOrder, type LineRecorder, type LineToRecord } from './lines-in-order.js';

const SITES = ['s0', 's1', 's2', 's3'];

const line = (value: Record<string, unknown>, number: number): LineToRecord => {
  const ownKey = typeof value['idempotencyKey'] === 'string';
  const command = commandLineOf({ idempotencyKey: `derived-${number}`, ...value });
  return lineToRecord({ number, bytes: 100 }, command as LineToRecord['command'], ownKey);
};

/** Takes its time over each line, others than the one before, and notes when each was begun and answered. */
class SlowRecorder implements LineRecorder {
  readonly begun: number[] = [];
  readonly answered: number[] = [];
  /** Of each line: the lines that had been answered when it was sent. */
  readonly answeredBefore = new Map<number, ReadonlySet<number>>();
  most = 0;
  #now = 0;

  readonly #turns: readonly number[];

  constructor(
    readonly lanes: number,
    turns: readonly number[],
  ) {
    this.#turns = turns;
  }

  async record(lines: readonly LineToRecord[], answer: (index: number, outcome: 'recorded') => void): Promise<void> {
    this.most = Math.max(this.most, ++this.#now);
    for (const { number } of lines) this.answeredBefore.set(number, new Set(this.answered));
    for (const [index, { number }] of lines.entries()) {
      this.begun.push(number);
      const turns = this.#turns[number % this.#turns.length]!;
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      this.answered.push(number);
      answer(index, 'recorded');
    }
    this.#now--;
  }
}

async function recorded(lines: readonly LineToRecord[], recorder: LineRecorder): Promise<number[]> {
  const answered: number[] = [];
  const inOrder = new LinesInOrder(recorder, ({ number }) => answered.push(number));
  for (const each of lines) await inOrder.add(each);
  await inOrder.idle();
  return answered;
}

const dispatch = (site: string, shipmentId: string, consigneeSiteId: string): Record<string, unknown> => ({
  command: 'dispatches',
  site,
  body: { shipmentId, consigneeSiteId, batchIds: [`${shipmentId}-batch`] },
});
const receipt = (site: string, shipmentId: string): Record<string, unknown> => ({
  command: 'receipts',
  site,
  body: { shipmentId, batches: [{ batchId: `${shipmentId}-batch` }] },
});

describe('lines of an import', () => {
  const shipment = fc.integer({ min: 0, max: 5 }).map((id) => `ship-${id}`);
  const site = fc.constantFrom(...SITES);
  const anyLine = fc.oneof(
    fc.record({ site, shipment, to: site }).map(({ site: from, shipment: id, to }) => dispatch(from, id, to)),
    fc.record({ site, shipment }).map(({ site: at, shipment: id }) => receipt(at, id)),
    fc.record({ site, batch: fc.nat(9) }).map(({ site: at, batch }) => ({
      command: 'disposals',
      site: at,
      body: { batchId: `ship-${batch}-batch`, grossGrams: 1 },
    })),
    fc.record({ site, key: fc.nat(3) }).map(({ site: at, key }) => ({
      command: 'labels',
      site: at,
      idempotencyKey: `own-${key}`,
      body: {},
    })),
    fc.nat(3).map((id) => ({ command: 'organisations', body: { organisationId: `o${id}` } })),
    fc.nat(3).map((id) => ({ command: 'sites', organisation: `o${id}`, body: { siteId: SITES[id] } })),
    fc.nat(3).map((id) => ({ command: 'attestations', body: { attestationId: `a${id}`, siteId: 's0' } })),
    fc.nat(3).map((id) => ({ command: 'revocations', attestation: `a${id}`, body: {} })),
  );

  it('are all answered once, those of one lane and those that share an id in the order of the file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyLine, { maxLength: 60 }),
        fc.array(fc.nat(4), { minLength: 1, maxLength: 7 }),
        fc.integer({ min: 1, max: 5 }),
        async (values, turns, lanes) => {
          const lines = values.map((value, number) => line(value, number));
          const recorder = new SlowRecorder(lanes, turns);
          const answered = await recorded(lines, recorder);
          expect([...answered].sort((a, b) => a - b)).toEqual(lines.map(({ number }) => number));
          expect(recorder.most).toBeLessThanOrEqual(lanes);
          const place = new Map(recorder.begun.map((number, index) => [number, index]));
          for (const later of lines) {
            for (const earlier of lines.slice(0, later.number)) {
              const waits = earlier.isRegistry !== later.isRegistry || earlier.ids.some((id) => later.ids.includes(id));
              if (earlier.lane === later.lane) expect(place.get(earlier.number)).toBeLessThan(place.get(later.number)!);
              else if (waits) expect(recorder.answeredBefore.get(later.number)!.has(earlier.number)).toBe(true);
            }
          }
        },
      ),
      runs(100),
    );
  });

  it('of different sites that share nothing are recorded side by side', async () => {
    const lines = SITES.flatMap((at) => [
      dispatch(at, `from-${at}`, 'elsewhere'),
      dispatch(at, `also-${at}`, 'elsewhere'),
    ]);
    const recorder = new SlowRecorder(3, [3]);
    await recorded(
      lines.map((value, number) => line(value, number)),
      recorder,
    );
    expect(recorder.most).toBe(3);
  });

  it('are not sent any more behind a failure, which the caller is told', async () => {
    const sent: number[] = [];
    const recorder: LineRecorder = {
      lanes: 1,
      record(lines) {
        sent.push(...lines.map(({ number }) => number));
        return Promise.reject(new Error('the ledger is away'));
      },
    };
    const inOrder = new LinesInOrder(recorder, () => undefined);
    for (const [number, at] of SITES.entries()) await inOrder.add(line(dispatch(at, `x-${at}`, 'elsewhere'), number));
    await expect(inOrder.idle()).rejects.toThrow('the ledger is away');
    await inOrder.stop();
    expect(sent).toEqual([0]);
  });
});
