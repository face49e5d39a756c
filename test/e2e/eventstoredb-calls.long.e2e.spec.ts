import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startEventStoreDbDouble, type EventStoreDbDouble } from '../eventstoredb-double/index.js';
import { RunningLedger, type Json } from '../harness/running-ledger.js';
import { AT, extracted, openTwoSites } from '../harness/two-sites.js';
import { runs } from '../properties/runs.js';

interface Line {
  readonly command: string;
  readonly idempotencyKey?: string;
  readonly body: object;
}

async function stream(ledger: RunningLedger, site: string, lines: readonly Line[]): Promise<Json[]> {
  const answer = await fetch(`${ledger.url}/v1/sites/${site}/commands`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ledger.key}`, 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  });
  const text = await answer.text();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Json);
}

/** `recorded`, or the code of the refusal. */
const outcomeOf = (answer: Json): string =>
  'events' in answer ? 'recorded' : (answer['type'] as unknown as string).replace('urn:lodebook:problem:', '');

const eventsOf = ({ events }: Json): readonly { eventId: string; revision: string }[] =>
  (events ?? []) as unknown as { eventId: string; revision: string }[];

const registration = (batchId: string): Line => ({ command: 'batches', body: extracted(batchId) });

const label = (batchId: string, labelId: string): object => ({
  batchId,
  labelId,
  standard: 'gs1-128',
  carrier: 'print',
  value: 'x',
});

describe('on EventStoreDB', () => {
  let double: EventStoreDbDouble;
  let ledger: RunningLedger;
  beforeAll(async () => {
    double = await startEventStoreDbDouble();
    ledger = await RunningLedger.start({ LODEBOOK_EVENTSTORE_URL: double.url });
    await openTwoSites(ledger);
    await ledger.record('sites/pit/batches', extracted('first')); // the account is in memory from here on
  });
  afterAll(async () => {
    await ledger.dispose();
    await double.stop();
  });

  /** Calls that the work made: the least of three attempts, which leaves out checkpoints signed meanwhile. */
  async function callsOf(work: (attempt: number) => Promise<unknown>): Promise<{ appends: number; reads: number }> {
    const counts: { appends: number; reads: number }[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const { appends, reads } = double.calls;
      await work(attempt);
      counts.push({ appends: double.calls.appends - appends, reads: double.calls.reads - reads });
    }
    return {
      appends: Math.min(...counts.map(({ appends }) => appends)),
      reads: Math.min(...counts.map(({ reads }) => reads)),
    };
  }

  it('a command at a site in memory takes two appends, or one without a new id, and no reads', async () => {
    expect(await callsOf((n) => ledger.record('sites/pit/batches', extracted(`single-${n}`)))).toEqual({
      appends: 2,
      reads: 0,
    });
    expect(await callsOf((n) => ledger.record('sites/pit/labels', label('first', `l-${n}`)))).toEqual({
      appends: 1,
      reads: 0,
    });
    const keyed = (n: number): Promise<string> =>
      ledger.record('sites/pit/labels', label('first', `k-${n}`), { 'idempotency-key': `k-${n}` });
    expect(await callsOf(keyed)).toEqual({ appends: 1, reads: 0 });
  });

  it('a stream of commands reserves each id by itself and appends the events together', async () => {
    const lines = (n: number): Line[] => Array.from({ length: 200 }, (_, each) => registration(`many-${n}-${each}`));
    const outcomes: string[] = [];
    const { appends, reads } = await callsOf(async (n) =>
      outcomes.push(...(await stream(ledger, 'pit', lines(n))).map(outcomeOf)),
    );
    expect(new Set(outcomes)).toEqual(new Set(['recorded']));
    expect(appends + reads).toBeLessThanOrEqual(220);
  });

  it('a line whose id is taken is refused, and the lines after it are recorded once, at the revisions that follow', async () => {
    await ledger.record('sites/works/batches', { ...extracted('theirs'), origin: { kind: 'undocumented' } });
    const lines = ['ours-1', 'theirs', 'ours-2', 'ours-1', 'ours-3'].map(registration);
    const answers = await stream(ledger, 'pit', lines);
    expect(answers.map(outcomeOf)).toEqual(['recorded', 'id-taken', 'recorded', 'id-taken', 'recorded']);
    const revisions = answers.flatMap((answer) => eventsOf(answer).map(({ revision }) => Number(revision)));
    expect(revisions).toEqual([revisions[0]!, revisions[0]! + 1, revisions[0]! + 2]);
    // Each is recorded at an earlier revision than it was first decided for, and its id is found to be taken all the same.
    for (const id of ['ours-1', 'ours-2', 'ours-3']) {
      expect((await ledger.post('sites/pit/batches', extracted(id))).status).toBe(409);
      const elsewhere = { ...extracted(id), origin: { kind: 'undocumented' } };
      expect((await ledger.post('sites/works/batches', elsewhere)).status).toBe(409);
    }
  });

  it('a key repeated within one stream, or in the next, is answered as before', async () => {
    const keyed = (key: string, id: string): Line => ({ ...registration(id), idempotencyKey: key });
    const lines = [keyed('a', 'key-a'), keyed('b', 'key-b'), keyed('a', 'key-a'), keyed('b', 'key-other')];
    const answers = await stream(ledger, 'pit', lines);
    expect(answers.map(outcomeOf)).toEqual(['recorded', 'recorded', 'recorded', 'idempotency-key-reused']);
    expect(answers[2]).toEqual(answers[0]);
    expect(await stream(ledger, 'pit', lines)).toEqual(answers);
  });

  it('decides a stream that corrects an event recorded just before it', async () => {
    const [recorded] = await stream(ledger, 'pit', [registration('to-mend')]);
    const { eventId } = eventsOf(recorded!)[0]!;
    const replacement = extracted('to-mend', 900_000);
    delete replacement['occurredAt'];
    const use = (grossGrams: number): Line => ({
      command: 'consumptions',
      body: { batchId: 'to-mend', grossGrams, productId: `p-${grossGrams}` },
    });
    const answers = await stream(ledger, 'pit', [
      use(100_000),
      { command: 'corrections', body: { eventId, replacement, reason: 'weighed again' } },
      use(800_001),
      use(800_000),
    ]);
    expect(answers.map(outcomeOf)).toEqual(['recorded', 'recorded', 'not-enough-left', 'recorded']);
  });

  it('keeps within what the server accepts in one append, and adapts when that is less than usual', async () => {
    const small = await startEventStoreDbDouble({ maxAppendBytes: 20_000 });
    const own = await RunningLedger.start({ LODEBOOK_EVENTSTORE_URL: small.url });
    await openTwoSites(own);
    const answers = await stream(
      own,
      'pit',
      Array.from({ length: 150 }, (_, each) => registration(`sized-${each}`)),
    );
    expect(answers.map(outcomeOf)).toEqual(answers.map(() => 'recorded'));
    await own.dispose();
    await small.stop();
  }, 60_000);
});

describe('a stream of commands on EventStoreDB', () => {
  const parameters = runs(8, 100);
  let double: EventStoreDbDouble;
  let embedded: RunningLedger;
  let distributed: RunningLedger;
  let round = 0;
  beforeAll(async () => {
    double = await startEventStoreDbDouble();
    [embedded, distributed] = await Promise.all([
      RunningLedger.start(),
      RunningLedger.start({ LODEBOOK_EVENTSTORE_URL: double.url }),
    ]);
    await openTwoSites(embedded);
    await openTwoSites(distributed);
  });
  afterAll(async () => {
    await Promise.all([embedded.dispose(), distributed.dispose()]);
    await double.stop();
  });

  const batch = fc.integer({ min: 0, max: 7 });
  const grossGrams = fc.integer({ min: 1, max: 400_000 });
  const key = fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined, freq: 3 });
  const act = fc.oneof(
    fc.record({ command: fc.constant('batches'), batch, key }),
    fc.record({ command: fc.constant('splits'), batch, part: batch, grossGrams, key }),
    fc.record({ command: fc.constant('consumptions'), batch, grossGrams, key }),
    fc.record({ command: fc.constant('labels'), batch, key }),
    fc.record({ command: fc.constant('holds'), batch, key }),
  );
  type Act = { command: string; batch: number; part?: number; grossGrams?: number; key: number | undefined };

  const lineOf = ({ command, batch: number, part, grossGrams: grams, key: keyOf }: Act, run: number): Line => {
    const batchId = `r${run}-b${number}`;
    const bodies: Record<string, object> = {
      batches: extracted(batchId),
      splits: { batchId, parts: [{ batchId: `r${run}-b${part}`, grossGrams: grams }], occurredAt: AT(3) },
      consumptions: { batchId, grossGrams: grams, productId: 'p', occurredAt: AT(3) },
      labels: { ...label(batchId, 'l'), occurredAt: AT(3) },
      holds: { batchId, reason: 'a look', occurredAt: AT(3) },
    };
    const keyed = keyOf === undefined ? {} : { idempotencyKey: `r${run}-${keyOf}` };
    return { command, ...keyed, body: bodies[command]! };
  };

  const factsAt = async ({ ledger }: RunningLedger): Promise<unknown[]> => {
    const facts: unknown[] = [];
    for await (const { type, data, revision } of ledger.store.readStream('site-pit'))
      facts.push([String(revision), type, data]);
    return facts;
  };

  it('records and answers the same as the embedded store for the same commands one by one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 60 }), async (acts) => {
        const run = round++;
        const lines = acts.map((each) => lineOf(each as Act, run));
        const oneByOne: string[] = [];
        for (const line of lines) oneByOne.push(...(await stream(embedded, 'pit', [line])).map(outcomeOf));
        expect((await stream(distributed, 'pit', lines)).map(outcomeOf)).toEqual(oneByOne);
        expect(await factsAt(distributed)).toEqual(await factsAt(embedded));
      }),
      parameters,
    );
  }, 300_000);
});
