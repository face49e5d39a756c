import { ClusterNode, type NodeSettings, type Peers } from './node.js';
import { type Member, jsonEvent } from './state.js';
import { freshLog } from './server.js';

interface ClusterTiming {
  /** How long the others take to notice that a node is gone or back. */
  readonly noticeMs: number;
  readonly electionMs: number;
  /** How long an append waits for a quorum; a server's default is 2 seconds. */
  readonly commitTimeoutMs: number;
  /** How long a supervisor takes to restart a node that ended itself. */
  readonly restartMs: number;
}

/** A second or so in all, where a real cluster needs two to three for an election alone. */
const QUICK_CLUSTER: ClusterTiming = { noticeMs: 100, electionMs: 100, commitTimeoutMs: 300, restartMs: 200 };

/** As measured with three servers 23.10 on one machine. */
export const REAL_CLUSTER: ClusterTiming = {
  noticeMs: 1_000,
  electionMs: 1_500,
  commitTimeoutMs: 2_000,
  restartMs: 1_000,
};

interface EventStoreDbClusterOptions extends NodeSettings {
  /** Default: 3. */
  readonly nodes?: number;
  readonly timing?: Partial<ClusterTiming>;
}

/**
 * Starts a test double of an EventStoreDB cluster: as many nodes, each a server on a port of its own with a log of its own.
 * A leader writes and the followers take its records over; what is on most of the nodes is replicated. Nodes are killed,
 * stopped as by SIGSTOP, cut off from each other and started again. A quorum elects a leader; a node with records that the
 * leader does not have ends itself, and a supervisor starts it with those records cut off.
 */
export async function startEventStoreDbCluster(options: EventStoreDbClusterOptions = {}): Promise<EventStoreDbCluster> {
  const cluster = new EventStoreDbCluster(options);
  await Promise.all(cluster.nodes.map((node) => node.start()));
  cluster.startElection();
  await cluster.led();
  return cluster;
}

export class EventStoreDbCluster implements Peers {
  readonly nodes: readonly ClusterNode[];
  readonly commitTimeoutMs: number;
  readonly #timing: ClusterTiming;
  readonly #timers = new Set<NodeJS.Timeout>();
  #epoch = 0;
  /** Number of elections won. */
  elections = 0;
  /** How often a node ended itself because its log had to be truncated. */
  truncations = 0;
  #stopped = false;

