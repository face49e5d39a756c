import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * The state of the network. `sound`: passes everything on; `dropping`: accepts bytes but passes none on, in both
 * directions; `slow`: delays each piece; `resetting`: breaks every connection, existing and new; `half-closed`: the
 * server's side ends, the client's bytes still get through; `away`: nobody listens.
 */
export type Weather = 'sound' | 'dropping' | 'slow' | 'resetting' | 'half-closed' | 'away';

const LATE_MS = 150;

/** A faulty network between a client and one server. */
export class TcpProxy {
  readonly #pairs = new Set<{ client: Socket; server: Socket }>();
  #weather: Weather = 'sound';
  #listener: Server | undefined;

  readonly #target: number;
  #portOfListener: number;

  private constructor(target: number, portOfListener: number) {
    this.#target = target;
    this.#portOfListener = portOfListener;
  }

  static async before(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target, 0);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#portOfListener;
  }

  async turn(weather: Weather): Promise<void> {
    if (this.#weather === 'away' && weather !== 'away') await this.#listen();
    const was = this.#weather;
    this.#weather = weather;
    if (weather === 'resetting') for (const { client } of this.#pairs) client.resetAndDestroy();
    if (weather === 'half-closed') for (const { client } of this.#pairs) client.end();
    if (weather === 'away') {
      const listener = this.#listener;
      this.#listener = undefined;
      listener?.close();
      for (const { client, server } of this.#pairs) [client, server].forEach((socket) => socket.destroy());
    }
    // Dropped bytes are lost: a connection with a gap in its bytes can only be broken.
    if (was === 'dropping') for (const { client } of this.#pairs) client.resetAndDestroy();
  }

  async close(): Promise<void> {
    await this.turn('away');
  }

  async #listen(): Promise<void> {
    const listener = createServer({ allowHalfOpen: true }, (client) => this.#join(client));
    listener.listen(this.#portOfListener, '127.0.0.1');
    await once(listener, 'listening');
    this.#listener = listener;
    this.#portOfListener = (listener.address() as { port: number }).port;
  }

  #join(client: Socket): void {
    client.on('error', () => undefined);
    if (this.#weather === 'resetting') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true });
    server.on('error', () => client.destroy());
    const pair = { client, server };
    this.#pairs.add(pair);
    for (const socket of [client, server]) {
      socket.once('close', () => {
        this.#pairs.delete(pair);
        (socket === client ? server : client).destroy();
      });
    }
    this.#pass(client, server);
    this.#pass(server, client);
  }

  #pass(from: Socket, to: Socket): void {
    let before = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      if (this.#weather === 'dropping') return;
      const late = this.#weather === 'slow' ? LATE_MS : 0;
      before = before.then(async () => {
        if (late > 0) await new Promise((resolve) => setTimeout(resolve, late));
        if (to.writable) to.write(chunk);
      });
    });
    from.on('end', () => void before.then(() => to.end()));
  }
}
