import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { COMMANDS_KEPT } from '#custody';
import { Projector } from '#read-model';
import { RunningLedger } from '../harness/running-ledger.js';
import { AT, extracted, openTwoSites } from '../harness/two-sites.js';

describe('a stream of commands', () => {
  let ledger: RunningLedger;
  beforeAll(async () => {
    ledger = await RunningLedger.start();
    await openTwoSites(ledger);
  });
  afterAll(() => ledger.dispose());

  const stream = async (lines: string, site = 'pit', to = ledger): Promise<Record<string, unknown>[]> => {
    const answer = await fetch(`${to.url}/v1/sites/${site}/commands`, {
      method: 'POST',
      headers: { authorization: `Bearer ${to.key}`, 'content-type': 'application/x-ndjson' },
      body: lines,
    });
    expect(answer.status).toBe(200);
    return (await answer.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const line = (id: string): string => JSON.stringify({ command: 'batches', idempotencyKey: id, body: extracted(id) });

  it('is answered line by line, and a bad line does not stop the rest', async () => {
    const answers = await stream(
      [
        line('n-1'),
        '{"command":',
        line('n-2'),
        '{"command":"batches","body":{"batchId":"x"}}',
        '{"command":"launch","body":{}}',
        '[]',
        line('n-1'),
        line('n-3'),
      ].join('\n'),
    );
    expect(
      answers.map((answer) => ('events' in answer ? 'recorded' : String(answer['type']).split(':').at(-1))),
    ).toEqual([
      'recorded',
      'invalid-request',
      'recorded',
      'invalid-request',
      'invalid-request',
      'invalid-request',
      'recorded',
      'recorded',
    ]);
    expect(answers[6]).toEqual(answers[0]);
  });

  it('answers a repeated command as before, even when it is older than the commands that a site keeps in memory', async () => {
    const first = await stream(line('long-ago'));
    const later = Array.from({ length: COMMANDS_KEPT + 1 }, (_, number) =>
      JSON.stringify({
        command: 'labels',
        body: { batchId: 'long-ago', labelId: `l-${number}`, standard: 'gs1-128', carrier: 'print', value: 'x' },
      }),
    );
    expect((await stream(later.join('\n'))).every((answer) => 'events' in answer)).toBe(true);
    expect(await stream(line('long-ago'))).toEqual(first);
  });

  it('needs no read tables to recognise a command by its key, however far they are behind', async () => {
    const own = await RunningLedger.start();
    await openTwoSites(own);
    await own.record('sites/pit/batches', extracted('held'));
    const { projector } = own.ledger;
    if (!(projector instanceof Projector)) throw new Error('the log is followed in another thread');
    await projector.stop();
    const label = (number: number): object => {
      return { batchId: 'held', labelId: `k-${number}`, standard: 'gs1-128', carrier: 'print', value: 'x' };
    };
    const sendFirst = () => own.post('sites/pit/labels', label(0), { 'idempotency-key': 'k-0' });
    const first = await sendFirst();
    const later = Array.from({ length: COMMANDS_KEPT + 2 }, (_, index) =>
      JSON.stringify({ command: 'labels', idempotencyKey: `k-${index + 1}`, body: label(index + 1) }),
    );
    const answers = await stream(later.join('\n'), 'pit', own);
    expect(answers.filter((answer) => !('events' in answer))).toEqual([]);
    expect(answers).toHaveLength(later.length);
    const again = await sendFirst();
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
    await own.dispose();
  });

  it('records hundreds of dependent lines in order', async () => {
    const lines = [JSON.stringify({ command: 'batches', body: extracted('long') })];
    for (let part = 0; part < 400; part++)
      lines.push(
        JSON.stringify({
          command: 'splits',
          body: { batchId: 'long', parts: [{ batchId: `long-${part}`, grossGrams: 1_000 }], occurredAt: AT(3) },
        }),
      );
    const answers = await stream(`${lines.join('\n')}\n`);
    expect(answers.filter((answer) => 'events' in answer)).toHaveLength(401);
    expect((await ledger.get('batches/long', String(await ledger.ledger.store.head()))).body).toMatchObject({
      grossGrams: 600_000,
    });
  });

  it('accepts an id once, however often and to whichever sites it is sent at the same time', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `once-${index}`);
    const registrations = (order: readonly string[]): string =>
      order
        .map((id) => ({ ...extracted(id), origin: { kind: 'undocumented' } }))
        .map((body) => JSON.stringify({ command: 'batches', body }))
        .join('\n');
    const outcomes = await Promise.all([
      stream(registrations([...ids, ...ids])),
      stream(registrations(ids.toReversed()), 'works'),
      stream(registrations(ids), 'works'),
    ]);
    const recorded = outcomes.flatMap((answers) => answers.filter((answer) => 'events' in answer));
    expect(recorded).toHaveLength(ids.length);
    for (const answer of outcomes.flat()) {
      if (!('events' in answer)) expect(answer['type']).toBe('urn:lodebook:problem:id-taken');
    }
    const head = String(await ledger.ledger.store.head());
    const held = await Promise.all(ids.map(async (id) => (await ledger.get(`batches/${id}`, head)).status));
    expect(new Set(held)).toEqual(new Set([200]));
  });

  it('cut off in the middle of a line records the complete lines, and the next request works', async () => {
    const { port } = new URL(ledger.url);
    const socket = connect(Number(port), '127.0.0.1');
    const body = `${line('cut-1')}\n${line('cut-2')}\n${line('cut-3').slice(0, 40)}`;
    socket.write(
      `POST /v1/sites/pit/commands HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ledger.key}\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${body.length + 1000}\r\n\r\n${body}`,
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    socket.destroy();
    await ledger.record('sites/pit/batches', extracted('after-the-cut'));
    expect((await ledger.get('batches/cut-2', String(await ledger.ledger.store.head()))).status).toBe(200);
    expect((await ledger.get('batches/cut-3')).status).toBe(404);
  });
});
