import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent, NO_STREAM, type ResolvedEvent } from '@eventstore/db-client';
import {
  type EventStoreDbDouble,
  startEventStoreDbCluster,
  startEventStoreDbDouble,
} from '../../../../test/eventstoredb-double/index.js';

/** What the client does by itself, the reasons for what the adapter does about it. A newer client may do better. */
describe('the client of EventStoreDB', () => {
  let double: EventStoreDbDouble;
  let client: EventStoreDBClient;
  const event = () => jsonEvent({ id: randomUUID(), type: 'BatchRegistered', data: {} });

  beforeEach(async () => {
    double = await startEventStoreDbDouble();
    client = EventStoreDBClient.connectionString(double.url);
  });
  afterEach(async () => {
    await client.dispose();
    await double.stop();
  });

  it('gives a wrong revision of a conflict when it does not throw', async () => {
    await client.appendToStream('site-1', [event(), event(), event(), event(), event()], {
      expectedRevision: NO_STREAM,
    });
    const soft = EventStoreDBClient.connectionString(`${double.url}&throwOnAppendFailure=false`);
    const answer = await soft.appendToStream('site-1', event(), { expectedRevision: NO_STREAM });
    expect(answer).toMatchObject({ success: false, nextExpectedRevision: 1n });
    await expect(client.appendToStream('site-1', event(), { expectedRevision: NO_STREAM })).rejects.toMatchObject({
      actualVersion: 4n,
    });
    await soft.dispose();
  });

  it('expects nothing of the stream when it is not told to', async () => {
    await client.appendToStream('site-1', event(), { expectedRevision: NO_STREAM });
    expect(await client.appendToStream('site-1', event())).toMatchObject({ success: true, nextExpectedRevision: 1n });
  });

  it('leaves an append without answer waiting, whatever its deadline', async () => {
    double.faults.failNextAppends('unanswered');
    let settled = false;
    const pending = client.appendToStream('site-1', event(), { expectedRevision: NO_STREAM, deadline: 50 });
    pending.then(
      () => (settled = true),
      () => (settled = true),
    );
    while (double.log.stream('site-1') === undefined) await delay(10);
    await delay(300);
    expect(settled).toBe(false);
    expect(double.log.stream('site-1')).toHaveLength(1);
  });

  it('rejects every append under way in the process when one call breaks, also those to other servers', async () => {
    const other = await startEventStoreDbDouble();
    const otherClient = EventStoreDBClient.connectionString(other.url);
    await otherClient.appendToStream('site-1', event(), { expectedRevision: NO_STREAM });
    other.faults.appendDelayMs = 500;
    const pending = otherClient.appendToStream('site-1', event(), { expectedRevision: 0n });
    const innocent = expect(pending).rejects.toMatchObject({ type: 'unavailable' });
    while (other.log.stream('site-1')?.length !== 2) await delay(5);
    double.faults.failNextAppends('lost-before-write');
    await expect(client.appendToStream('site-2', event(), { expectedRevision: NO_STREAM })).rejects.toThrow();
    await innocent;
    await otherClient.dispose();
    await other.stop();
  });

  it('throws what nobody can catch when the answer to an append comes that it has rejected so', async () => {
    const other = await startEventStoreDbDouble();
    other.faults.appendDelayMs = 1_000;
    double.faults.failNextAppends('lost-before-write');
    const outcome = await inProcessOfItsOwn(`
      process.on('uncaughtException', (error) => { console.log(error.name); process.exit(0); });
      const innocent = EventStoreDBClient.connectionString('${other.url}');
      const event = () => jsonEvent({ type: 'T', data: {} });
      innocent.appendToStream('site-1', event(), { expectedRevision: NO_STREAM }).catch(() => undefined);
      setTimeout(() =>
        client.appendToStream('site-2', event(), { expectedRevision: NO_STREAM }).catch(() => undefined), 400);
      setTimeout(() => { console.log('nothing'); process.exit(0); }, 4_000);`);
    expect(outcome.trim()).toBe('TypeError');
    await other.stop();
  });

  it('keeps a failed question for the features of the server, and answers every append with it', async () => {
    double.faults.failNextFeatures();
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(client.appendToStream('site-1', event(), { expectedRevision: NO_STREAM })).rejects.toMatchObject({
        message: expect.stringContaining('Received RST_STREAM') as unknown,
      });
    }
  });

  it('does not subscribe again when a subscription breaks', async () => {
    const subscription = client.subscribeToAll();
    const broken = new Promise((resolve) => subscription.on('error', resolve));
    const seen: ResolvedEvent[] = [];
    subscription.on('data', (resolved) => seen.push(resolved));
    while (seen.length < 1) await delay(5);
    double.faults.dropSubscriptions();
    await broken;
    await client.appendToStream('site-1', event(), { expectedRevision: NO_STREAM });
    await delay(200);
    expect(seen).toHaveLength(1);
    expect(double.faults.runningSubscriptions).toBe(0);
  });

  it('stalls without an error event when checkpointReached rejects', async () => {
    for (let n = 0; n < 5; n++) await client.appendToStream(`site-${n}`, event(), { expectedRevision: NO_STREAM });
    const outcome = await inProcessOfItsOwn(`
      const filter = streamNameFilter({ prefixes: ['site-'], maxSearchWindow: 1, checkpointInterval: 1,
        checkpointReached: () => Promise.reject(new Error('could not store the checkpoint')) });
      const seen = { events: 0, errors: 0, unhandled: 0 };
      process.on('unhandledRejection', () => seen.unhandled++);
      client.subscribeToAll({ filter }).on('data', () => seen.events++).on('error', () => seen.errors++);
      setTimeout(() => { console.log(JSON.stringify(seen)); process.exit(0); }, 1_000);`);
    expect(JSON.parse(outcome)).toEqual({ events: 0, errors: 0, unhandled: 1 });
  });

  it('ends the process when a call breaks on which more appends wait than it buffers', async () => {
    double.faults.failNextAppends('lost-before-write');
    const outcome = await inProcessOfItsOwn(`
      const rejected = [];
      process.on('unhandledRejection', () => { console.log('unhandled'); process.exit(0); });
      const data = { note: 'x'.repeat(500_000) };
      const appends = Array.from({ length: 40 }, (_, n) =>
        client.appendToStream('site-' + n, jsonEvent({ type: 'T', data }), { expectedRevision: NO_STREAM }));
      Promise.allSettled(appends).then(() => setTimeout(() => { console.log('all settled'); process.exit(0); }, 200));`);
    expect(outcome.trim()).toBe('unhandled');
  });

  it('rejects where nobody waits when no node is found and another call fails meanwhile', async () => {
    const cluster = await startEventStoreDbCluster();
    const leader = await cluster.led();
    const running = inProcessOfItsOwn(
      `
      process.on('unhandledRejection', (error) => { console.log(error.message); process.exit(0); });
      const ignore = () => undefined;
      for (let n = 0; n < 2; n++) client.subscribeToAll().on('error', ignore).on('data', ignore);
      const search = () => client.readAll({ maxCount: 1 }).on('error', ignore).on('data', ignore);
      client.subscribeToAll().on('data', ignore).on('error', () => setTimeout(search, 50));
      setTimeout(() => { console.log('nothing'); process.exit(0); }, 10_000);`,
      cluster.url,
    );
    while (leader.faults.runningSubscriptions < 3) await delay(5);
    for (const node of cluster.followers) await cluster.kill(node);
    while (leader.role === 'leader') await delay(5);
    // The first to fail has the client look for another node, for a second; the others fail while it does.
    leader.faults.dropSubscriptions(2);
    await delay(300);
    leader.faults.dropSubscriptions();
    expect((await running).trim()).toBe('Failed to discover after 10 attempts.');
    await cluster.stop();
  });

  it('fails a reading that meets a channel just closed with an error that does not say so', async () => {
    const running = inProcessOfItsOwn(`
      client.subscribeToAll().on('data', () => undefined).on('error', () => client.readAll()
        .on('data', () => undefined)
        .on('end', () => console.log('read'))
        .on('error', (error) => console.log(error.constructor.name, error.message)));
      setTimeout(() => process.exit(0), 3_000);`);
    while (double.faults.runningSubscriptions === 0) await delay(5);
    double.faults.dropSubscriptions();
    expect((await running).trim()).toBe('Error Channel has been shut down');
  });

  it('never answers an append that meets a channel just closed, and rejects where nobody waits', async () => {
    const outcome = await inProcessOfItsOwn(`
      const { UnavailableError } = require('@eventstore/db-client');
      const { StreamsClient } = require('@eventstore/db-client/generated/streams_grpc_pb');
      const seen = [];
      process.on('unhandledRejection', (error) => seen.push(error.message));
      client['supports'] = () => Promise.resolve(false);
      client['getGRPCClient'](StreamsClient, 'streams').then((streams) => {
        const settled = () => seen.push('settled');
        client.appendToStream('site-1', jsonEvent({ type: 'T', data: {} }), { expectedRevision: NO_STREAM })
          .then(settled, settled);
        // As it is called when any other call on the channel has failed.
        client['handleError'](streams, new UnavailableError(new Error('another call broke')));
      });
      setTimeout(() => { console.log(seen.join()); process.exit(0); }, 2_000);`);
    expect(outcome.trim()).toBe('Channel has been shut down');
  });

  /** A script beside which nothing else may fail. @returns what it printed. */
  async function inProcessOfItsOwn(script: string, url: string = double.url): Promise<string> {
    const prelude = `
      const { EventStoreDBClient, jsonEvent, NO_STREAM, streamNameFilter } = require('@eventstore/db-client');
      const client = EventStoreDBClient.connectionString('${url}');`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', prelude + script]);
    return stdout;
  }
});
