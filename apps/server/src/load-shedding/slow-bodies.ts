import { type Socket } from 'node:net';
import { type FastifyRequest } from 'fastify';

/** How long the headers of a request may take to arrive, from its first byte, milliseconds. */
export const HEADERS_TIMEOUT_MS = 15_000;
/** How long the body of a single command may take: 1 MiB at 36 kB/s. */
const BODY_TIMEOUT_MS = 30_000;
/**
 * How much of a body refused unread a client may still send, bytes: if the body ends within that, the connection can be
 * reused.
 */
const MOST_UNREAD = 1_048_576;
const LOOK_MS = 1_000;

/**
 * Ends connections whose bodies do not arrive. Node's own `requestTimeout` would also end streams of commands, which
 * may take as long as they keep moving. One timer checks all bodies, in the order in which they began.
 */
export class SlowBodies {
  readonly #coming = new Map<FastifyRequest, number>();
  /** Answered before their bodies had arrived: Node discards the rest. */
  readonly #unread = new Map<FastifyRequest, { readonly until: number; readonly bytesRead: number }>();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  began(request: FastifyRequest): void {
    this.#coming.set(request, performance.now() + BODY_TIMEOUT_MS);
  }

  came(request: FastifyRequest): void {
    this.#coming.delete(request);
  }

  /** The request was answered, whether or not its body has arrived. */
  answered(request: FastifyRequest): void {
    this.#coming.delete(request);
    const { complete } = request.raw;
    const socket = socketOf(request);
    if (complete || socket === undefined) return;
    this.#unread.set(request, {
      until: performance.now() + BODY_TIMEOUT_MS,
      bytesRead: socket.bytesRead + MOST_UNREAD,
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#coming.clear();
    this.#unread.clear();
  }

  #look(): void {
    const now = performance.now();
    for (const [request, { until, bytesRead }] of this.#unread) {
      const socket = socketOf(request);
      if (request.raw.complete || socket === undefined) this.#unread.delete(request);
      else if (until <= now || socket.bytesRead > bytesRead) socket.destroy();
    }
    for (const [request, until] of this.#coming) {
      if (until > now) return;
      this.#coming.delete(request);
      const socket = socketOf(request);
      // As Node answers when headers do not arrive.
      socket?.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n', () => socket.destroy());
    }
  }
}

/** Undefined when the connection is gone: contrary to its types, Node removes it from a destroyed request. */
function socketOf({ raw }: FastifyRequest): Socket | undefined {
  const socket = raw.socket as Socket | null;
  return socket === null || socket.destroyed ? undefined : socket;
}
