import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const SERVER = `require('node:http').createServer((_, answer) => answer.end('ok')).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`;

/**
 * An idle server in a process of its own that nobody attacks: its delays are those of the machine and of the client.
 */
export class Peer {
  readonly #child: ChildProcess;

  private constructor(
    child: ChildProcess,
    readonly url: string,
  ) {
    this.#child = child;
  }

  static async start(): Promise<Peer> {
    const child = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    return new Peer(child, `http://127.0.0.1:${port.toString().trim()}`);
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
