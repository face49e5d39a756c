import { type FastifyRequest } from 'fastify';

/** How long the headers of a request may take to come, from its first byte, milliseconds. */
export const HEADERS_TIMEOUT_MS = 15_000;
/** How long the body of a single command may take: 1 MiB at 36 kB/s. */
export const BODY_TIMEOUT_MS = 30_000;
const LOOK_MS = 1_000;

/**
 * Ends connections whose bodies do not come: Node's own `requestTimeout` would end streams of commands too, which may take
 * as long as they keep moving. Bodies are looked at in the order in which they began, all by one timer.
 */
export class SlowBodies {
  readonly #coming = new Map<FastifyRequest, number>();
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

  close(): void {
    clearInterval(this.#timer);
    this.#coming.clear();
  }

  #look(): void {
    const now = performance.now();
    for (const [request, until] of this.#coming) {
      if (until > now) return;
      this.#coming.delete(request);
      const { socket } = request.raw;
      // As Node answers headers that do not come.
      socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n', () => socket.destroy());
    }
  }
}
