import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/**
 * A port in front of a server in this process, so that the server can be paused as `SIGSTOP` would: the kernel still
 * accepts connections, what is sent waits, nothing is answered, and everything is read when the server continues.
 */
export class Door {
  readonly #pairs = new Set<Pair>();
  #listener: Server | undefined;
  #stopped = false;

  /** @param inner the server's own port; @param port default: any that is free */
  static async before(inner: number, port = 0): Promise<Door> {
    const door = new Door();
    const listener = createServer({ pauseOnConnect: true }, (client) => door.#enter(client, inner));
    door.#listener = listener;
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    return door;
  }

  get port(): number {
    return (this.#listener!.address() as { port: number }).port;
  }

  stop(): void {
    this.#stopped = true;
    for (const { client, server } of this.#pairs) {
      client.unpipe(server).pause();
      server.unpipe(client).pause();
    }
  }

  goOn(): void {
    this.#stopped = false;
    for (const pair of this.#pairs) join(pair);
  }

  /** As the kernel does when a process ends: every connection breaks, and nobody listens. */
  async close(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
    if (listener === undefined) return;
    const closed = once(listener, 'close');
    listener.close();
    await closed;
  }

  #enter(client: Socket, inner: number): void {
    const pair = { client, server: connect(inner, '127.0.0.1') };
    this.#pairs.add(pair);
    for (const [socket, other] of [
      [client, pair.server],
      [pair.server, client],
    ] as const) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#pairs.delete(pair);
        other.destroy();
      });
    }
    if (!this.#stopped) join(pair);
  }
}

function join({ client, server }: Pair): void {
  client.pipe(server);
  server.pipe(client);
}
