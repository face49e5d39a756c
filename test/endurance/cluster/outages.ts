import { setTimeout as delay } from 'node:timers/promises';
import { type SeededRandom } from '../../../apps/cli/src/bench/generate/seeded-random.js';
import { type ClusterNode, type EventStoreDbCluster } from '../../eventstoredb-double/index.js';

/** Length of an outage, in milliseconds; together with the election after it, shorter than the store's retries last. */
const SHORTEST_MS = 500;
const LONGEST_MS = 5_000;

/** An outage of the cluster; when it is over, all nodes are up and follow one leader. */
export interface Outage {
  readonly name: string;
  befall(cluster: EventStoreDbCluster, random: SeededRandom): Promise<void>;
}

const awhile = (random: SeededRandom): Promise<void> => delay(random.integer(SHORTEST_MS, LONGEST_MS));

export const OUTAGES: readonly Outage[] = [
  {
    name: 'leader killed',
    async befall(cluster, random) {
      const leader = await cluster.led();
      await cluster.kill(leader);
      await awhile(random);
      await cluster.start(leader);
    },
  },
  {
    name: 'leader paused',
    async befall(cluster, random) {
      const leader = await cluster.led();
      cluster.pause(leader);
      await awhile(random);
      cluster.resume(leader);
    },
  },
  {
    name: 'quorum lost',
    async befall(cluster, random) {
      await cluster.led();
      const kept = random.pick(cluster.nodes);
      const lost = cluster.nodes.filter((node) => node !== kept);
      for (const node of lost) await cluster.kill(node);
      await awhile(random);
      for (const node of lost) {
        await cluster.start(node);
        await delay(random.integer(0, 1_000));
      }
    },
  },
  { name: 'node with a dirty tail', befall: dirtyTail },
];

/**
 * The leader loses its followers with appends in progress, which remain in its log alone; it is restarted alone and
 * serves that log to whoever reads it; then the others elect a leader without it, and its tail is truncated.
 */
async function dirtyTail(cluster: EventStoreDbCluster, random: SeededRandom): Promise<void> {
  const leader = await cluster.led();
  const followers = cluster.nodes.filter((node) => node !== leader);
  cluster.cutOff(leader);
  for (const node of followers) await cluster.kill(node);
  await delay(random.integer(500, 2_500));
  await cluster.kill(leader);
  await cluster.start(leader);
  await awhile(random);
  for (const node of followers) await cluster.start(node);
  await cluster.led();
  await delay(random.integer(0, 2_000));
  cluster.heal(leader);
}

/** Resolves when every node is up and follows the leader. */
export async function whole(cluster: EventStoreDbCluster): Promise<void> {
  const follows = ({ role, isUp }: ClusterNode): boolean => isUp && role !== 'unknown';
  while (!cluster.nodes.every(follows)) await delay(20);
  await cluster.led();
}
