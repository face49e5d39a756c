import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { BlockList, isIPv6, type Socket } from 'node:net';
import { networkOf } from './rate-limits.js';

/** How many connections are kept, whatever they do. */
export interface ConnectionLimits {
  readonly most: number;
  /** For one address (in IPv6, one /64); a trusted proxy may have them all, since it acts for many clients. */
  readonly mostOfAddress: number;
}

/** More connections are of no use: that many requests may not be in progress. */
const MOST_BY_DEFAULT = 10_000;
/** Descriptors kept for the ledger's own files and outgoing connections; it uses about 60. */
const HEADROOM = 128;
/** Node would turn these away itself, before an idle connection could make room. */
const BACKSTOP = HEADROOM / 2;

const FULL = 'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/**
 * How many connections fit beside the ledger's own files.
 * @param descriptors that this process may have open; undefined: not known
 */
export function mostConnections(descriptors: number | undefined): number {
  if (descriptors === undefined) return MOST_BY_DEFAULT;
  return descriptors < 2 * HEADROOM ? Math.floor(descriptors / 2) : descriptors - HEADROOM;
}

/** The default: no more than fit, and half of them from one address. */
export function usualConnections(descriptors: number | undefined): ConnectionLimits {
  const most = Math.min(mostConnections(descriptors), MOST_BY_DEFAULT);
  return { most, mostOfAddress: Math.ceil(most / 2) };
}

/** The soft limit of descriptors (`ulimit -n`), which Node has raised to the hard one at its start. */
export function descriptorLimit(): number | undefined {
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : undefined;
}

/** The connections of one address. */
interface Neighbours {
  count: number;
  /** Those without a request under way, since longest first. */
  readonly idle: Set<Socket>;
}

interface Known {
  readonly network: string;
  readonly neighbours: Neighbours;
  requests: number;
}

/**
 * Keeps a server's connections within bounds, so that there is always a descriptor for the next file and the next
 * caller. A new connection is let in by closing the one that has been idle longest: one from the same address if that
 * address has its share, otherwise one from the address that has most. Only when all of those have a request in
 * progress is the new one turned away, with 503.
 */
export class Connections {
  readonly #known = new Map<Socket, Known>();
  readonly #byNetwork = new Map<string, Neighbours>();
  readonly #proxies: BlockList;

  readonly #limits: ConnectionLimits;

  constructor(server: Server, limits: ConnectionLimits, trustedProxies: readonly string[] = []) {
    this.#limits = limits;
    this.#proxies = networksOf(trustedProxies);
    server.maxConnections = limits.most + BACKSTOP;
    server.on('connection', (socket: Socket) => this.#came(socket));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.#asked(request.socket, response));
  }

  #came(socket: Socket): void {
    const address = socket.remoteAddress;
    if (address === undefined) return void socket.destroy(); // gone already
    const network = networkOf(address);
    const neighbours = this.#byNetwork.get(network) ?? { count: 0, idle: new Set<Socket>() };
    if (!this.#makeRoom(neighbours, this.#isProxy(address))) return void socket.end(FULL, () => socket.destroy());
    neighbours.count++;
    neighbours.idle.add(socket);
    this.#byNetwork.set(network, neighbours);
    this.#known.set(socket, { network, neighbours, requests: 0 });
    socket.once('close', () => this.#forget(socket));
  }

  #asked(socket: Socket, response: ServerResponse): void {
    const known = this.#known.get(socket);
    if (!known) return;
    known.requests++;
    known.neighbours.idle.delete(socket);
    response.once('close', () => {
      known.requests--;
      if (known.requests === 0 && this.#known.has(socket)) known.neighbours.idle.add(socket);
    });
  }

  #makeRoom(neighbours: Neighbours, isProxy: boolean): boolean {
    if (!isProxy && neighbours.count >= this.#limits.mostOfAddress) return this.#closeIdleOf(neighbours);
    if (this.#known.size < this.#limits.most) return true;
    let largest: Neighbours | undefined;
    for (const each of this.#byNetwork.values()) {
      if (each.idle.size > 0 && (largest === undefined || each.count > largest.count)) largest = each;
    }
    return largest !== undefined && this.#closeIdleOf(largest);
  }

  #closeIdleOf({ idle }: Neighbours): boolean {
    const [longest] = idle;
    if (longest === undefined) return false;
    this.#forget(longest);
    longest.destroy();
    return true;
  }

  #forget(socket: Socket): void {
    const known = this.#known.get(socket);
    if (!known) return;
    const { network, neighbours } = known;
    this.#known.delete(socket);
    neighbours.idle.delete(socket);
    neighbours.count--;
    if (neighbours.count === 0) this.#byNetwork.delete(network);
  }

  #isProxy(address: string): boolean {
    return this.#proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
}

/** As `LODEBOOK_TRUST_PROXY` names them. */
const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

function networksOf(names: readonly string[]): BlockList {
  const networks = new BlockList();
  for (const each of names.flatMap((name) => NAMED_NETWORKS[name] ?? [name])) {
    const [address, bits] = each.split('/') as [string, string | undefined];
    const version = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) networks.addAddress(address, version);
    else networks.addSubnet(address, Number(bits), version);
  }
  return networks;
}
