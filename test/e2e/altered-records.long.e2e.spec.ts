import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run, serverProcess, temporaryFolder, type ServerProcess } from '../harness/cli.js';
import { type Json } from '../harness/running-ledger.js';

const CHAIN = 40;
const BATCH = `chain-${CHAIN}`;

interface Row {
  readonly position: number;
  readonly record: Buffer;
}

describe('a log whose records are altered while the server runs', () => {
  let data: string;
  let server: ServerProcess;
  let database: Database.Database;
  /** The event that made the batch. */
  let made: { row: Row; logIndex: number };
  beforeAll(async () => {
    data = await temporaryFolder();
    const size = ['--events', '2000', '--chain', String(CHAIN)];
    expect((await run(['bench', 'generate', ...size, '--out', data])).code).toBe(0);
    server = await serverProcess({ LODEBOOK_DATA: data });
    let history = await ask(`batches/${BATCH}/history`);
    for (; history.status !== 200; history = await ask(`batches/${BATCH}/history`)) await pause();
    for (let { status } = await ask(`batches/${BATCH}/evidence`); status !== 200;) {
      await pause();
      ({ status } = await ask(`batches/${BATCH}/evidence`));
    }
    const [first] = (JSON.parse(history.text) as { items: { logIndex: number; record: { id: string } }[] }).items;
    database = new Database(join(data, 'ledger.db'));
    const row = database
      .prepare<[string], Row>('SELECT position, record FROM events WHERE instr(CAST(record AS TEXT), ?)')
      .get(`"id":"${first!.record.id}"`)!;
    made = { row, logIndex: first!.logIndex };
  });
  afterAll(async () => {
    database.close();
    await server.stop();
    await rm(data, { recursive: true, force: true });
  });

  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

  async function ask(path: string): Promise<{ status: number; text: string }> {
    const answer = await fetch(`${server.url}/v1/${path}`, { headers: { authorization: `Bearer ${server.key}` } });
    return { status: answer.status, text: await answer.text() };
  }

  /** Waits until the operator's log says it. */
  async function told(what: string): Promise<void> {
    while (!server.output().includes(what)) await pause();
  }

  /** Answers while the record is another one. */
  async function answersWith(record: Buffer | undefined, paths: readonly string[]): Promise<Json[]> {
    const { position } = made.row;
    if (record === undefined) database.prepare('UPDATE events SET position = -9 WHERE position = ?').run(position);
    else database.prepare('UPDATE events SET record = ? WHERE position = ?').run(record, position);
    const answers: Json[] = [];
    for (const path of paths) answers.push(JSON.parse((await ask(path)).text.split('\n')[0]!) as Json);
    if (record === undefined) database.prepare('UPDATE events SET position = ? WHERE position = -9').run(position);
    else database.prepare('UPDATE events SET record = ? WHERE position = ?').run(made.row.record, position);
    return answers;
  }

  const readers = (): string[] => [
    `batches/${BATCH}/history`,
    `batches/${BATCH}/evidence`,
    `batches/${BATCH}/claims?programme=oecd-due-diligence&knownAt=${made.logIndex + 1}`,
    `batches/${BATCH}/provenance?knownAt=${made.logIndex + 1}`,
    `audit/proofs/inclusion?index=${made.logIndex}`,
  ];
  const OVERLOADED = { type: 'urn:lodebook:problem:overloaded', status: 503 };

  it('is answered as any damaged log, and goes on when it is whole again', async () => {
    const [history, evidence, claims, provenance, proof] = await answersWith(undefined, readers());
    expect([history, evidence, claims, provenance]).toEqual(
      Array.from({ length: 4 }, () => expect.objectContaining(OVERLOADED)),
    );
    // A proof needs no record.
    expect(proof).toMatchObject({ leafIndex: made.logIndex, proof: expect.any(Array) });
    await told(`it has no event at position ${made.row.position}`);
    for (const path of readers()) expect((await ask(path)).status).toBe(200);
  });

  it('is not taken for the event where another record is in its place', async () => {
    const other = database.prepare<[], Row>('SELECT position, record FROM events ORDER BY position LIMIT 1').get()!;
    const answers = await answersWith(other.record, readers().slice(0, 4));
    expect(answers).toEqual(answers.map(() => expect.objectContaining(OVERLOADED)));
    const broken = await answersWith(Buffer.from('{"data"'), readers().slice(0, 4));
    expect(broken).toEqual(broken.map(() => expect.objectContaining(OVERLOADED)));
    for (const path of readers()) expect((await ask(path)).status).toBe(200);
  });

  it('has neither evidence, claims nor provenance with a record that is not the one that was signed', async () => {
    const altered = Buffer.from(made.row.record.toString('utf8').replace('"recordedAt":"2', '"recordedAt":"1'));
    const folding = readers().slice(1, 4);
    const answers = await answersWith(altered, folding);
    expect(answers).toEqual(folding.map(() => expect.objectContaining(OVERLOADED)));
    await told(`the record of event ${made.logIndex} is not the one that was signed`);
    for (const path of folding) expect((await ask(path)).status).toBe(200);
  });
});
