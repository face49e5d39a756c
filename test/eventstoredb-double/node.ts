import { randomUUID } from 'node:crypto';
import { type Server } from '@grpc/grpc-js';
import { Door } from './door.js';
import { Faults, notLeader, notReady } from './faults.js';
import { type Member, type Role, type DoubleState, eventOfAnotherClient, type Standing } from './state.js';
import { grpcServer, listen } from './grpc-server.js';
import { type DoubleLog } from './log.js';
import { MAX_APPEND_BYTES, SERVER_VERSION } from './server.js';

/** What a node needs from its cluster. */
export interface Peers {
  /** How long an append waits for a quorum, in milliseconds. */
  readonly commitTimeoutMs: number;
  /** Whether two nodes can speak to each other. */
  connected(node: ClusterNode, other: ClusterNode): boolean;
  /** What a node knows of all nodes. */
  membersSeenBy(node: ClusterNode): readonly Member[];
}

export interface NodeSettings {
  readonly version?: string;
  readonly maxAppendBytes?: number;
  /** False: as behind a proxy that drops the header `requires-leader`. Default: true. */
  readonly asksWhoLeads?: boolean;
}

/** One server of a cluster: a process that can be killed, stopped and started again on its log. */
export class ClusterNode {
  readonly instanceId = randomUUID();
  readonly faults = new Faults();
  role: Role = 'unknown';
  /** The latest election that this node knows of. */
  epoch = 0;
  leader: ClusterNode | undefined;
  /** Its clients reach it, the other nodes do not. */
  cutOff = false;
  paused = false;
  readonly #asksWhoLeads: boolean;
  readonly #state: DoubleState;
  readonly #waiting = new Set<() => void>();
  #server: Server | undefined;
  #door: Door | undefined;
  #port = 0;

  readonly #peers: Peers;

  constructor(
    readonly log: DoubleLog,
    peers: Peers,
    { version = SERVER_VERSION, maxAppendBytes = MAX_APPEND_BYTES, asksWhoLeads = true }: NodeSettings,
  ) {
    this.#peers = peers;
    this.#asksWhoLeads = asksWhoLeads;
    this.#state = {
      log,
      faults: this.faults,
      standing: this.#standing(),
      users: undefined,
      maxAppendBytes,
      version,
      eventOfAnotherClient,
    };
  }

  get port(): number {
    return this.#port;
  }

  /** Connection string that names this node alone. */
  get url(): string {
    return `esdb://127.0.0.1:${this.#port}?tls=false`;
  }

  get isUp(): boolean {
    return this.#server !== undefined;
  }

  /** Starts the process: it serves its whole log until it hears from the others how far it is replicated. */
  async start(): Promise<void> {
    const server = grpcServer(this.#state, { batchAppends: true });
    this.#server = server;
    this.role = 'unknown';
    this.leader = undefined;
    this.log.forgetCommittedIds();
    this.log.show(undefined);
    this.#door = await Door.before(await listen(server, 0), this.#port);
    this.#port = this.#door.port;
  }

  /** As `kill -9`: what was written stays written. */
  async end(): Promise<void> {
    const [server, door] = [this.#server, this.#door];
    this.#server = undefined;
    this.paused = false;
    await door?.close();
    server?.forceShutdown();
  }

  pause(): void {
    this.paused = true;
    this.#door?.stop();
  }

  resume(): void {
    this.paused = false;
    this.#door?.goOn();
  }

  /** @param count of records that are on a quorum. */
  show(count: number | undefined): void {
    this.log.show(count);
    for (const look of [...this.#waiting]) look();
  }

  #standing(): Standing {
    return {
      refusalOf: ({ requiresLeader: required, writes }) => {
        const requiresLeader = required && this.#asksWhoLeads;
        if (this.role === 'leader') return undefined;
        if (this.role === 'unknown') return requiresLeader || writes ? notReady() : undefined;
        return requiresLeader ? notLeader({ host: '127.0.0.1', port: this.leader!.port }) : undefined;
      },
      writer: () => {
        if (this.role === 'leader') return this.#state;
        const { leader } = this;
        return leader && this.#peers.connected(this, leader) ? leader.#state : undefined;
      },
      replicated: (position) => this.#replicated(position),
      members: () => this.#peers.membersSeenBy(this),
    };
  }

  async #replicated(position: bigint): Promise<boolean> {
    const isShown = (): boolean => this.log.indexAt(position) < this.log.readable;
    if (isShown()) return true;
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(isShown());
      };
      const look = (): void => {
        if (isShown()) settle();
      };
      const timer = setTimeout(settle, this.#peers.commitTimeoutMs).unref();
      this.#waiting.add(look);
    });
  }
}
