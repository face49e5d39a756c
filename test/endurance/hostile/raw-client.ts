import { connect, type Socket } from 'node:net';
import { promise } from '../harness/program.js';

/**
 * A loopback address other than that of the clients to be served meanwhile, so that limits by address hit only the
 * attacker.
 */
export const HOSTILE_ADDRESS = '127.0.0.2';
/** Longest refusal allowed, in characters, whatever was sent. */
const LONGEST_REFUSAL = 200_000;

/** What an attack has seen. */
interface Answers {
  readonly byStatus: Map<string, number>;
}

/** Sends what no HTTP library would, over its own sockets, and checks the status of every answer. */
export class RawClient {
  readonly #sockets = new Set<Socket>();
  #broken: string | undefined;

  readonly #answers: Answers;

  constructor(
    readonly url: string,
    answers: Answers,
  ) {
    this.#answers = answers;
  }

  /** @returns a socket whose answers are checked; it need not connect */
  open(): Socket {
    const socket = connect({ port: Number(new URL(this.url).port), host: '127.0.0.1', localAddress: HOSTILE_ADDRESS });
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => this.#look(chunk.toString('latin1')));
    return socket;
  }

  /** Sends bytes, closes this side, and waits for the other or for `ms`. */
  async send(ms: number, ...parts: readonly (string | Uint8Array)[]): Promise<void> {
    const socket = this.open();
    for (const part of parts) socket.write(part);
    socket.end();
    await Promise.race([
      new Promise((resolve) => socket.once('close', resolve)),
      new Promise((resolve) => setTimeout(resolve, ms)),
    ]);
    socket.destroy();
  }

  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #look(text: string): void {
    if (text.length > LONGEST_REFUSAL) this.#broken ??= `${text.length} characters were answered at once`;
    for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3})/g)) this.saw(status!);
  }

  /**
   * Counts an answer. Nothing that a client sends may be answered as a fault of the server; 503 only tells it to wait.
   */
  saw(status: string): void {
    this.#answers.byStatus.set(status, (this.#answers.byStatus.get(status) ?? 0) + 1);
    if (Number(status) >= 500 && status !== '503') this.#broken ??= `a hostile request was answered ${status}`;
  }

  /** @throws BrokenPromise when there was an answer that must not be given */
  check(): void {
    promise(this.#broken === undefined, () => this.#broken!);
  }
}

/** The head of a request; values are sent as they are, a header may be there more than once. */
export function head(method: string, path: string, ...headers: readonly string[]): string {
  return `${[`${method} ${path} HTTP/1.1`, 'Host: x', ...headers].join('\r\n')}\r\n\r\n`;
}