  constructor({ nodes = 3, timing, ...settings }: EventStoreDbClusterOptions) {
    this.#timing = { ...QUICK_CLUSTER, ...timing };
    this.commitTimeoutMs = this.#timing.commitTimeoutMs;
    const first = freshLog();
    this.nodes = Array.from({ length: nodes }, () => {
      const log = first.copy();
      const node = new ClusterNode(log, this, settings);
      log.onWrite(() => this.#replicate());
      return node;
    });
  }

  /** Connection string that names every node. */
  get url(): string {
    return `esdb://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}?tls=false`;
  }

  /** The node that a quorum follows at present. */
  get leader(): ClusterNode | undefined {
    return this.#group().find((node) => node.role === 'leader' && node.epoch === this.#epoch);
  }

  get followers(): ClusterNode[] {
    return this.#group().filter(({ role }) => role === 'follower');
  }

  /** Resolves when a quorum has a leader and every node that can be reached follows it. */
  async led(): Promise<ClusterNode> {
    for (;;) {
      const { leader } = this;
      const group = this.#group();
      const settled = group.every((node) => node === leader || (node.role === 'follower' && node.leader === leader));
      if (leader !== undefined && settled && this.#isQuorum(group)) return leader;
      if (this.#stopped) throw new Error('the cluster was stopped');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** As `kill -9` of the node's process, which nobody restarts. */
  async kill(node: ClusterNode): Promise<void> {
    await node.end();
    this.#changed();
  }

  async start(node: ClusterNode): Promise<void> {
    await node.start();
    this.#changed();
  }

  /** As SIGSTOP: its connections stay open, and nothing is answered. */
  pause(node: ClusterNode): void {
    node.pause();
    this.#changed();
  }

  resume(node: ClusterNode): void {
    node.resume();
    this.#changed();
  }

  /** Its clients can reach it, the other nodes cannot. */
  cutOff(node: ClusterNode): void {
    node.cutOff = true;
    this.#changed();
  }

  heal(node: ClusterNode): void {
    node.cutOff = false;
    this.#changed();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.nodes.map((node) => node.end()));
  }

  startElection(): void {
    this.#after(this.#timing.electionMs, () => this.#elect());
  }

  connected(node: ClusterNode, other: ClusterNode): boolean {
    return [node, other].every(isReachable);
  }

  membersSeenBy(node: ClusterNode): Member[] {
    return this.nodes.map((other) => ({
      instanceId: other.instanceId,
      role: other.role,
      isAlive: other === node || this.connected(node, other),
      port: other.port,
    }));
  }

  #group(): ClusterNode[] {
    return this.nodes.filter(isReachable);
  }

  #isQuorum(group: readonly ClusterNode[]): boolean {
    return group.length > this.nodes.length / 2;
  }

  #changed(): void {
    this.#after(this.#timing.noticeMs, () => this.#notice());
  }

  #notice(): void {
    const group = this.#group();
    for (const node of this.nodes) if (node.isUp && node.cutOff && !node.paused) becomeUnknown(node);
    if (!this.#isQuorum(group)) return group.forEach(becomeUnknown);
    const { leader } = this;
    if (leader === undefined) {
      group.forEach(becomeUnknown);
      return this.startElection();
    }
    for (const node of group) if (node !== leader) this.#follow(node, leader);
    this.#replicate();
  }

  /** The node with the most records of the latest epoch wins, so that nothing replicated is lost. */
  #elect(): void {
    const group = this.#group();
    if (!this.#isQuorum(group) || this.leader !== undefined) return;
    const [winner] = [...group].sort(
      (one, other) => other.epoch - one.epoch || other.log.all.length - one.log.all.length,
    );
    this.#epoch++;
    this.elections++;
    winner!.role = 'leader';
    winner!.leader = undefined;
    winner!.epoch = this.#epoch;
    for (const node of group) if (node !== winner) this.#follow(node, winner!);
    const content = { epochNumber: this.#epoch, leaderInstanceId: winner!.instanceId };
    winner!.log.append('$epoch-information', 'any', [jsonEvent('$epoch-information', content)]);
  }

  #follow(node: ClusterNode, leader: ClusterNode): void {
    const common = node.log.commonWith(leader.log);
    if (common < node.log.all.length) return void this.#cutBack(node, common);
    node.role = 'follower';
    node.leader = leader;
    node.epoch = leader.epoch;
  }

  /** A node cannot truncate its log while it runs: it ends itself, and truncates when it is restarted. */
  async #cutBack(node: ClusterNode, common: number): Promise<void> {
    this.truncations++;
    becomeUnknown(node);
    await node.end();
    this.#after(this.#timing.restartMs, () => {
      if (node.isUp) return;
      node.log.cutBack(common);
      void this.start(node);
    });
  }

  /** Reachable followers copy the records they lack; readers are given what most nodes have. */
  #replicate(): void {
    const { leader } = this;
    if (leader === undefined) return;
    const { all } = leader.log;
    const followers = this.followers.filter((node) => node.leader === leader);
    for (const { log } of followers) {
      for (let index = log.all.length; index < all.length; index++) log.adopt(all[index]!);
    }
    if (!this.#isQuorum([leader, ...followers])) return;
    for (const node of [leader, ...followers]) node.show(all.length);
  }

  #after(milliseconds: number, work: () => void): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#stopped) work();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

const isReachable = ({ isUp, paused, cutOff }: ClusterNode): boolean => isUp && !paused && !cutOff;

function becomeUnknown(node: ClusterNode): void {
  node.role = 'unknown';
  node.leader = undefined;
}
