import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ANY, BACKWARDS, END, EventStoreDBClient, jsonEvent, START } from '@eventstore/db-client';
import { type ClusterNode, type EventStoreDbCluster, startEventStoreDbCluster } from './index.js';

/** Facts about three servers 23.10.5, as observed. */
describe('the double of an EventStoreDB cluster, as servers do', () => {
  let cluster: EventStoreDbCluster;
  const clients: EventStoreDBClient[] = [];
  beforeEach(async () => {
    cluster = await startEventStoreDbCluster();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()));
    await cluster.stop();
  });

  const clientOf = ({ url }: { readonly url: string }): EventStoreDBClient => {
    const client = EventStoreDBClient.connectionString(url);
    // The call for each append: the other has no deadline (`client-traps.int.spec.ts`).
    client['supports'] = () => Promise.resolve(false);
    clients.push(client);
    return client;
  };
  const append = (client: EventStoreDBClient, requiresLeader: boolean, id: string = randomUUID()) =>
    client.appendToStream('site-1', jsonEvent({ id, type: 'T', data: {} }), {
      expectedRevision: ANY,
      requiresLeader,
      deadline: 2_000,
    });
  const revisions = async (client: EventStoreDBClient, requiresLeader: boolean): Promise<number[]> => {
    const read: number[] = [];
    for await (const { event } of client.readStream('site-1', { fromRevision: START, requiresLeader })) {
      read.push(Number(event!.revision));
    }
    return read;
  };
  const follower = (): ClusterNode => cluster.followers[0]!;

  it('sends whoever requires the leader from a follower to it, and forwards the appends of others', async () => {
    const leader = await cluster.led();
    const client = clientOf(follower());
    const refusal = { type: 'not-leader', code: 5, leader: { address: '127.0.0.1', port: leader.port } };
    await expect(append(client, true)).rejects.toMatchObject(refusal);
    await expect(revisions(clientOf(follower()), true)).rejects.toMatchObject(refusal);
    expect(await append(clientOf(follower()), false)).toMatchObject({ success: true, nextExpectedRevision: 0n });
    expect(await revisions(clientOf(follower()), false)).toEqual([0]);
    for (const { log } of cluster.nodes) expect(log.stream('site-1')).toHaveLength(1);
  });

  it('elects another leader when the leader is killed, and takes it back as a follower', async () => {
    const first = await cluster.led();
    const client = clientOf(cluster);
    await append(client, true);
    await cluster.kill(first);
    const second = await cluster.led();
    expect(second).not.toBe(first);
    await append(clientOf(cluster), true);
    await cluster.start(first);
    await cluster.led();
    expect(first.role).toBe('follower');
    expect(first.log.all).toEqual(second.log.all);
    expect(cluster.truncations).toBe(0);
  });

  it('answers nothing at a node that is stopped, and all of it when the node goes on', async () => {
    const [node] = cluster.followers;
    const client = clientOf(node!);
    await append(client, false);
    cluster.pause(node!);
    const reading = revisions(client, false);
    const early = await Promise.race([reading, delay(300, 'nothing')]);
    expect(early).toBe('nothing');
    cluster.resume(node!);
    expect(await reading).toEqual([0]);
  });

  it('has no leader without a quorum, says so, and finds one again', async () => {
    const leader = await cluster.led();
    const client = clientOf(leader);
    await append(client, true);
    const others = cluster.followers;
    await Promise.all(others.map((node) => cluster.kill(node)));
    await delay(300);
    const refusal = { type: 'unavailable', message: expect.stringContaining('Server Is Not Ready') as unknown };
    await expect(append(clientOf(leader), true)).rejects.toMatchObject(refusal);
    await expect(revisions(clientOf(leader), true)).rejects.toMatchObject(refusal);
    expect(await revisions(clientOf(leader), false)).toEqual([0]);
    await expect(append(clientOf(cluster), true)).rejects.toThrow('Failed to discover after 10 attempts.');
    await cluster.start(others[0]!);
    await cluster.led();
    expect(await append(clientOf(cluster), true)).toMatchObject({ nextExpectedRevision: 1n });
  });

  it('keeps an append that no quorum took to itself, until the node is started again alone', async () => {
    const leader = await cluster.led();
    const client = clientOf(leader);
    await append(client, true);
    cluster.cutOff(leader);
    await expect(append(client, true)).rejects.toMatchObject({
      code: 10,
      message: expect.stringContaining('Operation timed out: Commit phase timeout.') as unknown,
    });
    expect(await revisions(clientOf(leader), false)).toEqual([0]);
    await cluster.kill(leader);
    await cluster.start(leader);
    expect(await revisions(clientOf(leader), false)).toEqual([0, 1]);
    await expect(revisions(clientOf(leader), true)).rejects.toMatchObject({ type: 'unavailable' });
  });

  it('cuts such a tail off, gives its positions again, and ends the process to do so', async () => {
    const leader = await cluster.led();
    cluster.cutOff(leader);
    await append(clientOf(leader), true).catch(() => undefined);
    const lost = leader.log.all.at(-1)!;
    const second = await cluster.led();
    await append(clientOf(cluster), true);
    cluster.heal(leader);
    while (leader.isUp) await delay(5);
    while (leader.role !== 'follower') await delay(5);
    expect(cluster.truncations).toBe(1);
    expect(leader.log.all).toEqual(second.log.all);
    expect(second.log.all).not.toContain(lost);
    expect(second.log.all.some(({ position }) => position >= lost.position)).toBe(true);
    const [last] = await all(clientOf(leader).readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }));
    expect(last?.event?.id).toBe(second.log.all.at(-1)!.id);
  });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const item of items) read.push(item);
  return read;
}
